"""Estimates of a metric from a sample of pairs, with intervals and the p-values that match them.

An interval at `level` leaves out the true value with at most that probability, half of it on each
side, so that a verdict drawn from it is wrong with probability level / 2 at most. Interval and
p-value are dual: the p-value of a comparison is the smallest level whose interval decides it.
Pairs are the units, or the templates that made them (see `units`); the two prompts of a pair are
not independent and never counted apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from scipy import stats
from scipy.optimize import bisect

from circuitspec.language.spec import Comparison
from circuitspec.statistics.skewed_mean import (
    PLAIN,
    Bools,
    Caution,
    Floats,
    bounds,
    is_constant,
    one_sided,
)

Bounds: TypeAlias = tuple[float, float]


class Estimate(Protocol):
    """A number that was measured on `n` pairs, and how far it may be off.

    One that was measured on something else says on what by an attribute `unit`; see `drawn`.
    """

    @property
    def value(self) -> float:
        """The estimate itself."""
        ...

    @property
    def n(self) -> int:
        """Pairs, or whatever else was drawn."""
        ...

    @property
    def exact(self) -> bool:
        """Whether the pairs are all there are, so that there is nothing to be off by."""
        ...

    def interval(self, level: float) -> Bounds:
        """Lower and upper end, at error probability 0 < `level` < 1. Needs `n` >= 2 or `exact`."""
        ...

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """The smallest level whose interval decides the comparison either way; 1 if none does."""
        ...

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """The smallest p-value with which as many pairs could have shown `comparison`."""
        ...


def drawn(estimate: Estimate) -> str:
    """What `n` counts, in the plural: `pairs`, `templates`, `windows`."""
    return str(getattr(estimate, "unit", "pairs"))


def side(interval: Bounds, comparison: Comparison, threshold: float) -> bool | None:
    """Whether all of an interval satisfies the comparison (True), none of it (False), or some."""
    low, high = interval
    if comparison == "<=":
        return True if high <= threshold else False if low > threshold else None
    return True if low >= threshold else False if high < threshold else None


@dataclass(frozen=True, eq=False)
class Mean:
    """The mean of one number per pair, allowing for its skewness (see `skewed_mean`).

    Attributes:
        sample: [pair], finite.
        unit: what the numbers are of.
        caution: `CAUTIOUS` where they are few.
    """

    sample: Floats
    exact: bool = False
    unit: str = "pairs"
    caution: Caution = PLAIN

    @property
    def value(self) -> float:
        """The sample's mean."""
        return float(self.sample.mean())

    @property
    def n(self) -> int:
        """Pairs."""
        return len(self.sample)

    def interval(self, level: float) -> Bounds:
        """Both one-sided bounds, at level / 2 each; the point for a constant sample."""
        if self.exact:
            return self.value, self.value
        low, high = bounds(self.sample, level / 2, level / 2, self.caution)
        return float(low), float(high)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Twice the smaller one-sided p-value; 0 where the interval is a point."""
        if self.exact or is_constant(self.sample):
            return 0.0
        above, below = one_sided(self.sample, threshold, self.caution)
        return min(1.0, 2.0 * float(above), 2.0 * float(below))

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """0: the less the pairs differ, the smaller is p."""
        return 0.0


@dataclass(frozen=True, eq=False)
class Share:
    """The share of prompts answered rightly, with an interval that makes no assumption.

    The share is (P(at least one of the two is right) + P(both are right)) / 2. Each of these is a
    proportion of pairs and gets an exact interval (Clopper and Pearson 1934) at half the level;
    the ends of the mean are the means of the ends. By the union bound that errs at most as often
    as it says, on each side, however the two prompts of a pair depend on each other.

    Attributes:
        right: [pair, 2], was this prompt answered rightly?
    """

    right: Bools
    exact: bool = False

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return float(self.right.mean())

    @property
    def n(self) -> int:
        """Pairs."""
        return len(self.right)

    def interval(self, level: float) -> Bounds:
        """Mean of two Clopper-Pearson intervals at level / 2 each."""
        if self.exact:
            return self.value, self.value
        return _share_interval(*self._counts, self.n, level)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Found by search, since the level has no formula in the interval; 0 if below 1e-15."""
        if self.exact:
            return 0.0
        return _share_p(*self._counts, self.n, comparison, threshold)

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """The p-value of a perfect score, or of a score of zero."""
        if self.exact:
            return 0.0
        best = self.n if comparison == ">=" else 0
        return _share_p(best, best, self.n, comparison, threshold)

    @property
    def _counts(self) -> tuple[int, int]:
        return int(self.right.any(axis=1).sum()), int(self.right.all(axis=1).sum())


def _share_interval(some: int, both: int, n: int, level: float) -> Bounds:
    ends = [stats.binomtest(k, n).proportion_ci(1.0 - level / 2, "exact") for k in (some, both)]
    return float(ends[0].low + ends[1].low) / 2, float(ends[0].high + ends[1].high) / 2


def _share_p(some: int, both: int, n: int, comparison: Comparison, threshold: float) -> float:
    def decided(log_level: float) -> float:
        """1 if the interval decides, -1 if not: a step whose place is the p-value."""
        interval = _share_interval(some, both, n, math.exp(log_level))
        return -1.0 if side(interval, comparison, threshold) is None else 1.0

    # Below that, 1 - level / 2 is rounded to 1 before it reaches scipy.
    least, most = math.log(1e-15), 0.0
    if decided(most) < 0:
        return 1.0
    if decided(least) > 0:
        return 0.0
    return math.exp(bisect(decided, least, most, xtol=1e-12))
