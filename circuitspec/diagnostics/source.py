"""Where text came from: a source, and spans inside it.

Offsets count code points from 0, lines and columns count from 1. Only `\\n` ends a line: the
`\\r` of a CRLF file belongs to its line and is left out when the line is shown.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of a source: the characters from `start` up to, not including, `end`.

    Attributes:
        start: offset of the first character.
        end: offset just after the last character; equal to `start` for a place between two.
        line: line of `start`.
        column: column of `start`.
        end_line: line of `end`.
        end_column: column of `end`, so one past the last character.
    """

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, other.end, self.line, self.column, other.end_line, other.end_column)


@dataclass(frozen=True)
class Source:
    """A text and the name by which messages call it.

    Attributes:
        name: the path as the user gave it, or a stand-in such as `<text>`.
        text: the decoded text, without a byte order mark.
    """

    name: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(start, end, *self.position(start), *self.position(end))

    def line(self, number: int) -> str:
        """The text of a line, without its line ending."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end != -1 else None].removesuffix("\r")
