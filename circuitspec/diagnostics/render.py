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

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from circuitspec.diagnostics.columns import columns
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source, Span

_TAB = 4
_WIDEST = 100
"""Lines with more characters than this are shown in part."""
_LEAD = 30
"""So many characters are shown before the marked text of such a line, if there are as many."""

_LONGEST_QUOTE = 160
"""What a message repeats of the user's text is cut off after so many characters."""
_QUOTE = re.compile(rf"`([^`\n]{{{_LONGEST_QUOTE}}})[^`\n]+`")

_UNSAFE = ("Cc", "Cs", "Zl", "Zp")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def render(diagnostic: Diagnostic, source: Source) -> str:
    """One diagnostic in full, without a final newline."""
    marks = list(_marks(diagnostic))
    gutter = len(str(max((mark.span.line for mark in marks), default=0)))
    bar = f"{'':{gutter}} |"
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {_said(diagnostic.message)}"]
    lines.append(f"{'':{gutter}}--> {location(diagnostic, source)}")
    if marks:
        lines.append(bar)
        lines.extend(_snippet(marks, source, gutter))
    if marks and (diagnostic.help or diagnostic.notes):
        lines.append(bar)
    hints = [("help", diagnostic.help)] if diagnostic.help else []
    hints += [("note", note) for note in diagnostic.notes]
    for kind, text in hints:
        first, *more = map(_said, text.split("\n"))
        lines.append(f"{'':{gutter}} = {kind}: {first}")
        lines.extend(f"{'':{gutter}}   {'':{len(kind)}}  {line}" for line in more)
    return "\n".join(line.rstrip() for line in lines)


def render_concise(diagnostic: Diagnostic, source: Source) -> str:
    """One diagnostic as `file:line:column: code message`."""
    return f"{location(diagnostic, source)}: {diagnostic.code} {_said(diagnostic.message)}"


def render_all(diagnostics: Iterable[Diagnostic], source: Source) -> str:
    """Diagnostics in full, with an empty line between them."""
    return "\n\n".join(render(diagnostic, source) for diagnostic in diagnostics)


def location(diagnostic: Diagnostic, source: Source) -> str:
    """`file:line:column`, or the file alone when the diagnostic is about all of it."""
    name = _said(source.name)
    if diagnostic.span is None:
        return name
    return f"{name}:{diagnostic.span.line}:{diagnostic.span.column}"


def _said(text: str) -> str:
    """A line of ours that may quote the user: without what garbles a terminal, and not too long."""
    return "".join(map(safe, _QUOTE.sub(r"`\1...`", text.replace("\n", " "))))


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
        line = source.line(number)
        for shown in _shares(list(group), line):
            first, last = _window(shown[0].span, line)
            cells = _cells(line[first:last])
            before = "..." if first > 0 else ""
            after = "..." if last < len(line) else ""
            yield f"{number:{gutter}} | {before}{''.join(cells)}{after}"
            for mark in shown:
                yield f"{'':{gutter}} | {'':{len(before)}}{_underline(mark, cells, first)}"


def _shares(marks: list[_Mark], line: str) -> list[list[_Mark]]:
    """Which marks go under the same copy of their line: all, unless it is too long to show."""
    return [marks] if len(line) <= _WIDEST else [[mark] for mark in marks]


def _window(span: Span, line: str) -> tuple[int, int]:
    """The stretch of a line to show, with the start of a span in it."""
    if len(line) <= _WIDEST:
        return 0, len(line)
    first = max(0, span.column - 1 - _LEAD)
    return first, min(len(line), first + _WIDEST)


def _cells(text: str) -> list[str]:
    """What is drawn for each character: as it is, but for tabs and what is unsafe."""
    cells: list[str] = []
    for character in text:
        to_stop = _TAB - _width(cells) % _TAB if character == "\t" else 0
        cells.append(" " * to_stop if to_stop else safe(character))
    return cells


def safe(character: str) -> str:
    """A character as it is, or a stand-in where it would move the cursor or turn the text round."""
    if character in _BIDI_CONTROLS or unicodedata.category(character) in _UNSAFE:
        return "\ufffd"
    return character


def _width(cells: list[str]) -> int:
    """How many columns of a terminal some cells take."""
    return columns("".join(cells))


def _underline(mark: _Mark, cells: list[str], first: int) -> str:
    """Carets under a span, as far as it goes on the cells that are shown, and its label.

    Args:
        first: the offset in the line of the first cell.
    """
    start = mark.span.column - 1 - first
    end = mark.span.end_column - 1 - first if mark.span.end_line == mark.span.line else len(cells)
    # A place between characters, or at the end of the line, still gets a caret of its own.
    length = max(1, _width(cells[start:end]))
    return f"{'':{_width(cells[:start])}}{mark.line * length} {_said(mark.label)}"
