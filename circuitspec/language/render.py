"""Diagnostics as plain text, in full with the user's own lines, or one line each.

    error[unknown-name]: no node is called `sees_dubble`
      --> specs/x.circ:14:8
       |
    14 |   edge sees_dubble -> is_quote
       |        ^^^^^^^^^^^ not a node of this circuit
       |
       = help: did you mean `sees_double`?

Colour, if any, is for whoever prints it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from circuitspec.language.source import Source, Span

if TYPE_CHECKING:
    from circuitspec.language.diagnostic import Diagnostic

_TAB = 4
_WIDEST = 100
"""Lines with more columns than this are shown in part."""
_LEAD = 30
"""So many columns are shown before the marked text of such a line, if there are as many."""

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def render(diagnostic: Diagnostic, source: Source) -> str:
    """One diagnostic in full, without a final newline."""
    marks = list(_marks(diagnostic))
    gutter = len(str(max((mark.span.line for mark in marks), default=0)))
    bar = f"{'':{gutter}} |"
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"]
    lines.append(f"{'':{gutter}}--> {location(diagnostic, source)}")
    if marks:
        lines.append(bar)
        lines.extend(_snippet(marks, source, gutter))
    if marks and (diagnostic.help or diagnostic.notes):
        lines.append(bar)
    hints = [("help", diagnostic.help)] if diagnostic.help else []
    hints += [("note", note) for note in diagnostic.notes]
    for kind, text in hints:
        first, *more = text.split("\n")
        lines.append(f"{'':{gutter}} = {kind}: {first}")
        lines.extend(f"{'':{gutter}}   {'':{len(kind)}}  {line}" for line in more)
    return "\n".join(line.rstrip() for line in lines)


def render_concise(diagnostic: Diagnostic, source: Source) -> str:
    """One diagnostic as `file:line:column: code message`."""
    return f"{location(diagnostic, source)}: {diagnostic.code} {diagnostic.message}"


def render_all(diagnostics: Iterable[Diagnostic], source: Source) -> str:
    """Diagnostics in full, with an empty line between them."""
    return "\n\n".join(render(diagnostic, source) for diagnostic in diagnostics)


def location(diagnostic: Diagnostic, source: Source) -> str:
    """`file:line:column`, or the file alone when the diagnostic is about all of it."""
    if diagnostic.span is None:
        return source.name
    return f"{source.name}:{diagnostic.span.line}:{diagnostic.span.column}"


@dataclass(frozen=True)
class _Mark:
    span: Span
    label: str
    line: str


def _marks(diagnostic: Diagnostic) -> Iterator[_Mark]:
    """The places to underline, in the order of their lines, the main one first in its line."""
    marks = [_Mark(span, label, "-") for span, label in diagnostic.secondary]
    if diagnostic.span is not None:
        marks.insert(0, _Mark(diagnostic.span, diagnostic.label, "^"))
    yield from sorted(marks, key=lambda mark: mark.span.line)


def _snippet(marks: list[_Mark], source: Source, gutter: int) -> Iterator[str]:
    previous: int | None = None
    for number, group in groupby(marks, key=lambda mark: mark.span.line):
        if previous is not None and number > previous + 1:
            yield "..."
        previous = number
        cells = _cells(source.line(number))
        for shown in _shares(list(group), cells):
            start, end = _window(shown[0].span, cells)
            yield f"{number:{gutter}} | {_cut(cells, start, end)}"
            for mark in shown:
                yield f"{'':{gutter}} | {_underline(mark, cells, start, end)}"


def _shares(marks: list[_Mark], cells: list[str]) -> list[list[_Mark]]:
    """Which marks go under the same copy of their line: all, unless it is too long to show."""
    return [marks] if _width(cells) <= _WIDEST else [[mark] for mark in marks]


def _cells(line: str) -> list[str]:
    """What is drawn for each character of a line: as it is, but for tabs and what is unsafe."""
    cells: list[str] = []
    column = 0
    for character in line:
        cell = character
        if character == "\t":
            cell = " " * (_TAB - column % _TAB)
        elif character in _BIDI_CONTROLS or unicodedata.category(character) in _UNSAFE:
            cell = "\ufffd"
        cells.append(cell)
        column += _columns(cell)
    return cells


_UNSAFE = ("Cc", "Cs", "Zl", "Zp")


def _columns(cell: str) -> int:
    return sum(map(_character_columns, cell))


def _character_columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _width(cells: list[str]) -> int:
    return sum(map(_columns, cells))


def _window(span: Span, cells: list[str]) -> tuple[int, int]:
    """The range of cells to show so that the start of a span is among them."""
    if _width(cells) <= _WIDEST:
        return 0, len(cells)
    start = span.column - 1
    columns = 0
    while start > 0 and columns < _LEAD:
        start -= 1
        columns += _columns(cells[start])
    end, columns = start, 0
    while end < len(cells) and columns < _WIDEST:
        columns += _columns(cells[end])
        end += 1
    return start, end


def _cut(cells: list[str], start: int, end: int) -> str:
    before = "..." if start > 0 else ""
    after = "..." if end < len(cells) else ""
    return f"{before}{''.join(cells[start:end])}{after}"


def _underline(mark: _Mark, cells: list[str], start: int, end: int) -> str:
    """A row of carets under a span, as far as it goes on the line that is shown, and its label."""
    first = mark.span.column - 1
    last = mark.span.end_column - 1 if mark.span.end_line == mark.span.line else len(cells)
    indent = _width(cells[start:first]) + (len("...") if start > 0 else 0)
    # A place between characters, or at the end of the line, still gets a caret of its own.
    length = max(1, _width(cells[first : min(last, end)]))
    return f"{'':{indent}}{mark.line * length} {mark.label}"
