"""What a later version of the language will know, told apart from what is a mistake."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span


def later_syntax(word: str, span: Span, advice: str) -> Diagnostic:
    """The diagnostic for a word with which a later version goes on."""
    return Diagnostic(
        code=Code.UNSUPPORTED_SYNTAX,
        message=f"`{word}` is not yet in this version of the language",
        span=span,
        label="reserved for a later version",
        help=advice,
    )


def later_claim(word: str, span: Span) -> Diagnostic:
    """The diagnostic for a claim that a later version can state."""
    return Diagnostic(
        code=Code.UNSUPPORTED_CLAIM,
        message=f"claims with `{word}` are not yet in this version of the language",
        span=span,
        label="reserved for a later version",
        help="leave this claim out for now",
    )
