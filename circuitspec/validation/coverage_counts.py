"""Simulations of shares: of prompts, of templates that comply, of controls, drawn until decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from circuitspec.statistics.betting import BettingMean, log_capital
from circuitspec.statistics.estimate import Share
from circuitspec.statistics.proportion import Proportion
from circuitspec.statistics.rank import beaten
from circuitspec.statistics.sequential import AnytimeShare
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.validation.coverage import Case, Misses, misses_of
from circuitspec.validation.populations import Rng, answers

Draw: TypeAlias = Callable[[Rng, int], NDArray[Any]]
PValue: TypeAlias = Callable[[int, int], float]

_LEVEL = 0.05
_MOST = 199


def cases() -> Iterator[Case]:
    """All of them."""
    for rate, coupled in ((0.5, 0.0), (0.5, 1.0), (0.5, -1.0), (0.9, 0.8), (0.99, 0.0)):
        yield _share(rate, coupled)
    yield _templates("one template in ten never complies", lambda rng, n: rng.random(n) < 0.9, 0.9)
    yield _templates("shares of beta(8, 2)", lambda rng, n: rng.beta(8, 2, n), 0.8)
    yield _templates(
        "half of the prompts, and in one template of ten none",
        lambda rng, n: 0.5 * (rng.random(n) < 0.9),
        0.45,
    )
    for rate in (0.5, 0.95):
        yield _controls(rate)
    yield _rank()
    for rate in (0.5, 0.9, 0.95):
        yield _until_decided(rate)
    yield _fixed_looks()
    yield _bets_until_decided()


def _share(rate: float, coupled: float) -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        estimates = (Share(answers(rng, (192,), rate, coupled)) for _ in range(runs))
        return misses_of(estimates, rate, _LEVEL)

    how = {0.0: "independent", 1.0: "the same", -1.0: "opposite"}.get(coupled, "often the same")
    what = f"192 pairs, {rate:g} right, the two of a pair {how}"
    return Case("share of prompts over pairs", what, _LEVEL, simulate, cost=20)


def _templates(what: str, draw: Draw, truth: float) -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        samples = (np.asarray(draw(rng, 10), dtype=np.float64) for _ in range(runs))
        estimates = (BettingMean(sample, unit="templates") for sample in samples)
        return misses_of(estimates, truth, _LEVEL)

    kind = "share of prompts over templates"
    return Case(kind, f"10 templates: {what}", _LEVEL, simulate, cost=20)


def _controls(rate: float) -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        counts = rng.binomial(99, rate, runs)
        return misses_of((Proportion(int(count), 99) for count in counts), rate, _LEVEL)

    what = f"99 controls, {rate:g} of all of them beaten"
    return Case("share of controls", what, _LEVEL, simulate, cost=10)


def _rank() -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        # Rounded, so that there are ties.
        drawn = np.round(rng.normal(size=(runs, 100)), 1)
        return Misses(np.array([beaten(x[0], x[1:]).rank_p <= _LEVEL for x in drawn]))

    what = "one among 99 of its like, with ties, is said to be better"
    return Case("rank test", what, _LEVEL, simulate, cost=2)


def _until_decided(rate: float) -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        return _first_miss(rng, runs, rate, lambda k, n: _anytime_p(k, n, rate))

    what = f"a look after each of {_MOST} draws, {rate:g} of all succeed"
    return Case("draws until decided", what, _LEVEL, simulate, cost=2)


def _fixed_looks() -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        return _first_miss(rng, runs, 0.5, lambda k, n: Proportion(k, n).p_value(">=", 0.5))

    what = f"for comparison, Clopper and Pearson's interval looked at after each of {_MOST} draws"
    limit = "not used so: it holds for a number of draws that is fixed beforehand"
    return Case("draws until decided", what, _LEVEL, simulate, cost=10, limit=limit)


def _first_miss(rng: Rng, runs: int, rate: float, p: PValue) -> Misses:
    """On which side the first look lies that decides, where the threshold is the truth."""
    p = cache(p)
    above, below = np.zeros((2, runs), dtype=bool)
    for run in range(runs):
        counts = np.cumsum(rng.random(_MOST) < rate)
        for n, k in enumerate(counts.tolist(), start=1):
            if p(k, n) <= _LEVEL:
                above[run], below[run] = k > n * rate, k <= n * rate
                break
    return Misses(above, below)


def _anytime_p(k: int, n: int, rate: float) -> float:
    return AnytimeShare(k, n, _MOST).p_value(">=", rate)


def _bets_until_decided() -> Case:
    def simulate(rng: Rng, runs: int) -> Misses:
        sides = np.array([_bet(rng.beta(8, 2, 100), 0.8) for _ in range(runs)])
        return Misses(sides == 1, sides == -1)

    what = "a look after each of 100 numbers of beta(8, 2)"
    return Case("bounded mean until decided", what, _LEVEL, simulate, cost=40)


def _bet(sample: Floats, truth: float) -> int:
    needed = np.log(2 / _LEVEL)
    for n in range(1, len(sample) + 1):
        if log_capital(sample[:n], truth) >= needed:
            return 1
        if log_capital(1 - sample[:n], 1 - truth) >= needed:
            return -1
    return 0
