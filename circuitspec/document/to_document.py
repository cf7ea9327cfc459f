"""Syntax tree and comments to `Document`: what the author wrote, without where it stood.

A comment belongs to what it follows: to the statement that ends on its line, to the item of a
list after which it stands, or to nothing but its own line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from circuitspec.diagnostics.source import LINE_END, Source
from circuitspec.document.comments import CommentQueue
from circuitspec.document.document import CircuitBlock, Document
from circuitspec.document.statement_to_document import StatementReader
from circuitspec.document.statements import Statement
from circuitspec.language import syntax

_TO_BRACE = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*\{")


def to_document(file: syntax.File, source: Source) -> Document:
    """What a file says, from its syntax tree and the text that it was read from."""
    return _Reader(source).file(file)


class _Reader:
    """Reads a file from front to back, since that is how comments leave the queue."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self.source = source
        self.comments = CommentQueue(source)
        self.statements = StatementReader(source, self.comments)

    def file(self, file: syntax.File) -> Document:
        starts = [circuit.span.start for circuit in file.circuits]
        ends = [*starts, len(self.text)]
        above = self._lines_before(file.header.span.start, at=0)
        comment = self._end_of_line(file.header, ends[0])
        at = file.header.span.end
        circuits = []
        for circuit, following in zip(file.circuits, ends[1:], strict=True):
            circuits.append(self._circuit(circuit, at, following))
            at = circuit.span.end
        below = self._lines_before(len(self.text), at)
        return Document(
            above=above,
            circuitspec=1,
            comment=comment,
            circuits=tuple(circuits),
            below=below,
            line_ending=_line_ending(self.text),
        )

    def _circuit(self, circuit: syntax.Circuit, at: int, following: int) -> CircuitBlock:
        above = self._lines_before(circuit.span.start, at)
        closing = circuit.span.end - 1
        description = circuit.description
        starts = [statement.span.start for statement in circuit.statements]
        starts.append(closing)
        if description is not None:
            starts.insert(0, description.span.start)

        brace = _TO_BRACE.match(self.text, circuit.name.span.end)
        assert brace is not None
        at = brace.end()
        opening = self.comments.before(at)
        opening += self.comments.on_line(self.source.position(at)[0], starts[0])
        comment, *more = (c.text for c in opening) if opening else ("",)

        above_description: tuple[str, ...] = ()
        description_comment = ""
        if description is not None:
            above_description = (*more, *self._lines_before(starts.pop(0), at))
            more = []
            description_comment = self._end_of_line(description, starts[0])
            at = description.span.end
        statements = (*more, *self._statements(circuit.statements, at, starts))
        closing_comment = self._end_of_line(circuit, following)
        return CircuitBlock(
            above=above,
            circuit=circuit.name.text,
            comment=comment,
            above_description=above_description,
            description=None if description is None else description.text,
            description_comment=description_comment,
            statements=statements,
            closing_comment=closing_comment,
        )

    def _statements(
        self, statements: Sequence[syntax.Statement], at: int, starts: Sequence[int]
    ) -> list[Statement | str]:
        """Statements and the lines between them; the last of `starts` is the closing brace's."""
        items: list[Statement | str] = []
        for statement, following in zip(statements, starts[1:], strict=True):
            items.extend(self._lines_before(statement.span.start, at))
            items.extend(self.statements.read(statement, following))
            at = statement.span.end
        items.extend(self._lines_before(starts[-1], at))
        return items

    def _lines_before(self, start: int, at: int) -> tuple[str, ...]:
        """The comments between two offsets, and "" where there is a blank line."""
        lines: list[str] = []
        at = max(at, self.comments.taken_to)
        for comment in self.comments.before(start):
            if self._is_blank(at, comment.start):
                lines.append("")
            lines.append(comment.text)
            at = comment.end
        if self._is_blank(at, start):
            lines.append("")
        return tuple(lines)

    def _is_blank(self, start: int, end: int) -> bool:
        return self.source.position(end)[0] - self.source.position(start)[0] > 1

    def _end_of_line(self, part: syntax.Syntax, following: int) -> str:
        """The comment that ends the line on which a part ends, if there is one."""
        found = self.comments.on_line(part.span.end_line, following)
        return found[0].text if found else ""


def _line_ending(text: str) -> Literal["lf", "crlf"]:
    return "crlf" if set(LINE_END.findall(text)) == {"\r\n"} else "lf"
