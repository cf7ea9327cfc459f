"""Whether something beats most of what chance gives: the rank test, and the share that is beaten.

n controls are drawn at random, independently and alike, each is measured, and so is what is held
against them. Two questions have two answers:

- Could it be one of them? p = (1 + controls that are at least as good) / (n + 1). The 1 counts
  what is tested among the controls: under the hypothesis that it is one, its rank is uniform, and
  without it p could be 0, which no number of draws shows (Phipson and Smyth 2010, "Permutation
  p-values should never be zero").
- Which share of all such controls does it beat? Each draw is beaten or not, so that is a
  proportion with an exact interval. A claim `share >= 95%` is about this, and is harder to show:
  that none of 99 controls is as good gives a rank of 0.01, but shows 95 % only at 1.2 %.

A tie counts as not beaten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from circuitspec.statistics.proportion import Proportion
from circuitspec.statistics.skewed_mean import Floats


@dataclass(frozen=True)
class Beaten(Proportion):
    """The share of controls that are beaten: `successes` of `n`."""

    unit: str = "controls"

    @property
    def rank_p(self) -> float:
        """The p-value of being one of the controls, with the 1 on both sides of the line."""
        return (1 + self.n - self.successes) / (1 + self.n)

    @property
    def attainable_rank_p(self) -> float:
        """The least that so many controls can give."""
        return 1 / (1 + self.n)


def beaten(own: float, controls: Floats, better: Literal["greater", "less"] = "greater") -> Beaten:
    """How many of the controls something beats.

    Args:
        own: its number.
        controls: [control], theirs; at least one.
        better: which numbers are the better ones.

    Raises:
        ValueError: no controls, or a number that is none.
    """
    if not len(controls):
        raise ValueError("there are no controls")
    if not np.isfinite(own) or not np.isfinite(controls).all():
        raise ValueError("what is compared must be finite")
    worse = controls < own if better == "greater" else controls > own
    return Beaten(int(worse.sum()), len(controls))
