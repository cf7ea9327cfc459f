"""Where lines are broken and what is aligned: the style of `.circ` files, apart from its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from circuitspec.diagnostics.columns import columns

WIDTH = 100
"""Lines are broken to be no longer than this."""

_GAP = 2
"""So many spaces, at least, stand before a description and before a comment."""
_MOST_PADDING = 24
"""So many more, at most, are put there to align it with others."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a statement that is never broken.

    Attributes:
        comments: what follows it: a comment, which ends its line, then comments on lines of their
            own; where the first is "", all are on lines of their own.
    """

    text: str
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line, without its end.

    Attributes:
        code: what stands before the comment.
        comment: the comment at the end of the line; where there is no code, the whole line.
    """

    code: str
    comment: str = ""


def one_line(pieces: Iterable[Piece]) -> str:
    """Pieces with spaces between them."""
    return " ".join(piece.text for piece in pieces)


def fill(head: str, groups: Iterable[Sequence[Piece]], indent: int) -> list[Row]:
    """Put pieces on as few lines as possible.

    Args:
        head: the start of the first line, to which the first piece is joined as it is.
        groups: pieces that are kept together on a line where that is possible.
        indent: the column at which further lines begin.
    """
    rows: list[Row] = []
    margin = " " * indent
    line, is_empty = head, True
    for group in groups:
        for number, piece in enumerate(group):
            needed = columns(piece.text if number else one_line(group))
            if not is_empty and columns(line) + 1 + needed > WIDTH:
                rows.append(Row(line))
                line, is_empty = margin, True
            line += piece.text if is_empty else f" {piece.text}"
            is_empty = False
            if piece.comments:
                first, *more = piece.comments
                rows.append(Row(line, first))
                rows.extend(Row("", margin + comment) for comment in more)
                line, is_empty = margin, True
    return rows if is_empty else [*rows, Row(line)]


def aligned(rows: Sequence[Row]) -> list[str]:
    """Rows as lines, with as many comments as possible in one column."""
    ending = [row for row in rows if row.code and row.comment]
    at = iter(settle([room_after(row.code, row.comment) for row in ending]))
    return [
        (pad(row.code, next(at)) if row.code and row.comment else row.code) + row.comment
        for row in rows
    ]


def room_after(code: str, text: str) -> tuple[int, int]:
    """The first and last column at which a text can begin on the line of some code.

    Where there is no room for the text, the last column is less than the first.
    """
    first = columns(code) + _GAP
    return first, min(first + _MOST_PADDING, WIDTH - columns(text))


def settle(rooms: Sequence[tuple[int, int]]) -> list[int]:
    """The columns at which texts begin: one for as many as possible, else as far left as can be.

    Args:
        rooms: the first and last column for each; the last is less where there is no room.
    """
    changes = Counter[int]()
    for first, last in rooms:
        if first <= last:
            changes[first] += 1
            changes[last + 1] -= 1
    columns_in_order = sorted(changes)
    how_many = accumulate(changes[column] for column in columns_in_order)
    best = max(zip(how_many, columns_in_order, strict=True), key=itemgetter(0), default=(0, 0))[1]
    return [best if first <= best <= last else first for first, last in rooms]


def pad(text: str, width: int) -> str:
    """A text with spaces after it up to a width that is counted in columns."""
    return text + " " * (width - columns(text))
