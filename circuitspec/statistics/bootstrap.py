"""The studentised bootstrap, for any smooth function of means over units.

A ratio of sums, a standard deviation: what is a function f of means over units has no formula for
its interval that allows for skewness. Here units (pairs, templates, windows of text) are drawn
again with replacement, and what is looked at is not f itself but

    t = (f of the resample - f) / the jackknife's standard error in the resample,

whose quantiles are the bounds' (Efron 1982; Hall, "The Bootstrap and Edgeworth Expansion", 1992,
section 3.10, has why: its error is of a smaller order than that of percentiles or BCa, and shows
where units are few). Besides, no bound is nearer than Student's with the jackknife's error, so that
an interval keeps growing where the resamples, of which there are only so many, say no more.

By simulation (`circuitspec validate coverage` repeats it), at a level of 5 % of which each side has
half: for the mean of ten numbers of an exponential distribution the upper bound fails 4.9 % of the
time; scipy's BCa fails 10.3 %, Student's 10.9 %. For a ratio over 16 to 40 units of mild skewness
one bound failed 2 to 4.6 % of the time in several simulations, the other 1 to 2 %. So few templates
are not bootstrapped but have the cautious bounds of `skewed_mean`.

Everything follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from scipy import stats

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.worst import p_by_search

Statistic: TypeAlias = Callable[[Floats], Floats]
"""From means, [..., value], to what is estimated, [...]."""

_STREAM = 20260105


@dataclass(frozen=True, eq=False)
class Bootstrapped:
    """A function of the means of what was measured on each unit.

    Attributes:
        values: [unit, value], finite; one row for each unit.
        statistic: smooth; finite on means of resamples.
        support: the ends of what the statistic can be; they are the bounds where resamples say
            nothing.
        seed: of the resamples.
        unit: what the rows are of.
        resamples: how many.
    """

    values: Floats
    statistic: Statistic
    support: Bounds
    seed: int
    exact: bool = False
    unit: str = "pairs"
    resamples: int = 1999

    @property
    def value(self) -> float:
        """The statistic of the means over all units."""
        return float(self.statistic(self.values.mean(axis=0)))

    @property
    def n(self) -> int:
        """Units."""
        return len(self.values)

    def interval(self, level: float) -> Bounds:
        """Both one-sided bounds, at level / 2 each, within the support."""
        if self.exact or self._error == 0:
            return self.value, self.value
        tail = level / 2
        ranks = np.sort(self._scores)
        student = float(stats.t.isf(tail, self.n - 1))
        # Of B scores and the observed one, the k-th from either end with k = tail (B + 1).
        k = max(int(tail * (len(ranks) + 1)), 1) - 1
        upper_score, lower_score = max(ranks[-1 - k], student), min(ranks[k], -student)
        low, high = self.value - upper_score * self._error, self.value - lower_score * self._error
        least, most = self.support
        return float(np.clip(low, least, most)), float(np.clip(high, least, most))

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Found by search; 0 if below 1e-15."""
        return 0.0 if self.exact else p_by_search(self, comparison, threshold)

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """0: the less the units differ, the smaller is p."""
        return 0.0

    @cached_property
    def _error(self) -> float:
        return float(self._errors(np.ones((1, self.n)))[0])

    @cached_property
    def _scores(self) -> Floats:
        """[resample] t; infinite where a resample shows a difference and no error."""
        rng = np.random.default_rng([self.seed, _STREAM])
        counts = rng.multinomial(self.n, np.full(self.n, 1 / self.n), size=self.resamples)
        weights = counts.astype(np.float64)
        found = self.statistic(weights @ self.values / self.n) - self.value
        errors = self._errors(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores: Floats = np.where(found == 0, 0.0, found / errors)
        return scores

    def _errors(self, counts: Floats) -> Floats:
        """[resample]: the jackknife's standard error, from how often each unit was drawn."""
        n, values = self.n, self.values
        errors = np.empty(len(counts))
        # Some resamples at a time: what is left without a unit is [resample, unit, value].
        step = max(1, 2_000_000 // values.size)
        for start in range(0, len(counts), step):
            some = counts[start : start + step]
            without = (some @ values)[:, None, :] - values
            left_out = self.statistic(without / (n - 1))
            # A unit that was not drawn cannot be left out.
            left_out = np.where(some > 0, left_out, 0.0)
            mean = (some * left_out).sum(axis=1) / n
            spread = (some * (left_out - mean[:, None]) ** 2).sum(axis=1)
            errors[start : start + step] = np.sqrt((n - 1) / n * spread)
        # What rounding leaves of an error that is none.
        return np.where(errors > 1e-12 * np.abs(self.value), errors, 0.0)


def ratio(means: Floats) -> Floats:
    """The first of two sums divided by the second, which is above 0."""
    quotient: Floats = means[..., 0] / means[..., 1]
    return quotient
