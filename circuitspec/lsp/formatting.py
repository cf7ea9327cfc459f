"""Formatting as one edit that leaves alone what is in order already."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from circuitspec.document import format_text
from circuitspec.lsp.documents import Document


@dataclass(frozen=True)
class Edit:
    """`text` instead of what stands from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str


def format_edit(document: Document) -> Edit | None:
    """The edit that formats a document; None if there is nothing to do or it cannot be read."""
    formatted = format_text(document.text, document.source.name).text
    return None if formatted is None else smallest_edit(document.text, formatted)


def smallest_edit(old: str, new: str) -> Edit | None:
    """The edit of the fewest whole lines that turns one text into another, if they differ.

    Whole lines, so that no edit falls between the two halves of a line ending.
    """
    if old == new:
        return None
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    first = _shared(before, after)
    last = _shared(before[first:][::-1], after[first:][::-1])
    start = sum(map(len, before[:first]))
    end = len(old) - sum(map(len, before[len(before) - last :]))
    return Edit(start, end, "".join(after[first : len(after) - last]))


def _shared(before: list[str], after: list[str]) -> int:
    """How many lines at the start of both are the same."""
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
