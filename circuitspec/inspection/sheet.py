"""Lines of a page: labels in a margin, what they label beside it, within a width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.text import Text

MARGIN = 17
_GAP = 3


@dataclass(frozen=True)
class Sheet:
    """A page of so many columns."""

    width: int

    @property
    def room(self) -> int:
        """The columns beside the margin."""
        return max(20, self.width - MARGIN)

    def row(self, label: str, text: Text) -> Iterator[Text]:
        """One line as it is, cut off at the width."""
        line = Text(f"  {label:{MARGIN - 2}}").append_text(text)
        line.rstrip()
        line.truncate(max(self.width, MARGIN + 20), overflow="ellipsis")
        yield line

    def field(self, label: str, parts: Iterable[Text], *, joined: str = "  ") -> Iterator[Text]:
        """Parts one after the other, in as many lines as it takes."""
        line: Text | None = None
        for part in parts:
            if line is None:
                line = part.copy()
            elif line.cell_len + len(joined) + part.cell_len > self.room:
                line.append(joined.rstrip())
                yield from self.row(label, line)
                label, line = "", part.copy()
            else:
                line.append(joined).append_text(part)
        if line is not None:
            yield from self.row(label, line)

    def grid(self, label: str, cells: Sequence[Text]) -> Iterator[Text]:
        """Cells below each other, as many in a line as there is room for."""
        wide = max(cell.cell_len for cell in cells)
        columns = max(1, (self.room + _GAP) // (wide + _GAP))
        for first in range(0, len(cells), columns):
            line = Text()
            for cell in cells[first : first + columns]:
                line.append_text(cell).append(" " * (wide - cell.cell_len + _GAP))
            yield from self.row(label if first == 0 else "", line)

    def paragraph(self, words: str, style: str, *, indent: int = 0) -> Iterator[Text]:
        """Running text, broken between words."""
        line = ""
        for word in words.split():
            if line and indent + len(line) + 1 + Text(word).cell_len > self.width:
                yield Text(" " * indent).append(line, style=style)
                line = word
            else:
                line = f"{line} {word}".lstrip()
        yield Text(" " * indent).append(line, style=style)


def beside(left: Sequence[Text], right: Sequence[Text], wide: int) -> Iterator[Text]:
    """Two columns of lines, the second from column `wide` on."""
    for first, second in zip_longest(left, right, fillvalue=Text()):
        line = first.copy()
        if second.cell_len:
            line.append(" " * (wide - line.cell_len)).append_text(second)
        yield line


def number(value: float) -> str:
    """A value with its sign, to three digits; a plain 0 where it is none."""
    return "0" if value == 0 else f"{value:+.3g}"


def sign_style(value: float) -> str:
    """The style for the sign of a value."""
    return "positive" if value > 0 else "negative" if value < 0 else "frame"


def signed(value: float, columns: int = 7) -> Text:
    """A value in the colour of its sign, as wide as others."""
    return Text().append(f"{number(value):>{columns}}", style=sign_style(value))
