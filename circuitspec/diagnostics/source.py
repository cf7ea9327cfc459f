"""Where text came from: a source, and spans inside it.

Offsets count code points from 0, lines and columns count from 1. A line ends with `\\n`, `\\r\\n`
or a lone `\\r`, as editors have it, even where one file holds all three.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

LINE_END = re.compile(r"\r\n|\n|\r")


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

    def part(self, first: int, last: int) -> Span:
        """From its character `first` up to, not including, `last`, where it lies on one line."""
        start, column = self.start + first, self.column + first
        length = last - first
        return Span(start, start + length, self.line, column, self.line, column + length)


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
        return [0, *(match.end() for match in LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""
        return Span(start, end, *self.position(start), *self.position(end))

    def line(self, number: int) -> str:
        """The text of a line, without its line ending."""
        starts = self._line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")
