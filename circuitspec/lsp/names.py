"""Questions about names: where is it declared, where is it used, and call it otherwise."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from circuitspec.lsp.definition import (
    RenameError,
    Symbol,
    check_renamable,
    file_at,
    rename,
    symbol_at,
)
from circuitspec.lsp.formatting import Edit
from circuitspec.lsp.protocol import Speaker, top_of
from circuitspec.lsp.session import CircServer


def answer_about_names(server: CircServer) -> None:
    """Have the server answer these questions."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def on_definition(params: types.DefinitionParams) -> types.Location | None:
        found = _named(server, params.text_document.uri, params.position)
        if found is not None:
            speaker, symbol = found
            declared = symbol.declared
            return None if declared is None else speaker.location(declared.start, declared.end)
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        file = file_at(document, server.speaker(document).offset(params.position))
        return None if file is None else top_of(file)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: types.ReferenceParams) -> list[types.Location]:
        found = _named(server, params.text_document.uri, params.position)
        if found is None:
            return []
        speaker, symbol = found
        return [
            speaker.location(token.start, token.end)
            for token in symbol.named
            if params.context.include_declaration or token != symbol.declared
        ]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def on_highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = _named(server, params.text_document.uri, params.position)
        if found is None:
            return []
        speaker, symbol = found
        return [
            types.DocumentHighlight(
                speaker.range(token.start, token.end),
                types.DocumentHighlightKind.Write
                if token == symbol.declared
                else types.DocumentHighlightKind.Read,
            )
            for token in symbol.named
        ]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def on_prepare_rename(params: types.PrepareRenameParams) -> types.Range | None:
        found = _named(server, params.text_document.uri, params.position)
        if found is None:
            return None
        speaker, symbol = found
        try:
            check_renamable(symbol)
        except RenameError as error:
            raise JsonRpcInvalidParams(str(error)) from None
        return speaker.range(symbol.token.start, symbol.token.end)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def on_rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = _named(server, params.text_document.uri, params.position)
        if found is None:
            return None
        speaker, symbol = found
        try:
            places = rename(symbol, params.new_name)
        except RenameError as error:
            raise JsonRpcInvalidParams(str(error)) from None
        return speaker.changes(*(Edit(t.start, t.end, params.new_name) for t in places))


def _named(server: CircServer, uri: str, position: types.Position) -> tuple[Speaker, Symbol] | None:
    """What a position names, with the voice for its document."""
    document = server.document(uri)
    if document is None:
        return None
    speaker = server.speaker(document)
    symbol = symbol_at(document, speaker.offset(position))
    return None if symbol is None else (speaker, symbol)
