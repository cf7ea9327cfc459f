"""How often intervals leave out the truth, and families of them decide wrongly, by simulation.

A claim's verdict is false if its interval lies on the wrong side of the threshold, and that is most
likely where the truth is the threshold itself. So what is counted is how often an interval lies
above the truth and how often below it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.validation.populations import Rng

SIGNIFICANT = 0.001
"""A rate counts as above its level if so few simulations in a thousand would show as much."""


@dataclass(frozen=True, eq=False)
class Misses:
    """What became of each simulation.

    Attributes:
        above: [run], the interval lies above the truth.
        below: [run], below it; None where there is only right and wrong, which `above` then says.
    """

    above: Bools
    below: Bools | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """One thing to simulate.

    Attributes:
        kind: which kind of interval or test.
        what: what it is drawn from.
        level: the error probability that it promises at most.
        simulate: so many runs.
        cost: there are that many times fewer runs of this.
        limit: why it is known to err more often than it says; None where it must not.
    """

    kind: str
    what: str
    level: float
    simulate: Callable[[Rng, int], Misses]
    cost: int = 1
    limit: str | None = None


@dataclass(frozen=True)
class Rate:
    """How often a case went wrong.

    Attributes:
        above, below: counts of `runs`; `below` is None where sides make no sense.
        wrong: either.
    """

    kind: str
    what: str
    level: float
    limit: str | None
    runs: int
    wrong: int
    above: int
    below: int | None

    @property
    def share(self) -> float:
        """Of runs that went wrong."""
        return self.wrong / self.runs

    @property
    def error(self) -> float:
        """The simulation's own standard error; that of one more wrong run if there are none."""
        share = max(self.wrong, 1) / self.runs
        return float(np.sqrt(share * (1 - share) / self.runs))

    @property
    def worse_side(self) -> float | None:
        """The share of the side that went wrong more often."""
        return None if self.below is None else max(self.above, self.below) / self.runs

    @property
    def exceeds(self) -> bool:
        """Whether it is shown to go wrong more often than its level."""
        return _exceeds(self.wrong, self.runs, self.level)

    @property
    def side_exceeds(self) -> bool:
        """Whether one side is shown to go wrong more often than half of the level."""
        if self.below is None:
            return False
        return _exceeds(max(self.above, self.below), self.runs, self.level / 2)


def simulate(
    cases: Sequence[Case], runs: int, seed: int, tell: Callable[[int, int, str], None]
) -> Iterator[Rate]:
    """Run the cases one after the other; what is drawn for one does not depend on the others.

    Args:
        runs: of a case with a cost of 1; at least 100 of each.
        tell: called before each as (done, of how many, which).
    """
    for index, case in enumerate(cases):
        tell(index, len(cases), case.kind)
        name = zlib.crc32(f"{case.kind}: {case.what}: {case.level}".encode())
        count = max(runs // case.cost, 100)
        found = case.simulate(np.random.default_rng([seed, name]), count)
        below = None if found.below is None else int(found.below.sum())
        wrong = found.above if found.below is None else found.above | found.below
        yield Rate(
            case.kind,
            case.what,
            case.level,
            case.limit,
            count,
            int(wrong.sum()),
            int(found.above.sum()),
            below,
        )


def misses(ends: Floats, truth: float) -> Misses:
    """From the ends of intervals, [run, 2]."""
    return Misses(ends[:, 0] > truth, ends[:, 1] < truth)


def misses_of(estimates: Iterable[Estimate], truth: float, level: float) -> Misses:
    """From estimates, one a run."""
    return misses(np.array([estimate.interval(level) for estimate in estimates]), truth)


def _exceeds(count: int, runs: int, level: float) -> bool:
    found = stats.binomtest(count, runs, level, alternative="greater")
    return bool(found.pvalue < SIGNIFICANT)
