"""The worst of several estimates: a claim that has to hold wherever it was measured.

That a claim holds in every one of m settings is a claim about the worst of them. Its interval, for
a claim `>=`, is

    lower end: the least of the lower ends, each at the full level. Let j be the setting with the
        least true value. The lower end exceeds that only if j's own does (intersection-union test,
        Berger 1982).
    upper end: the least of the upper ends, each at level / m, by the union bound.

For `<=` the other way round. The estimates may depend on each other in any way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy.optimize import bisect

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds, Estimate, drawn, side


@dataclass(frozen=True, eq=False)
class Worst:
    """The estimate that speaks most against a claim.

    Attributes:
        estimates: at least one.
        comparison: what is claimed of all of them.
    """

    estimates: tuple[Estimate, ...]
    comparison: Comparison

    @property
    def value(self) -> float:
        """The worst of the values."""
        return self._worst(estimate.value for estimate in self.estimates)

    @property
    def n(self) -> int:
        """What was drawn for the estimate with the fewest draws."""
        return min(estimate.n for estimate in self.estimates)

    @property
    def unit(self) -> str:
        """What `n` counts."""
        return drawn(min(self.estimates, key=lambda estimate: estimate.n))

    @property
    def exact(self) -> bool:
        """Whether none has an error."""
        return all(estimate.exact for estimate in self.estimates)

    def interval(self, level: float) -> Bounds:
        """See above."""
        full = [estimate.interval(level) for estimate in self.estimates]
        shared = [estimate.interval(level / len(self.estimates)) for estimate in self.estimates]
        if self.comparison == ">=":
            return min(low for low, _ in full), min(high for _, high in shared)
        return max(low for low, _ in shared), max(high for _, high in full)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """The greatest of the parts', if all comply; else m times the least of those that do not.

        An interval holds its estimate, so that it can leave a threshold out on one side alone.
        """
        if comparison != self.comparison:  # nobody claims that
            return p_by_search(self, comparison, threshold)
        against = [
            estimate
            for estimate in self.estimates
            if side((estimate.value, estimate.value), comparison, threshold) is False
        ]
        if against:
            least = min(e.p_value(comparison, threshold) for e in against)
            return min(1.0, len(self.estimates) * least)
        return max(e.p_value(comparison, threshold) for e in self.estimates)

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """The greatest of the parts': all of them have to show it."""
        return max(e.attainable_p(comparison, threshold) for e in self.estimates)

    def _worst(self, values: Iterable[float]) -> float:
        return float(min(values) if self.comparison == ">=" else max(values))


def p_by_search(estimate: Estimate, comparison: Comparison, threshold: float) -> float:
    """The smallest level whose interval decides a comparison, where no formula gives it.

    Intervals must shrink as the level grows. 1 if none decides, 0 if one below 1e-15 does.
    """

    def decided(log_level: float) -> float:
        interval = estimate.interval(math.exp(log_level))
        return -1.0 if side(interval, comparison, threshold) is None else 1.0

    # Below that, 1 - level / 2 is rounded to 1 before it reaches scipy.
    least, most = math.log(1e-15), math.log1p(-1e-12)
    if decided(most) < 0:
        return 1.0
    if decided(least) > 0:
        return 0.0
    return math.exp(bisect(decided, least, most, xtol=1e-9))
