"""Questions about a place or a whole text: hover, completion, formatting, outline and fixes."""

from __future__ import annotations

from lsprotocol import types

from circuitspec.lsp.completion import complete
from circuitspec.lsp.fixes import fixes_in
from circuitspec.lsp.formatting import format_edit
from circuitspec.lsp.hover import hover
from circuitspec.lsp.session import CircServer
from circuitspec.lsp.symbols import symbols

TRIGGERS = [" ", ".", ":", ",", "=", ">"]
"""Characters after which completions are asked for without a key being pressed."""


def answer_questions(server: CircServer) -> None:
    """Have the server answer these questions."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def on_hover(params: types.HoverParams) -> types.Hover | None:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        speaker = server.speaker(document)
        found = hover(document, speaker.offset(params.position))
        return None if found is None else speaker.hover(found)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS)
    )
    def on_completion(params: types.CompletionParams) -> types.CompletionList:
        document = server.document(params.text_document.uri)
        if document is None:
            return types.CompletionList(is_incomplete=False, items=[])
        speaker = server.speaker(document)
        context = params.context
        spaced = context is not None and context.trigger_character == " "
        found = complete(document, speaker.offset(params.position), statements=not spaced)
        snippets = _knows_snippets(server.client_capabilities)
        again = server.suggest_again
        items = [
            speaker.item(suggestion, number, snippets=snippets, suggest_again=again)
            for number, suggestion in enumerate(found)
        ]
        return types.CompletionList(is_incomplete=any(s.goes_on for s in found), items=items)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def on_formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.document(params.text_document.uri)
        if document is None:
            return []
        edit = await server.work(lambda: format_edit(document))
        if edit is None or not server.is_current(document):
            return []
        return [server.speaker(document).edit(edit)]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.document(params.text_document.uri)
        if document is None:
            return []
        speaker = server.speaker(document)
        return [speaker.symbol(entry) for entry in symbols(document)]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    async def on_code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = server.document(params.text_document.uri)
        if document is None:
            return []
        speaker = server.speaker(document)
        start, end = speaker.offset(params.range.start), speaker.offset(params.range.end)
        fixes = await server.work(lambda: fixes_in(document, start, end))
        return [*map(speaker.action, fixes)] if server.is_current(document) else []


def _knows_snippets(capabilities: types.ClientCapabilities) -> bool:
    text = capabilities.text_document
    item = None if text is None or text.completion is None else text.completion.completion_item
    return item is not None and bool(item.snippet_support)
