"""One metric in several settings: the estimate of the worst, a part for each, their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from circuitspec.claims.faithful.inside import Norms
from circuitspec.language.claims import Comparison
from circuitspec.report.report import PartResult
from circuitspec.statistics.estimate import Estimate, drawn
from circuitspec.statistics.worst import Worst

NORMS_IN_WORDS: Mapping[Norms, str] = {
    "live": "live norms",
    "frozen": "the full model's norms",
}
NAMED_AT_MOST = 5

Settings: TypeAlias = Mapping[str, Estimate]
"""An estimate by what it was measured on, in words."""


def worst_of(settings: Settings, comparison: Comparison) -> Estimate:
    """The estimate of the worst setting; of at least one."""
    if len(settings) == 1:
        return next(iter(settings.values()))
    return Worst(tuple(settings.values()), comparison)


def parts_of(settings: Settings) -> Callable[[float], tuple[PartResult, ...]]:
    """A part for each setting."""

    def parts(level: float) -> tuple[PartResult, ...]:
        return tuple(
            PartResult(
                what=what,
                estimate=estimate.value,
                interval=estimate.interval(level) if estimate.n > 1 or estimate.exact else None,
                n=estimate.n,
                unit=drawn(estimate),
            )
            for what, estimate in settings.items()
        )

    return parts


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
