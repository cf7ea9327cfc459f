"""Pieces of a text with one token marked, below each other; prompts with a value at each token."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from circuitspec.diagnostics.render import safe
from circuitspec.inspection.facts import Example, PairValues, PromptValues
from circuitspec.inspection.sheet import number, sign_style, signed

_VISIBLE = {" ": "·", "\n": "↵", "\t": "⇥", "\r": "␍"}
_LONGEST_TOKEN = 24
_LONGEST_PLACE = 28
_INDENT = 4


def visible(token: str) -> str:
    """A token so that its white space can be seen, and nothing in it moves the cursor."""
    shown = "".join(_VISIBLE.get(character) or safe(character) for character in token)
    return shown if len(shown) <= _LONGEST_TOKEN else f"{shown[: _LONGEST_TOKEN - 1]}…"


def flowing(text: str) -> str:
    """Text around a token in one line: a line break, with the indentation after it, is `↵ `."""
    joined = re.sub(r"(\r\n|\r|\n)[ \t]*", "↵ ", text)
    return "".join(safe(character) for character in joined.replace("\t", " "))


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
        places = [_place(example) for example in examples]
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
        """Both prompts, each token above the node's value there."""
        yield Text(f"  {flowing(pair.template)}", style="frame")
        for prompt in pair.prompts:
            yield from self._prompt(prompt)
        yield Text()

    def _prompt(self, prompt: PromptValues) -> Iterator[Text]:
        top, bottom = Text(" " * _INDENT), Text(" " * _INDENT)
        largest = max(map(abs, prompt.values))
        for token, value in zip(prompt.tokens, prompt.values, strict=True):
            name, amount = visible(token), number(value)
            wide = max(Text(name).cell_len, len(amount)) + 1
            if top.cell_len + wide > self.width and top.plain.strip():
                yield from (top, bottom)
                top, bottom = Text(" " * _INDENT), Text(" " * _INDENT)
            strong = value != 0 and abs(value) > largest / 2
            top.append(name, style="mark" if strong else "")
            top.append(" " * (wide - Text(name).cell_len))
            bottom.append(amount, style=sign_style(value)).append(" " * (wide - len(amount)))
        top.append(f" → {visible(prompt.answer)}", style="strong")
        yield from (top, bottom)


def _place(example: Example) -> str:
    name = f"{flowing(example.document)}:{example.line}"
    return name if len(name) <= _LONGEST_PLACE else f"…{name[1 - _LONGEST_PLACE :]}"


def _last(text: str, columns: int) -> str:
    """As much of the end of a text as fits."""
    while Text(text).cell_len > columns:
        text = text[1:]
    return text
