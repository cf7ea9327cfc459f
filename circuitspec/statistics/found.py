"""A number that a search came to: no sample, and nothing to be off by but the search itself."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds


@dataclass(frozen=True)
class FoundNumber:
    """What one search came to. Its interval is the point, and no sampling error is claimed.

    That is a convention and no statement about what another search would find: another seed or a
    better method may come to another number. So it is not `exact`, and what rests on it says by
    how many searches.

    Attributes:
        value: finite.
        n: on how many pairs it was searched.
    """

    value: float
    n: int
    exact: bool = False
    unit: str = "pairs searched on"

    def interval(self, level: float) -> Bounds:
        """The point."""
        return self.value, self.value

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """0: the point is on one side."""
        return 0.0

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """0."""
        return 0.0
