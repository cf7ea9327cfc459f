"""Text to syntax tree, or to the diagnostics that say why not."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.language import syntax
from circuitspec.language.grammar import lark_parser
from circuitspec.language.header import HEADER, check_header

LARGEST_TEXT = 2**20
"""A spec is a page or two; what has more characters than this was opened by mistake."""


def parse(source: Source) -> tuple[syntax.File | None, list[Diagnostic]]:
    """The syntax tree of a source.

    Reading stops at the first mistake in the syntax. Mistakes inside of strings and numbers do not
    stop it, so all of those are found; whenever there is a mistake there is no tree.
    """
    problem = _check_text(source) or check_header(source)
    if problem is not None:
        return None, [problem]
    # Lark and what imports it wait until there is something to parse.
    from lark import UnexpectedInput

    from circuitspec.language.syntax_errors import syntax_diagnostic
    from circuitspec.language.syntax_tree import SyntaxBuilder

    try:
        tree = lark_parser().parse(source.text)
    except UnexpectedInput as error:
        return None, [syntax_diagnostic(error, source)]
    builder = SyntaxBuilder(source)
    file = builder.transform(tree)
    return (None if builder.diagnostics else file), builder.diagnostics


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
        return Diagnostic(
            code=Code.BINARY_FILE,
            message=f"this is not a text file: it has a NUL byte in line {source.position(at)[0]}",
            help="open it in an editor and save it as plain UTF-8 text",
        )
    return None


def too_large(size: int) -> Diagnostic:
    """The diagnostic for a text that is much longer than a spec can be."""
    return Diagnostic(
        code=Code.FILE_TOO_LARGE,
        message=f"a text of {size:,} characters is too large for a spec",
        help=f"a spec has at most {LARGEST_TEXT:,} characters; is this the right file?",
    )
