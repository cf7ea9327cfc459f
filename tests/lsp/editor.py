"""An editor for tests: a real client that talks to a real `circuitspec lsp` in another process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

PATIENCE = 60
"""Seconds until a test gives up; nothing is measured by it."""

COMMAND = (sys.executable, "-c", "from circuitspec.cli import main; main()", "lsp")


class Editor(LanguageClient):
    """A client that keeps what the server said about each document."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.published: dict[str, list[types.PublishDiagnosticsParams]] = {}
        self.messages: list[str] = []
        self.exit_code: int | None = None
        self._news = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def on_diagnostics(params: types.PublishDiagnosticsParams) -> None:
            self.published.setdefault(params.uri, []).append(params)
            self._news.set()

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def on_message(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

    async def server_exit(self, server: asyncio.subprocess.Process) -> None:
        self.exit_code = server.returncode

    def open(self, uri: str, text: str, version: int = 1) -> None:
        item = types.TextDocumentItem(uri, "circ", version, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, uri: str, text: str, version: int) -> None:
        document = types.VersionedTextDocumentIdentifier(version, uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, uri: str) -> None:
        document = types.TextDocumentIdentifier(uri)
        self.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def diagnostics(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """The diagnostics of a document, once those of this version have come."""

        def arrived() -> bool:
            found = self.published.get(uri)
            return bool(found) and version in (None, found[-1].version)

        async with asyncio.timeout(PATIENCE):
            while not arrived():
                self._news.clear()
                await self._news.wait()
        return list(self.published[uri][-1].diagnostics)


@asynccontextmanager
async def editor(
    folder: Path, encodings: list[types.PositionEncodingKind] | None = None
) -> AsyncIterator[Editor]:
    """An editor whose server runs in `folder`; on leaving, both have ended in good order."""
    client = Editor()
    await client.start_io(*COMMAND, cwd=folder)
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    item = types.ClientCompletionItemOptions(snippet_support=True)
    completion = types.CompletionClientCapabilities(completion_item=item)
    text_document = types.TextDocumentClientCapabilities(completion=completion)
    capabilities = types.ClientCapabilities(general=general, text_document=text_document)
    async with asyncio.timeout(PATIENCE):
        await client.initialize_async(
            types.InitializeParams(
                capabilities=capabilities, initialization_options={"suggestAgain": "ask again"}
            )
        )
        client.initialized(types.InitializedParams())
        yield client
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


def session(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an asynchronous test in a loop of its own."""

    def run(tmp_path: Path) -> None:
        asyncio.run(test(tmp_path))

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run
