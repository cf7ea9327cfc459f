"""The mean of bounded numbers, with bounds that assume nothing else and hold at any stopping time.

To test whether the mean of numbers x from 0 to 1 is at most m, somebody who doubts it starts with a
capital of 1 and bets a part c of it on every number: it becomes (1 - c) + c x / m times as much. If
the mean is at most m, the game is not in his favour, and his capital exceeds 1 / p at any time with
probability p at most (Ville 1939). So the inverse of the capital is a p-value, and the m that it
does not refute are a bound, both however long numbers are drawn and whenever that stops, and
however skewed they are (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by
betting", JRSS B 86, 2024). Half of the capital is bet with c = 1, which of n numbers that are all
x leaves x (p / 2) ** (1 / n): nearly what Clopper and Pearson's exact bound does at x = 1, and no
valid bound does better there. The other half is spread evenly over smaller c, which is what a long
sample of numbers that vary asks for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.optimize import brentq

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.estimate import Bounds
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.worst import p_by_search

_BETS = 2.0 ** (-0.5 * np.arange(13))
_SHARES = np.array([0.5] + [0.5 / 12] * 12)

# Bounds are sought down to that; further down they are 0.
_NEAR_ZERO = 1e-9

# So near an end a capital is no longer a number, and p-values come from the interval.
_END = 1e-6


@dataclass(frozen=True, eq=False)
class BettingMean:
    """The mean of numbers within known ends.

    Attributes:
        sample: [unit], from `least` to `most`.
        unit: what the numbers are of.
    """

    sample: Floats
    exact: bool = False
    unit: str = "pairs"
    least: float = 0.0
    most: float = 1.0

    def __post_init__(self) -> None:
        if not ((self.sample >= self.least) & (self.sample <= self.most)).all():
            raise ValueError(f"not all numbers are from {self.least:g} to {self.most:g}")

    @property
    def value(self) -> float:
        """The sample's mean."""
        return float(self.sample.mean())

    @property
    def n(self) -> int:
        """Numbers."""
        return len(self.sample)

    def interval(self, level: float) -> Bounds:
        """Both one-sided bounds, at level / 2 each."""
        if self.exact:
            return self.value, self.value
        shares = self._shares
        low, high = _lower(shares, level / 2), 1 - _lower(1 - shares, level / 2)
        width = self.most - self.least
        # Rounding must not put the estimate itself outside.
        return (
            min(self.least + width * low, self.value),
            max(self.least + width * high, self.value),
        )

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Twice the smaller one-sided p-value, at most 1."""
        if self.exact:
            return 0.0
        place = (threshold - self.least) / (self.most - self.least)
        if not _END < place < 1 - _END:
            return p_by_search(self, comparison, threshold)
        shares = self._shares
        wealth = max(log_capital(shares, place), log_capital(1 - shares, 1 - place))
        return min(1.0, 2 * math.exp(-wealth))

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """That of as many numbers at the end that `comparison` points to."""
        end = self.most if comparison == ">=" else self.least
        best = BettingMean(np.full(self.n, end), self.exact, self.unit, self.least, self.most)
        return best.p_value(comparison, threshold)

    @property
    def _shares(self) -> Floats:
        shares: Floats = (self.sample - self.least) / (self.most - self.least)
        return shares


def log_capital(shares: Floats, mean: float) -> float:
    """The logarithm of the capital won by betting that numbers are greater than `mean` on average.

    Args:
        shares: [unit], from 0 to 1.
        mean: above 0.
    """
    odds = shares / mean - 1
    with np.errstate(divide="ignore"):  # whoever bets all loses all where a share is 0
        won = np.log1p(_BETS[:, None] * odds).sum(axis=1)
    return float(special.logsumexp(won, b=_SHARES))


def _lower(shares: Floats, tail: float) -> float:
    """The greatest mean whose refutation has a p-value of at most `tail`; 0 if there is none."""
    value, needed = float(shares.mean()), -math.log(tail)
    if value == 0 or log_capital(shares, _NEAR_ZERO * value) < needed:
        return 0.0
    # The capital falls as the mean rises, and at the sample's own mean nothing was won.
    return float(brentq(lambda mean: log_capital(shares, mean) - needed, _NEAR_ZERO * value, value))
