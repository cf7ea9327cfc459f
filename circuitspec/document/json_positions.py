"""Where the values of a JSON text stand, which no parser of the standard library says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from circuitspec.diagnostics.source import Source, Span

Path = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

# In a text that is JSON, whatever is neither a sign nor a string is a number or a word.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^][{},:"\s]+')


@dataclass
class Positions:
    """What was found in a text.

    Attributes:
        values: where values stand.
        keys: where the keys of those of them stand that have one.
        repeated: keys that an object has twice: where the first is, and where the second.
    """

    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    repeated: list[tuple[str, Span, Span]] = field(default_factory=list)


@dataclass
class _Container:
    """An object or a list that is still open.

    Attributes:
        start: offset of its first character.
        key: the key that it stands under.
        seen: the keys of an object up to here; nothing for a list.
    """

    start: int
    key: Span | None
    seen: dict[str, Span] | None


def find_positions(source: Source, wanted: Collection[Path] = ()) -> Positions:
    """Find the values at some paths, and all repeated keys, of a text that is valid JSON."""
    found = Positions()
    longest = max(map(len, wanted), default=-1)
    path: list[str | int] = []
    containers: list[_Container] = []
    key: Span | None = None

    def note(start: int, end: int) -> None:
        if len(path) <= longest and (here := tuple(path)) in wanted:
            found.values[here] = source.span(start, end)
            if key is not None:
                found.keys[here] = key

    for token in _TOKEN.finditer(source.text):
        start, end = token.span()
        match token[0]:
            case "[":
                containers.append(_Container(start, key, None))
                path.append(0)
                key = None
            case "{":
                containers.append(_Container(start, key, {}))
                path.append("")
                key = None
            case "]" | "}":
                path.pop()
                closed = containers.pop()
                key = closed.key
                note(closed.start, end)
                key = None
            case ",":
                if isinstance(path[-1], int):
                    path[-1] += 1
            case ":":
                pass
            case text if containers and containers[-1].seen is not None and key is None:
                key = source.span(start, end)
                path[-1] = name = json.loads(text)
                first = containers[-1].seen.setdefault(name, key)
                if first is not key:
                    found.repeated.append((name, first, key))
            case _:
                note(start, end)
                key = None
    return found
