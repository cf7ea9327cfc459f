"""Pieces of a text with one token marked, below each other; prompts with a value at each token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from rich.text import Text

from circuitspec.diagnostics.render import safe
from circuitspec.inspection.facts import Example, PairValues, PromptValues
from circuitspec.inspection.sheet import number, sign_style, signed

_VISIBLE = {" ": "·", "\n": "↵", "\t": "⇥", "\r": "␍"}
_LONGEST_TOKEN = 24
_INDENT = 4


def visible(token: str, most: int = _LONGEST_TOKEN) -> str:
    """A token so that its white space can be seen, and nothing in it moves the cursor.

    Args:
        most: of longer ones, so many characters are shown.
    """
    shown = "".join(_VISIBLE.get(character) or _escaped(character) for character in token)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def flowing(text: str) -> str:
    """Text around a token in one line: a line break, with the indentation after it, is `↵ `."""
    joined = re.sub(r"(\r\n|\r|\n)[ \t]*", "↵ ", text)
    return "".join(map(_escaped, joined.replace("\t", " ")))


def _escaped(character: str) -> str:
    """A character as it is, or as Python writes it where it would move the cursor."""
    return character if safe(character) == character else ascii(character)[1:-1]


@dataclass(frozen=True)
class Passages:
    """Passages within a width; without colour, marks are `»` and `«`."""

    width: int
    colour: bool

    def section(self, label: str, examples: Sequence[Example]) -> Iterator[Text]:
        """A heading, and a line for each example with its token below those of the others."""
        if not examples:
            return
        yield Text()
        yield Text(f"  {label}", style="")
        places = [_place(example, self.width // 4) for example in examples]
        wide = max(map(len, places))
        room = max(30, self.width - _INDENT - 9 - wide - 2)
        lead = room * 11 // 20
        for example, place in zip(examples, places, strict=True):
            line = Text(" " * _INDENT).append_text(signed(example.value)).append("  ")
            line.append_text(self._passage(example, lead, room))
            line.append(" " * max(1, self.width - wide - line.cell_len))
            yield line.append(f"{place:>{wide}}", style="frame")

    def _passage(self, example: Example, lead: int, room: int) -> Text:
        """The token with what stands before it in `lead` columns, `room` columns in all."""
        before = Text(flowing(example.before))
        if before.cell_len > lead:
            before = Text("…" + _last(before.plain, lead - 1))
        text = Text(" " * (lead - before.cell_len)).append_text(before)
        text.append_text(self._marked(visible(example.token)))
        text.append(flowing(example.after))
        text.truncate(room, overflow="ellipsis")
        return text

    def _marked(self, token: str) -> Text:
        return Text(token, style="mark") if self.colour else Text(f"»{token}«")

    def pair(self, pair: PairValues) -> Iterator[Text]:
        """Both prompts, each token above the node's value there, in the same columns."""
        yield Text().append(f"  {flowing(pair.template)}", style="frame")
        prompts = pair.prompts
        cells = [
            [(visible(t), number(v)) for t, v in zip(p.tokens, p.values, strict=True)]
            for p in prompts
        ]
        wide = [
            max(Text(text).cell_len for cell in position for text in cell) + 1
            for position in zip(*cells, strict=True)
        ]
        values = [value for prompt in prompts for value in prompt.values]
        rest = median(values)
        far = max(abs(value - rest) for value in values) / 2
        for prompt, own in zip(prompts, cells, strict=True):
            strong = [abs(value - rest) > far for value in prompt.values]
            yield from self._prompt(prompt, own, wide, strong)

    def _prompt(
        self,
        prompt: PromptValues,
        cells: Sequence[tuple[str, str]],
        wide: Sequence[int],
        strong: Sequence[bool],
    ) -> Iterator[Text]:
        top, bottom = Text(" " * _INDENT), Text(" " * _INDENT)
        columns = zip(cells, prompt.values, wide, strong, strict=True)
        for (name, amount), value, width, marked in columns:
            if top.cell_len + width > self.width and top.plain.strip():
                yield from _stripped(top, bottom)
                top, bottom = Text(" " * _INDENT), Text(" " * _INDENT)
            top.append(name, style="mark" if marked else "")
            top.append(" " * (width - Text(name).cell_len))
            bottom.append(amount, style=sign_style(value)).append(" " * (width - len(amount)))
        top.append(f"→ {visible(prompt.answer)}", style="strong")
        yield from _stripped(top, bottom)


def _stripped(*lines: Text) -> Iterator[Text]:
    for line in lines:
        line.rstrip()
        yield line


def _place(example: Example, most: int) -> str:
    name = f"{flowing(example.document)}:{example.line}"
    return name if len(name) <= most else f"…{name[1 - most :]}"


def _last(text: str, columns: int) -> str:
    """As much of the end of a text as fits."""
    while Text(text).cell_len > columns:
        text = text[1:]
    return text
