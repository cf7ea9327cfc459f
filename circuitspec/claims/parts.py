"""One claim in several settings: the estimate of the worst, and a part of the report for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from circuitspec.language.claim_words import Comparison, Run
from circuitspec.report.report import PartResult
from circuitspec.statistics.estimate import Estimate, drawn
from circuitspec.statistics.worst import Worst

RUN_IN_WORDS: Mapping[Run, str] = {"model": "full model", "circuit": "circuit alone"}
"""What reports call a run."""

Settings: TypeAlias = Mapping[str, Estimate]
"""An estimate by what it was measured on, in words."""


def worst_of(settings: Settings, comparison: Comparison) -> Estimate:
    """The estimate of the worst setting; of at least one."""
    if len(settings) == 1:
        return next(iter(settings.values()))
    return Worst(tuple(settings.values()), comparison)


def parts_of(settings: Settings) -> Callable[[float], tuple[PartResult, ...]]:
    """A part for each setting, at a level; one draw has no interval."""

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
