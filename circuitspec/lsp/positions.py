"""Offsets into a text and the lines and characters of the protocol.

The protocol counts lines and characters from 0. Its characters are units of UTF-16 unless client
and server agree on something else; its lines end where those of a `Source` do.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Literal, TypeAlias

from circuitspec.diagnostics.source import LINE_END

Encoding: TypeAlias = Literal["utf-8", "utf-16", "utf-32"]


class Positions:
    """Converts between the offsets of one text and positions."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self._text = text
        self._encoding = encoding

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_END.finditer(self._text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and character of an offset; one past the end counts as the end."""
        offset = min(max(offset, 0), len(self._text))
        line = bisect_right(self._starts, offset) - 1
        return line, self._units(self._text[self._starts[line] : offset])

    def offset(self, line: int, character: int) -> int:
        """The offset of a position.

        Positions past the end of a line mean its end, as the protocol has it; positions inside of
        a character mean its start.
        """
        line = max(line, 0)
        if line >= len(self._starts):
            return len(self._text)
        start = self._starts[line]
        following = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
        content = self._text[start:following].rstrip("\r\n")
        return start + self._characters(content, max(character, 0))

    def _units(self, text: str) -> int:
        match self._encoding:
            case "utf-8":
                return len(text.encode("utf-8", "surrogatepass"))
            case "utf-16":
                return len(text.encode("utf-16-le", "surrogatepass")) // 2
            case "utf-32":
                return len(text)

    def _characters(self, text: str, units: int) -> int:
        """How many whole characters the first `units` of a text are, and at most all."""
        if text.isascii() or self._encoding == "utf-32":
            return min(units, len(text))
        count = 0
        for character in text:
            units -= self._units(character)
            if units < 0:
                break
            count += 1
        return count
