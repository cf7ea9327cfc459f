"""Our values as those of the protocol: spans become ranges, diagnostics and suggestions items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types

from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.lsp.documents import Document
from circuitspec.lsp.fixes import Fix
from circuitspec.lsp.formatting import Edit
from circuitspec.lsp.hover import Hover
from circuitspec.lsp.positions import Encoding, Positions
from circuitspec.lsp.suggestions import Suggestion
from circuitspec.lsp.symbols import Entry

SOURCE = "circuitspec"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
}
_ITEM_KINDS = {
    "keyword": types.CompletionItemKind.Keyword,
    "snippet": types.CompletionItemKind.Snippet,
    "node": types.CompletionItemKind.Variable,
    "place": types.CompletionItemKind.Field,
    "value": types.CompletionItemKind.Value,
    "symbol": types.CompletionItemKind.Operator,
    "file": types.CompletionItemKind.File,
}
_SYMBOL_KINDS = {
    "circuit": types.SymbolKind.Class,
    "node": types.SymbolKind.Field,
    "claim": types.SymbolKind.Boolean,
}


class Speaker:
    """Speaks about one document to one client.

    Attributes:
        positions: of the document, in the units that were agreed on.
    """

    def __init__(self, document: Document, encoding: Encoding) -> None:
        self._document = document
        self.positions = Positions(document.text, encoding)

    def range(self, start: int, end: int) -> types.Range:
        """The range between two offsets."""
        return types.Range(self._position(start), self._position(end))

    def offset(self, position: types.Position) -> int:
        """The offset of a position."""
        return self.positions.offset(position.line, position.character)

    def location(self, start: int, end: int) -> types.Location:
        """A stretch of this document."""
        return types.Location(self._document.uri, self.range(start, end))

    def edit(self, edit: Edit) -> types.TextEdit:
        """An edit of this document."""
        return types.TextEdit(self.range(edit.start, edit.end), edit.text)

    def changes(self, *edits: Edit) -> types.WorkspaceEdit:
        """Edits of this document, to be applied together."""
        return types.WorkspaceEdit(changes={self._document.uri: [*map(self.edit, edits)]})

    def hover(self, hover: Hover) -> types.Hover:
        """What is shown at the pointer."""
        content = types.MarkupContent(types.MarkupKind.Markdown, hover.text)
        return types.Hover(content, self.range(hover.start, hover.end))

    def diagnostic(self, diagnostic: Diagnostic) -> types.Diagnostic:
        """A diagnostic; its label, help and notes go on below the headline."""
        related = [
            types.DiagnosticRelatedInformation(self.location(span.start, span.end), label)
            for span, label in diagnostic.secondary
        ]
        return types.Diagnostic(
            range=self._marked(diagnostic.span),
            severity=_SEVERITIES[diagnostic.severity],
            code=str(diagnostic.code),
            source=SOURCE,
            message="\n".join(_message(diagnostic)),
            related_information=related or None,
        )

    def action(self, fix: Fix) -> types.CodeAction:
        """A fix under the light bulb."""
        return types.CodeAction(
            title=fix.title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(fix.diagnostic)],
            is_preferred=True,
            edit=self.changes(fix.edit),
        )

    def item(
        self, suggestion: Suggestion, number: int, *, snippets: bool, suggest_again: str | None
    ) -> types.CompletionItem:
        """A line of the list of completions.

        Args:
            number: its place in the list, which is kept.
            snippets: whether the client knows them.
            suggest_again: the client's command that asks for completions, if it has told.
        """
        again = suggest_again if suggestion.goes_on else None
        snippet = suggestion.snippet if snippets else None
        text = snippet or suggestion.text or suggestion.label
        format_ = types.InsertTextFormat.Snippet if snippet else types.InsertTextFormat.PlainText
        return types.CompletionItem(
            label=suggestion.label,
            kind=_ITEM_KINDS[suggestion.kind],
            detail=suggestion.detail or None,
            documentation=suggestion.documentation or None,
            sort_text=f"{number:04}",
            filter_text=suggestion.label,
            insert_text_format=format_,
            text_edit=types.TextEdit(self.range(suggestion.start, suggestion.end), text),
            command=None if again is None else types.Command("Suggest", again),
        )

    def symbol(self, entry: Entry) -> types.DocumentSymbol:
        """A line of the outline."""
        return types.DocumentSymbol(
            name=entry.name,
            detail=entry.detail or None,
            kind=_SYMBOL_KINDS[entry.kind],
            range=self.range(entry.start, entry.end),
            selection_range=self.range(entry.name_start, entry.name_end),
            children=[self.symbol(child) for child in entry.children],
        )

    def _position(self, offset: int) -> types.Position:
        return types.Position(*self.positions.position(offset))

    def _marked(self, span: Span | None) -> types.Range:
        """What to underline: the first line for what is about the whole file."""
        if span is not None:
            return self.range(span.start, span.end)
        return self.range(0, len(self._document.source.line(1)))


def top_of(path: Path) -> types.Location:
    """The beginning of a file."""
    start = types.Position(0, 0)
    return types.Location(path.as_uri(), types.Range(start, start))


def _message(diagnostic: Diagnostic) -> Iterator[str]:
    yield diagnostic.message
    if diagnostic.label:
        yield diagnostic.label
    if diagnostic.help:
        yield f"help: {diagnostic.help}"
    for note in diagnostic.notes:
        yield f"note: {note}"
