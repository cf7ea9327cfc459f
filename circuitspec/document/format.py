"""A text in the one style of `.circ` files.

Formatting needs the syntax to be right and nothing else. It changes neither the meaning of a
text nor its comments; that is checked each time, since a formatter that did would do it to many
files before anybody noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.document.comments import find_comments
from circuitspec.document.printer import print_document
from circuitspec.document.read import BYTE_ORDER_MARK, read_tree
from circuitspec.document.to_document import to_document
from circuitspec.document.values import normal_comment
from circuitspec.language import syntax
from circuitspec.language.parse import LARGEST_TEXT, parse, too_large


class UnsafeFormatError(Exception):
    """Formatting would have changed what a text says: a bug, so that nothing was formatted."""


@dataclass(frozen=True)
class FormatResult:
    """What came of formatting a text.

    Attributes:
        text: the formatted text; `None` if and only if there are diagnostics.
        diagnostics: what is wrong with the syntax.
        source: the text as it was but for a byte order mark, for showing the diagnostics.
        changed: whether the formatted text differs from the text as it was.
    """

    text: str | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    changed: bool


def format_text(text: str, name: str = "<text>") -> FormatResult:
    """Bring a text into the one style; `name` is what messages call it.

    Raises:
        UnsafeFormatError: for a bug in the formatter.
    """
    source = Source(name, text.removeprefix(BYTE_ORDER_MARK))
    tree, problems = read_tree(source)
    if tree is None:
        return FormatResult(None, problems, source, changed=False)
    formatted = print_document(to_document(tree, source))
    if len(formatted) > LARGEST_TEXT:
        # It could not be read again.
        return FormatResult(None, (too_large(len(formatted)),), source, changed=False)
    _check_same(tree, source, Source(name, formatted))
    return FormatResult(formatted, (), source, changed=formatted != text)


def _check_same(tree: syntax.File, source: Source, formatted: Source) -> None:
    """Check that a formatted text says what it said before.

    Raises:
        UnsafeFormatError: it does not.
    """
    if parse(formatted).whole != tree:
        raise UnsafeFormatError(f"{source.name}: formatting would change what it says")
    before, after = (
        [normal_comment(comment.text) for comment in find_comments(text)]
        for text in (source, formatted)
    )
    if before != after:
        raise UnsafeFormatError(f"{source.name}: formatting would change its comments")
