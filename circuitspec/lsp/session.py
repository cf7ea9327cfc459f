"""The documents that an editor has open, and what is wrong with them, told when typing stops.

Texts are sent whole with each edit: a spec is a page or two, and nothing can then get out of step.
What is wrong is worked out in a thread of its own, and thrown away when the text has changed in the
meantime.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from circuitspec import __version__
from circuitspec.lsp.documents import Document
from circuitspec.lsp.protocol import SOURCE, Speaker

logger = logging.getLogger(__name__)

_T = TypeVar("_T")

TYPING_PAUSE = 0.15
"""Seconds without an edit after which diagnostics are worked out."""

MOST_DIAGNOSTICS = 1000
"""Editors show no more for one file; the others come up as these are mended."""


class CircServer(LanguageServer):
    """The language server, with the documents that are open.

    Attributes:
        suggest_again: the client's command that asks for completions, if it has told.
    """

    suggest_again: str | None = None

    def __init__(self) -> None:
        super().__init__(
            SOURCE, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self._documents: dict[str, Document] = {}
        self._pending: dict[str, asyncio.Task[None]] = {}
        # One thread, so that a slow analysis delays the next one rather than run beside it.
        self._worker = ThreadPoolExecutor(1, "analysis")

    def document(self, uri: str) -> Document | None:
        """An open document."""
        return self._documents.get(uri)

    def is_current(self, document: Document) -> bool:
        """Whether a document is still open with the text that it has."""
        return self._documents.get(document.uri) is document

    def speaker(self, document: Document) -> Speaker:
        """The voice for a document, in the units that the client counts in."""
        return Speaker(document, self.workspace.position_encoding)  # type: ignore[arg-type]

    def changed(self, uri: str, *, at_once: bool = False) -> None:
        """Take note of a new text; what is wrong with it follows after a pause."""
        text = self.workspace.get_text_document(uri)
        path = to_fs_path(uri)
        self._documents[uri] = Document(
            uri, text.source, None if path is None else Path(path), text.version
        )
        self._forget_pending(uri)
        pause = 0 if at_once else TYPING_PAUSE
        self._pending[uri] = asyncio.ensure_future(self._diagnose(uri, pause))

    def closed(self, uri: str) -> None:
        """Forget a document and what was said about it."""
        self._documents.pop(uri, None)
        self._forget_pending(uri)
        self._publish(uri, None, [])

    async def work(self, question: Callable[[], _T]) -> _T:
        """The answer to what may take a while, without keeping others waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, question)

    def _forget_pending(self, uri: str) -> None:
        task = self._pending.pop(uri, None)
        if task is not None:
            task.cancel()

    async def _diagnose(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        document = self._documents[uri]
        try:
            found = await self.work(lambda: document.diagnostics)
        except Exception as error:
            # A bug of ours: the editor's user is told, and the server goes on.
            logger.exception("cannot check %s", uri)
            text = f"circuitspec: a bug kept {document.source.name} from being checked: {error!r}"
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, text))
            return
        if self.is_current(document):
            speaker = self.speaker(document)
            shown = [*map(speaker.diagnostic, found[:MOST_DIAGNOSTICS])]
            self._publish(uri, document.version, shown)

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


def follow_edits(server: CircServer) -> None:
    """Have the server told what the client can do, and what is opened, changed and closed."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        options = params.initialization_options
        command = options.get("suggestAgain") if isinstance(options, dict) else None
        server.suggest_again = command if isinstance(command, str) else None

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri, at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        # Models and tasks may have changed, too, since they were last looked at.
        if server.document(params.text_document.uri) is not None:
            server.changed(params.text_document.uri, at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)
