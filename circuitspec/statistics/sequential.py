"""Draws that are made until they decide: a share with bounds that hold whenever one stops.

An interval for a fixed number of draws, looked at after every draw until it decides, is wrong far
more often than it says. The bounds here are a confidence sequence: the probability that any of them
ever leaves out the truth is level / 2 on each side. To test whether the share is at most s, the
draws' likelihood under shares above s, averaged with equal weight, is divided by that under s. If
the truth is at most s, this ratio is a supermartingale that starts at 1, and exceeds 1 / p at any
time with probability p at most (Ville 1939; Robbins 1970; one-sided mixtures as in Howard, Ramdas,
McAuliffe and Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
section 3). With k of n draws a success it is

    B(k + 1, n - k + 1) P(X > s) / ((1 - s) s**k (1 - s)**(n - k)),   X ~ Beta(k + 1, n - k + 1).

Only the draws themselves must be independent. For numbers instead of successes see `betting`.

Holm's level of a claim is known only when all claims are in, and sampling comes before. The level
for the least significant of m claims is never below level / m, so one samples for that
(`cautious_level`), and what is decided then stays decided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special
from scipy.optimize import brentq

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds, side
from circuitspec.statistics.skewed_mean import Bools
from circuitspec.statistics.worst import p_by_search

_EDGE = 1e-12

# So near an end a ratio is no longer a number, and p-values come from the interval.
_END = 1e-6


@dataclass(frozen=True)
class AnytimeShare:
    """How many of the draws so far succeeded.

    Attributes:
        successes: from 0 to `n`.
        n: draws so far.
        most: how many there could have been.
        unit: what is drawn.
    """

    successes: int
    n: int
    most: int
    unit: str = "draws"
    exact: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n <= self.most or self.n == 0:
            raise ValueError(f"{self.successes} of {self.n} of at most {self.most} is no share")

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.successes / self.n

    def interval(self, level: float) -> Bounds:
        """Both bounds, which hold at any stopping time together."""
        if self.exact:
            return self.value, self.value
        failures = self.n - self.successes
        return (
            _lower(self.successes, failures, level / 2),
            1 - _lower(failures, self.successes, level / 2),
        )

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Twice the smaller of the one-sided p-values, which hold at any stopping time."""
        if self.exact:
            return 0.0
        if not _END < threshold < 1 - _END:
            return p_by_search(self, comparison, threshold)
        failures = self.n - self.successes
        evidence = max(
            log_ratio(self.successes, failures, threshold),
            log_ratio(failures, self.successes, 1 - threshold),
        )
        return min(1.0, 2 * math.exp(-evidence))

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """That of `most` draws that all succeed, or all fail."""
        best = self.most if comparison == ">=" else 0
        return replace(self, successes=best, n=self.most).p_value(comparison, threshold)


def cautious_level(level: float, claims: int) -> float:
    """The smallest level at which Holm's procedure may come to judge one of so many claims."""
    return level / max(claims, 1)


def sample_until_decided(
    draw: Callable[[int, int], Bools],
    comparison: Comparison,
    threshold: float,
    level: float,
    most: int,
    *,
    least: int = 1,
    block: int = 1,
    unit: str = "draws",
) -> AnytimeShare:
    """Draw until the interval at `level` lies on one side of the threshold, or `most` are drawn.

    Args:
        draw: gives whether the draws from one number on, so many of them, succeed: [draw]. What it
            gives for a number must not depend on the block that it comes in.
        level: see `cautious_level`.
        most: at least 1.
        least: so many are drawn in any case.
        block: how many are drawn between two looks.
    """
    successes = n = 0
    while True:
        count = min(block, most - n)
        outcomes = np.asarray(draw(n, count), dtype=bool)
        if outcomes.shape != (count,):
            raise ValueError(f"{outcomes.shape} outcomes of {count} draws")
        successes, n = successes + int(outcomes.sum()), n + count
        found = AnytimeShare(successes, n, most, unit)
        if n < min(least, most):
            continue
        if n == most or side(found.interval(level), comparison, threshold) is not None:
            return found


def log_ratio(successes: int, failures: int, share: float) -> float:
    """The logarithm of the evidence that the truth is above `share`, which is from 0 to 1.

    It falls as `share` rises, as long as it is above 0.
    """
    a, b = successes + 1, failures + 1
    with np.errstate(divide="ignore"):  # the tail may be too small for a float: no evidence at all
        tail = np.log(special.betaincc(a, b, share))
    likelihood = successes * math.log(share) + failures * math.log1p(-share)
    return float(special.betaln(a, b) + tail - math.log1p(-share) - likelihood)


def _lower(successes: int, failures: int, tail: float) -> float:
    """The greatest share that is refuted with a p-value of at most `tail`; 0 if none is."""
    if successes == 0:
        return 0.0
    needed = -math.log(tail)
    value = successes / (successes + failures)

    def missing(share: float) -> float:
        return log_ratio(successes, failures, share) - needed

    least, greatest = _EDGE * value, min(value, 1 - _EDGE)
    if missing(least) < 0:
        return 0.0
    return greatest if missing(greatest) > 0 else float(brentq(missing, least, greatest))
