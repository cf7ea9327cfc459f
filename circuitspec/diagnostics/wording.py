"""How messages speak of words and numbers: lists, plurals, and the word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches

_LONGEST_COMPARED = 60
"""To compare words takes as long as the product of their lengths; nobody mistypes longer ones."""


def near_miss(word: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant, if one of `words` is close; never `word` itself."""
    if len(word) > _LONGEST_COMPARED:
        return None
    others = [w for w in words if w != word and len(w) <= _LONGEST_COMPARED]
    matches = get_close_matches(word, others, n=1, cutoff=0.6)
    return matches[0] if matches else None


def listed(items: Sequence[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def listed_some(items: Sequence[str], most: int = 3) -> str:
    """The first `most`, and how many more: `a, b, c and 4 more`."""
    more = len(items) - most
    return listed([*items[:most], *([f"{more} more"] if more > 0 else [])], "and")


def quoted(words: Iterable[str], last: str = "or") -> str:
    """The words in backquotes, listed."""
    return listed([f"`{word}`" for word in words], last)


def counted(count: int, what: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def digits(number: Decimal, *, percent: bool = False) -> str:
    """A number as a person would write it: no exponent, no idle zeros."""
    value = number * 100 if percent else number
    return f"{value.normalize():f}{'%' if percent else ''}"
