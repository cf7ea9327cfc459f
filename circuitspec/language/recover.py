"""Reading on after a mistake in the syntax, so that one does not hide all others.

A statement that cannot be read is blanked out and the rest read again: from the word that begins
it to the next line that begins with the word of a statement. What follows from the gap is not a
mistake of its own, and is kept quiet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import LINE_END, Span
from circuitspec.diagnostics.wording import near_miss
from circuitspec.language.words import STATEMENTS

_MOST_GAPS = 20
_MOST_REREAD = 2**21
"""Every gap costs another reading: so many characters are read again, and no more."""

_BEGINNINGS = (*STATEMENTS, "circuit")
_LINE = re.compile(r'(?<=[\r\n])[ \t]*(?:([A-Za-z]+)(?![\w.])([ \t]+[\w"])?|})')
"""The beginning of a line that may be the beginning of a statement, or the end of a circuit."""

_NOT_A_BREAK = re.compile(r"[^\r\n]")
_WORD = re.compile(r"\w+")

_OF_A_WHOLE_CIRCUIT = frozenset(
    (
        Code.MISSING_STATEMENT,
        Code.EMPTY_CIRCUIT,
        Code.UNUSED_NODE,
        Code.NO_CLAIMS,
        Code.UNUSED_ABLATION,
    )
)
"""What may only seem to be missing, since it may stand in a gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A statement that could not be read: from `start` up to, not including, `end`."""

    start: int
    end: int


def most_gaps(text: str) -> int:
    """After so many statements that cannot be read, reading `text` is given up."""
    return min(_MOST_GAPS, _MOST_REREAD // len(text))


def unreadable_statement(text: str, start: int) -> Gap | None:
    """The statement that begins at `start`, if the statements after it can be told from it."""
    lines = _LINE.finditer(text, start + 1)
    following = next((line for line in lines if _begins(line)), None)
    if following is None or not text[start : following.start()].strip():
        return None
    return Gap(start, following.start())


def _begins(line: re.Match[str]) -> bool:
    """Whether a line begins a statement or a circuit, or ends one; its word may be misspelt."""
    word, goes_on = line[1], line[2] is not None
    return word is None or word in _BEGINNINGS or (goes_on and _is_misspelt(word))


@cache
def _is_misspelt(word: str) -> bool:
    return near_miss(word, _BEGINNINGS) is not None


def blanked(text: str, gap: Gap) -> str:
    """`text` with spaces in a gap, so that every other character stays where it is."""
    spaces = _NOT_A_BREAK.sub(" ", text[gap.start : gap.end])
    return text[: gap.start] + spaces + text[gap.end :]


def gap_before(text: str, offset: int, gaps: Iterable[Gap]) -> Gap | None:
    """The gap that goes on to `offset`, though the word of a statement seemed to end it."""

    def goes_on(gap: Gap) -> bool:
        between = text[gap.end : offset]
        return gap.end <= offset and bool(between.strip()) and not LINE_END.search(between)

    return next(filter(goes_on, gaps), None)


def without_consequences(
    found: Iterable[Diagnostic], text: str, gaps: tuple[Gap, ...], unread: Iterable[Span]
) -> list[Diagnostic]:
    """Those of the diagnostics of a file that do not come from what could not be read.

    Args:
        found: what was found in the rest of the file.
        unread: the numbers and strings that could not be read, for which others stand in.
    """
    lost = {word for gap in gaps for word in _WORD.findall(text[gap.start : gap.end])}
    doubtful = {line for span in unread for line in range(span.line, span.end_line + 1)}

    def is_consequence(diagnostic: Diagnostic) -> bool:
        span = diagnostic.span
        if span is not None and not doubtful.isdisjoint(range(span.line, span.end_line + 1)):
            return True
        if gaps and diagnostic.code in _OF_A_WHOLE_CIRCUIT:
            return True
        if gaps and diagnostic.code == Code.INVALID_CLAIM and span is not None:
            # A circuit has no edges to claim anything of, unless they stand in the gap.
            return text[span.start : span.end] == "edge"
        if diagnostic.code != Code.UNKNOWN_NAME or span is None:
            return False
        return not lost.isdisjoint(_WORD.findall(text[span.start : span.end]))

    return [diagnostic for diagnostic in found if not is_consequence(diagnostic)]
