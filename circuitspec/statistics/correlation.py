"""Pearson's correlation over measurements that come in units, many to a unit.

A node is measured at every position of every prompt, and positions of one prompt are not
independent; prompts' pairs, or templates, are. Fisher's z, the inverse hyperbolic tangent of r, is
a smooth function of means over units, so that the jackknife over units gives its error (Arvesen,
"Jackknifing U-statistics", Ann. Math. Stat. 40, 1969; on this scale Miller, "The jackknife: a
review", Biometrika 61, 1974). With z_(i) that without unit i, the m numbers

    z + (m - 1) (mean of all z_(j) - z_(i))

have the mean z and vary as what each unit contributes; Hall's bounds of their mean (see
`skewed_mean`) are the bounds of z. Fisher's own 1 / (n - 3) with n the number of units would be
wrong in both directions: a unit has many positions, and they are alike.

For few units that is too narrow, so that the distances from z are stretched by m / (m - 3), after
Fisher's n - 3; three units or fewer leave everything open. By simulation
(`tests/estimates/test_correlation.py`) either bound then fails about as often as it says, also for
nodes that fire at one position of each prompt. What happens in one unit of twenty alone is not seen
by twelve, which no interval can help.

A correlation within a millionth of 1 counts as 1 less a millionth, whose z is finite; float32
cannot tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds
from circuitspec.statistics.skewed_mean import Floats, bounds, is_constant, one_sided

_MOST = 1 - 1e-6
_LOST = 3


@dataclass(frozen=True, eq=False)
class Correlation:
    """Of two quantities x and y.

    Attributes:
        sums: [6, unit]: of 1, x, y, x^2, y^2 and x y over the measurements of a unit, or all of
            them divided by whatever the unit is to count by.
        unit: what is independent.
    """

    sums: Floats
    exact: bool = False
    unit: str = "pairs"

    @property
    def value(self) -> float:
        """Pearson's r over all measurements."""
        return float(pearson(self.sums.sum(axis=1)))

    @property
    def n(self) -> int:
        """Units."""
        return int(self.sums.shape[1])

    def interval(self, level: float) -> Bounds:
        """At level / 2 a side."""
        if self.exact:
            return self.value, self.value
        if self.n <= _LOST:
            return -1.0, 1.0
        low, high = np.tanh(bounds(self._parts, level / 2, level / 2))
        return float(low), float(high)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Twice the smaller one-sided p-value; 0 where the interval is a point."""
        if self.n <= _LOST and not self.exact:
            return 1.0
        if self.exact or is_constant(self._parts):
            return 0.0
        above, below = one_sided(self._parts, float(_z(np.array(threshold))))
        return min(1.0, 2.0 * float(above), 2.0 * float(below))

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """0: the more alike the units are, the smaller is p; 1 for three units or fewer."""
        return 1.0 if self.n <= _LOST and not self.exact else 0.0

    @cached_property
    def _parts(self) -> Floats:
        """[unit], with mean z."""
        total = self.sums.sum(axis=1)
        whole = _z(pearson(total))
        without = _z(pearson(total[:, None] - self.sums))
        stretch = self.n / (self.n - _LOST)
        parts: Floats = whole + stretch * (self.n - 1) * (without.mean() - without)
        return parts


def pearson(sums: Floats) -> Floats:
    """r from sums [6, ...]; 0 where x or y does not vary."""
    n, x, y, xx, yy, xy = sums
    spread_x, spread_y = n * xx - x * x, n * yy - y * y
    # What rounding leaves of a variance that is none.
    varies = (spread_x > 1e-12 * n * xx) & (spread_y > 1e-12 * n * yy)
    root = np.sqrt(np.where(varies, spread_x, 1.0)) * np.sqrt(np.where(varies, spread_y, 1.0))
    r: Floats = np.where(varies, np.clip((n * xy - x * y) / root, -1.0, 1.0), 0.0)
    return r


def _z(r: Floats) -> Floats:
    z: Floats = np.arctanh(np.clip(r, -_MOST, _MOST))
    return z
