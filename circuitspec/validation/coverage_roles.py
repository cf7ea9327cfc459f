"""Simulations of areas under the ROC curve and of correlations, where units have many positions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import stats

from circuitspec.statistics.auc import Auc
from circuitspec.statistics.correlation import Correlation
from circuitspec.validation.coverage import Case, Misses, misses_of
from circuitspec.validation.populations import Rng

_LEVEL = 0.05
_POSITIONS = 5


def cases() -> Iterator[Case]:
    """All of them."""
    for units in (16, 64):
        for distance in (1.0, 4.0):
            yield _area(units, distance)
        yield _rare_area(units)
        for r in (0.5, 0.95):
            yield _correlation(units, r)


def _area(units: int, distance: float) -> Case:
    """Two groups of normal numbers; half of what varies is the unit's, and both groups share it."""

    def draw(rng: Rng) -> Auc:
        own = np.repeat(rng.normal(size=units), _POSITIONS)
        first, second = own + rng.normal(size=(2, len(own)))
        unit = np.repeat(np.arange(units), _POSITIONS)
        return Auc(first + distance, second, unit, unit)

    def simulate(rng: Rng, runs: int) -> Misses:
        # Of independent draws from two units the difference has a variance of 4.
        truth = float(stats.norm.cdf(distance / 2))
        return misses_of((draw(rng) for _ in range(runs)), truth, _LEVEL)

    what = f"{units} units of {_POSITIONS} positions, {distance:g} deviations apart, half shared"
    return Case("area under the ROC curve", what, _LEVEL, simulate, cost=40)


def _rare_area(units: int) -> Case:
    """In one unit of ten both groups have each other's numbers."""

    def draw(rng: Rng) -> Auc:
        turned = np.repeat(rng.random(units) < 0.1, _POSITIONS)
        higher, lower = 2 + rng.random(len(turned)), rng.random(len(turned))
        first, second = np.where(turned, lower - 5, higher), np.where(turned, higher + 5, lower)
        unit = np.repeat(np.arange(units), _POSITIONS)
        return Auc(first, second, unit, unit)

    def simulate(rng: Rng, runs: int) -> Misses:
        return misses_of((draw(rng) for _ in range(runs)), 0.9**2, _LEVEL)

    what = f"{units} units of {_POSITIONS} positions, one in ten the wrong way round"
    return Case("area under the ROC curve", what, _LEVEL, simulate, cost=40)


def _correlation(units: int, r: float) -> Case:
    """Normal numbers; half of what varies is the unit's."""

    def draw(rng: Rng) -> Correlation:
        own = rng.normal(size=(2, units, 1)) + rng.normal(size=(2, units, _POSITIONS))
        x, y = own[0], r * own[0] + np.sqrt(1 - r * r) * own[1]
        sums = [values.sum(axis=1) for values in (np.ones_like(x), x, y, x * x, y * y, x * y)]
        return Correlation(np.stack(sums))

    def simulate(rng: Rng, runs: int) -> Misses:
        return misses_of((draw(rng) for _ in range(runs)), r, _LEVEL)

    what = f"{units} units of {_POSITIONS} positions, r = {r:g}"
    return Case("correlation", what, _LEVEL, simulate, cost=20)
