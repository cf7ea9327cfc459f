"""The least of several means: what the cheapest node or edge to leave out costs.

That every unit costs at least so much is a claim about the least cost. The interval of the least
of m means mu_1..mu_m, from one-sided Student bounds L_i and U_i of each, is

    lower end: min_i L_i, each at level / 2, uncorrected. Let j be the unit with the least mean.
        The lower end exceeds mu_j only if L_j does, which happens with probability level / 2.
        This is the intersection-union test (Berger 1982).
    upper end: min_i U_i, each at level / (2 m). It falls below mu_j only if some U_i falls below
        its own mu_i >= mu_j: any of the m may, so here the union bound is needed.

In p-values: the least mean is above a threshold with p = 2 max_i p_i, and below it with
p = 2 m min_i p_i, where p_i are those of one-sided tests. The smaller of the two, at most 1, is
dual to the interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from circuitspec.language.spec import Comparison
from circuitspec.verify.estimate import Bools, Bounds, Floats, is_constant


@dataclass(frozen=True, eq=False)
class LeastMean:
    """The least of the means of several samples over the same pairs.

    Attributes:
        samples: [unit, pair], finite, at least one unit.
    """

    samples: Floats
    exact: bool = False

    @property
    def value(self) -> float:
        """The least of the units' sample means."""
        return float(self.means.min())

    @property
    def n(self) -> int:
        """Pairs."""
        return int(self.samples.shape[1])

    @property
    def means(self) -> Floats:
        """[unit] sample means."""
        means: Floats = self.samples.mean(axis=1)
        return means

    def interval(self, level: float) -> Bounds:
        """The least lower and the least upper end of the units' intervals."""
        ends = self.unit_intervals(level)
        return float(ends[:, 0].min()), float(ends[:, 1].min())

    def unit_intervals(self, level: float) -> Floats:
        """[unit, 2]: per unit the lower bound at level / 2 and the upper at level / (2 m)."""
        ends = np.stack([self.means, self.means], axis=1)
        vary = self._vary
        if vary.any():
            test = stats.ttest_1samp(self.samples[vary], 0.0, axis=1)
            ends[vary, 0] = test.confidence_interval(1.0 - level).low
            ends[vary, 1] = test.confidence_interval(1.0 - level / len(self.samples)).high
        return ends

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """The smaller of the p-values for lying above and below `threshold`."""
        above = 2.0 * float(self._one_sided(threshold, above=True).max())
        below = 2.0 * len(self.samples) * float(self._one_sided(threshold, above=False).min())
        return min(1.0, above, below)

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """0: the less the pairs differ, the smaller is p."""
        return 0.0

    def _one_sided(self, threshold: float, *, above: bool) -> Floats:
        """[unit] p-values of t tests that the mean lies above (or below) `threshold`."""
        means, vary = self.means, self._vary
        p = np.where(means >= threshold if above else means < threshold, 0.0, 1.0)
        if vary.any():
            alternative = "greater" if above else "less"
            sample = self.samples[vary]
            p[vary] = stats.ttest_1samp(sample, threshold, axis=1, alternative=alternative).pvalue
        return p

    @property
    def _vary(self) -> Bools:
        """[unit] whether Student's t applies; elsewhere the interval is the point."""
        if self.exact:
            return np.zeros(len(self.samples), dtype=np.bool_)
        vary: Bools = ~is_constant(self.samples)
        return vary
