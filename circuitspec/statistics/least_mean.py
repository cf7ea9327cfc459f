"""The least of several means: what the cheapest node or edge to leave out costs.

That every unit costs at least so much is a claim about the least cost. The interval of the least
of m means mu_1..mu_m, from one-sided bounds L_i and U_i of each (see `skewed_mean`), is

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

from circuitspec.language.spec import Comparison
from circuitspec.statistics.estimate import Bounds
from circuitspec.statistics.skewed_mean import PLAIN, Caution, Floats, bounds, one_sided


@dataclass(frozen=True, eq=False)
class LeastMean:
    """The least of the means of several samples over the same pairs.

    Attributes:
        samples: [unit, pair], finite, at least one unit.
        unit: what the numbers of a row are of.
        caution: `CAUTIOUS` where they are few.
    """

    samples: Floats
    exact: bool = False
    unit: str = "pairs"
    caution: Caution = PLAIN

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
        if self.exact:
            return np.stack([self.means, self.means], axis=1)
        upper_tail = level / (2 * len(self.samples))
        return bounds(self.samples, level / 2, upper_tail, self.caution)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """The smaller of the p-values for lying above and below `threshold`."""
        if self.exact:
            return 0.0
        above, below = one_sided(self.samples, threshold, self.caution)
        return min(1.0, 2.0 * float(above.max()), 2.0 * len(self.samples) * float(below.min()))

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """0: the less the pairs differ, the smaller is p."""
        return 0.0
