"""The share of several things that are better than one, each of them compared over the same pairs.

Where the things are all that there are, such as the circuits of a model's other tasks, nothing was
drawn of them, and the share has no sampling error of its own. But each comparison has one, that of
its mean difference over the pairs. With m comparisons, each at level / m, all of them that are
decided are decided rightly with a probability of 1 - level at least (union bound). The true share
then lies between that of the differences shown to be above zero, and that of those not shown to be
below.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds, Estimate, drawn
from circuitspec.statistics.worst import p_by_search


@dataclass(frozen=True, eq=False)
class ShareAbove:
    """The share of mean differences that are above zero.

    Attributes:
        differences: at least one, all over the same pairs.
    """

    differences: tuple[Estimate, ...]

    @property
    def value(self) -> float:
        """From 0 to 1; a difference of zero is not above."""
        return sum(d.value > 0 for d in self.differences) / len(self.differences)

    @property
    def n(self) -> int:
        """What each difference was measured on."""
        return min(d.n for d in self.differences)

    @property
    def unit(self) -> str:
        """What that counts."""
        return drawn(self.differences[0])

    @property
    def exact(self) -> bool:
        """Whether no difference has an error."""
        return all(d.exact for d in self.differences)

    def interval(self, level: float) -> Bounds:
        """See above."""
        ends = [d.interval(level / len(self.differences)) for d in self.differences]
        shown = sum(low > 0 for low, _ in ends)
        possible = sum(high > 0 for _, high in ends)
        return shown / len(ends), possible / len(ends)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Found by search; 0 if below 1e-15."""
        return p_by_search(self, comparison, threshold)

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """The least that any comparison could have given, times how many there are."""
        least = max(d.attainable_p(">=", 0.0) for d in self.differences)
        return min(1.0, least * len(self.differences))
