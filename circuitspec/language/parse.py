"""Text to syntax tree, or to the diagnostics that say why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.language import syntax
from circuitspec.language.grammar import lark_parser
from circuitspec.language.header import HEADER, check_header
from circuitspec.language.recover import (
    Gap,
    blanked,
    gap_before,
    most_gaps,
    unreadable_statement,
)

if TYPE_CHECKING:
    from circuitspec.language.grammar import ParseTree

LARGEST_TEXT = 2**20
"""A spec is a page or two; what has more characters than this was opened by mistake."""


@dataclass(frozen=True)
class Parsed:
    """What could be read of a text.

    Attributes:
        tree: the statements that could be read; None if not even the outline could.
        diagnostics: mistakes in the syntax, and inside of numbers and strings.
        gaps: the statements that could not be read and are not in the tree.
    """

    tree: syntax.File | None
    diagnostics: tuple[Diagnostic, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def whole(self) -> syntax.File | None:
        """The tree, if nothing at all is wrong with it."""
        return None if self.diagnostics else self.tree


def parse(source: Source) -> Parsed:
    """The syntax tree of a source, as far as it can be read."""
    problem = _check_text(source) or check_header(source)
    if problem is not None:
        return Parsed(None, (problem,))
    # Lark and what imports it wait until there is something to parse.
    from circuitspec.language.syntax_tree import SyntaxBuilder

    tree, mistakes, gaps = _read(source)
    if tree is None:
        return Parsed(None, tuple(mistakes))
    builder = SyntaxBuilder(source)
    file = builder.transform(tree)  # type: ignore[arg-type]
    return Parsed(file, (*mistakes, *builder.diagnostics), tuple(gaps))


def _read(source: Source) -> tuple[ParseTree | None, list[Diagnostic], list[Gap]]:
    """Lark's tree of all that can be read, the mistakes in the syntax, and what they cost."""
    from lark import UnexpectedInput

    from circuitspec.language.syntax_errors import statement_start, syntax_diagnostic

    text = source.text
    mistakes: list[Diagnostic] = []
    gaps: list[Gap] = []
    while True:
        try:
            return lark_parser().parse(text), mistakes, gaps  # type: ignore[return-value]
        except UnexpectedInput as error:
            start = statement_start(error)
            before = None if start is None else gap_before(text, start, gaps)
            # Where the outline breaks only after a statement was left out, that may be the reason.
            if not gaps or (start is not None and before is None):
                mistakes.append(syntax_diagnostic(error, source))
            if before is not None:
                start = before.end
            gap = None if start is None else unreadable_statement(text, start)
            if gap is None or len(gaps) == most_gaps(text):
                return None, mistakes, gaps
            gaps.append(gap)
            text = blanked(text, gap)


def _check_text(source: Source) -> Diagnostic | None:
    text = source.text
    if len(text) > LARGEST_TEXT:
        return too_large(len(text))
    if not text.strip():
        return Diagnostic(
            code=Code.EMPTY_FILE,
            message="the file is empty",
            help=f"begin it with `{HEADER}`, then describe a circuit: `circuit NAME {{ ... }}`",
        )
    at = text.find("\0")
    if at != -1:
        return binary(source.position(at)[0])
    return None


def binary(line: int) -> Diagnostic:
    """The diagnostic for a file with a NUL in it, the first of them in this line."""
    return Diagnostic(
        code=Code.BINARY_FILE,
        message=f"this is not a text file: it has a NUL byte in line {line}",
        help="open it in an editor and save it as plain UTF-8 text",
    )


def too_large(size: int) -> Diagnostic:
    """The diagnostic for a text that is much longer than a spec can be."""
    return Diagnostic(
        code=Code.FILE_TOO_LARGE,
        message=f"a text of {size:,} characters is too large for a spec",
        help=f"a spec has at most {LARGEST_TEXT:,} characters; is this the right file?",
    )
