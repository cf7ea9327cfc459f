"""Text to `Document`, or to the diagnostics that say why not."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.document.document import Document
from circuitspec.document.to_document import to_document
from circuitspec.language import syntax
from circuitspec.language.parse import parse

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class DocumentResult:
    """What came of reading a text as a `Document`.

    Attributes:
        document: what it says; `None` if and only if there are diagnostics.
        diagnostics: what is wrong with the syntax.
        source: the text, for showing the diagnostics.
    """

    document: Document | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source


def read_document(text: str, name: str = "<text>") -> DocumentResult:
    """What a text says, statement by statement; `name` is what messages call it."""
    source = Source(name, text.removeprefix(BYTE_ORDER_MARK))
    tree, problems = read_tree(source)
    document = None if tree is None else to_document(tree, source)
    return DocumentResult(document, problems, source)


def read_tree(source: Source) -> tuple[syntax.File | None, tuple[Diagnostic, ...]]:
    """The syntax tree of a source, if nothing at all is wrong with its syntax."""
    try:
        source.text.encode()
    except UnicodeEncodeError as error:
        return None, (_half_character(source, error.start),)
    parsed = parse(source)
    return parsed.whole, parsed.diagnostics


def _half_character(source: Source, at: int) -> Diagnostic:
    return Diagnostic(
        code=Code.NOT_UTF8,
        message=f"U+{ord(source.text[at]):04X} is half a character, which no file can hold",
        span=source.span(at, at + 1),
        label="here",
        help="delete it",
    )
