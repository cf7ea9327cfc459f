"""Fragments of circuits made whole, as the first page of the language reference promises.

A `circ` block that begins with `circuitspec` is a file. Any other is a piece of a circuit's inside:
it is put into one, and the statements that it has none of, though a circuit needs them, are added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import indent

_OPENING = "circuitspec 1\n\ncircuit example {\n"
_NEEDED = {
    "model": "model python-small",
    "task": "task single_double_quote",
    "ablate": "ablate mean over pretraining",
    "node": "node detector = L0.mlp.neuron[863]",
    "expect": "expect sufficient: loss <= 0.15",
}
_FIRST_WORD = re.compile(r"(?:\s|#[^\n]*\n)*(\w*)")
_STATEMENT = re.compile(r"^\s*(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Whole:
    """A whole file, and how many lines of it come before what the page shows."""

    text: str
    lines_before: int


def is_file(text: str) -> bool:
    """Whether a block is a file and no fragment."""
    first = _FIRST_WORD.match(text)
    return first is not None and first[1] == "circuitspec"


def wrap(text: str) -> str:
    """A block as it would stand in a file, with nothing added but what is around it."""
    return text if is_file(text) else f"{_OPENING}{indent(text, '  ')}}}\n"


def complete(text: str) -> Whole:
    """The file that a block stands for."""
    if is_file(text):
        return Whole(text, 0)
    stated = set(_STATEMENT.findall(text))
    added = [line for word, line in _NEEDED.items() if word not in stated]
    return Whole("\n".join([_OPENING + text, *added, "}\n"]), _OPENING.count("\n"))
