"""What settings are called, and which of them fail."""

from __future__ import annotations

from collections.abc import Mapping

from circuitspec.claims.faithful.inside import Norms
from circuitspec.language.claim_words import Comparison

NORMS_IN_WORDS: Mapping[Norms, str] = {
    "live": "live norms",
    "frozen": "the full model's norms",
}
NAMED_AT_MOST = 5


def failing(
    values: Mapping[str, float], comparison: Comparison, threshold: float, what: str
) -> tuple[str, ...]:
    """A sentence that names what is on the wrong side of the threshold, the worst first.

    Args:
        values: by name, in words.
        what: is measured, in words that go before a number.
    """
    wrong = {
        name: value
        for name, value in values.items()
        if (value > threshold if comparison == "<=" else value < threshold)
    }
    if not wrong:
        return ()
    order = sorted(wrong, key=lambda name: wrong[name] if comparison == ">=" else -wrong[name])
    shown = ", ".join(f"{name} {wrong[name]:.2f}" for name in order[:NAMED_AT_MOST])
    more = len(order) - NAMED_AT_MOST
    return (f"{what}: {shown}" + (f" and {more} more" if more > 0 else ""),)
