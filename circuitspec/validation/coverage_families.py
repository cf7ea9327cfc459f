"""Simulations of families: all claims of a spec, and all nodes of a circuit, decided together.

What is counted are Holm's adjusted p-values below the level. A verdict follows from intervals, and
that the two agree is for `tests/estimates` to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from circuitspec.statistics.holm import holm_adjusted
from circuitspec.statistics.skewed_mean import CAUTIOUS, PLAIN, Bools, Caution, Floats, one_sided
from circuitspec.validation.coverage import Case, Misses
from circuitspec.validation.populations import Rng

Draw: TypeAlias = Callable[[Rng], Floats]

_LEVEL = 0.05


def cases() -> Iterator[Case]:
    """All of them."""
    for claims, far, shared in ((3, 0, 0.0), (3, 2, 1.0), (20, 0, 0.0), (20, 15, 1.0)):
        yield _claims(claims, far, shared)
    yield _nodes(192, "pairs", PLAIN)
    yield _nodes(10, "templates", CAUTIOUS)


def _claims(claims: int, far: int, shared: float) -> Case:
    """All true means at their thresholds but for some, which are far above and decided rightly."""
    distance = np.array([1.0] * far + [0.0] * (claims - far))[:, None]

    def draw(rng: Rng) -> Floats:
        return distance + rng.normal(size=(claims, 60)) + shared * rng.normal(size=60)

    together = "sharing half of what varies" if shared else "independent"
    what = f"{claims} claims, {claims - far} of them at their thresholds, {together}"
    return _family("all claims of a spec (Holm)", what, draw, far, PLAIN)


def _nodes(n: int, units: str, caution: Caution) -> Case:
    """Ten nodes, of which five cost clearly more than is claimed and five as much; skewed."""
    distance = np.array([3.0] * 5 + [0.0] * 5)[:, None]

    def draw(rng: Rng) -> Floats:
        return distance + rng.exponential(size=n) + rng.exponential(size=(10, n)) - 2

    what = f"10 nodes over {n} {units}, 5 of them at the bound, skewed, sharing half"
    return _family("each node on its own (Holm)", what, draw, 5, caution)


def _family(kind: str, what: str, draw: Draw, far: int, caution: Caution) -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        samples = np.stack([draw(rng) for _ in range(runs)])
        return Misses(any_wrong(samples, far, _LEVEL, caution))

    return Case(kind, what, _LEVEL, simulate, cost=4)


def any_wrong(samples: Floats, far: int, level: float, caution: Caution) -> Bools:
    """[run]: whether one of the first `far` is said to be below 0, or another on either side.

    Args:
        samples: [run, member, unit].
    """
    above, below = one_sided(samples, 0.0, caution)
    p = np.minimum(1.0, 2 * np.minimum(above, below))
    wrong: Bools = np.stack([holm_adjusted(family) for family in p]) <= level
    wrong[:, :far] &= (below < above)[:, :far]
    return np.asarray(wrong.any(axis=1))
