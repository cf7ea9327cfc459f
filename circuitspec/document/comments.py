"""The comments of a text, which the syntax tree does not have."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from circuitspec.diagnostics.source import Source
from circuitspec.language.terminals import COMMENT, STRING

# What stands in quotes is matched first, so that its `#` starts no comment.
_STRING_OR_COMMENT = re.compile(f"{STRING}|(?P<comment>{COMMENT})")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and where it stands.

    Attributes:
        text: all of it, with its `#`.
        start: offset of its `#`.
        line: its line, counted from 1.
        alone: whether nothing else is on its line.
    """

    text: str
    start: int
    line: int
    alone: bool

    @property
    def end(self) -> int:
        """Offset just after it."""
        return self.start + len(self.text)


def find_comments(source: Source) -> Iterator[Comment]:
    """The comments of a source whose syntax is right, in order."""
    for match in _STRING_OR_COMMENT.finditer(source.text):
        if match["comment"] is not None:
            line, column = source.position(match.start())
            before = source.text[match.start() - column + 1 : match.start()]
            yield Comment(match[0], match.start(), line, not before.strip(" \t"))


class CommentQueue:
    """The comments of a source that have not found their place yet, in order.

    Attributes:
        taken_to: offset just after the last comment that was taken.
    """

    def __init__(self, source: Source) -> None:
        self.taken_to = 0
        self._left = deque(find_comments(source))

    def before(self, offset: int) -> list[Comment]:
        """Take the comments that start before an offset."""
        taken = []
        while self._left and self._left[0].start < offset:
            taken.append(self._left.popleft())
            self.taken_to = taken[-1].end
        return taken

    def on_line(self, line: int, before: int) -> list[Comment]:
        """Take the comment on a line, if it has one that starts before an offset."""
        if self._left and self._left[0].line == line:
            return self.before(min(before, self._left[0].end))
        return []
