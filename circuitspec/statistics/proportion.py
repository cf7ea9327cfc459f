"""The proportion of independent draws that succeed, with Clopper and Pearson's exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds
from circuitspec.statistics.worst import p_by_search


@dataclass(frozen=True)
class Proportion:
    """How many of the draws succeeded; their number was fixed beforehand.

    Attributes:
        successes: from 0 to `n`.
        n: at least 1.
        unit: what was drawn.
    """

    successes: int
    n: int
    exact: bool = False
    unit: str = "pairs"

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n or self.n == 0:
            raise ValueError(f"{self.successes} of {self.n} is no proportion")

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.successes / self.n

    def interval(self, level: float) -> Bounds:
        """Clopper and Pearson 1934."""
        if self.exact:
            return self.value, self.value
        found = stats.binomtest(self.successes, self.n).proportion_ci(1.0 - level, "exact")
        return float(found.low), float(found.high)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Twice the smaller of the two binomial tails, at most 1: the interval's dual."""
        if self.exact:
            return 0.0
        if not 0 < threshold < 1:
            return p_by_search(self, comparison, threshold)
        more = stats.binom.sf(self.successes - 1, self.n, threshold)
        less = stats.binom.cdf(self.successes, self.n, threshold)
        return min(1.0, 2 * float(more), 2 * float(less))

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """That of nothing but successes, or of none."""
        best = self.n if comparison == ">=" else 0
        return Proportion(best, self.n, self.exact, self.unit).p_value(comparison, threshold)
