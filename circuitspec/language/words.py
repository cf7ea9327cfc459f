"""The words of the language, which of them cannot be names, and how messages speak of words.

Words that a later version will need are reserved already, so that a spec written today keeps its
meaning then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches

STATEMENTS = ("model", "task", "ablate", "scope", "level", "node", "edge", "expect")
"""The words that begin a statement inside a circuit, in the order in which they are written."""

CLAIMS = ("sufficient", "necessary", "minimal")
"""The claims that this version can state."""

LATER_STATEMENTS = ("also", "report", "predict")
LATER_IN_NODES = ("at",)
LATER_CLAIMS = ("swapping", "beats")
LATER_RELATIONS = ("separates", "fires", "orders", "attend", "attends", "flips", "recovers")
"""Words with which later versions will go on after the name of a node or a metric."""

LATER_METRICS = ("logit_diff", "full_loss", "kl", "agreement")

RESERVED = frozenset(
    (
        "circuitspec",
        "circuit",
        *STATEMENTS,
        *CLAIMS,
        *LATER_STATEMENTS,
        *LATER_IN_NODES,
        *LATER_CLAIMS,
        *LATER_RELATIONS,
        "channel",
        "costs",
        "embed",
        "every",
        "final",
        "from",
        "over",
        "to",
    )
)
"""Words that cannot name a circuit or a node."""


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


def quoted(words: Iterable[str], last: str = "or") -> str:
    """The words in backquotes, listed."""
    return listed([f"`{word}`" for word in words], last)


def digits(number: Decimal, *, percent: bool = False) -> str:
    """A number as a person would write it: no exponent, no idle zeros."""
    value = number * 100 if percent else number
    return f"{value.normalize():f}{'%' if percent else ''}"
