"""One-sided bounds and tests for the mean of a skewed sample.

Losses are skewed: most pairs cost next to nothing and a few cost a lot. Student's t is then wrong
in the direction that matters. On logit differences that are normal with mean 6 and deviation 3,
with 300 pairs, its upper 97.5 % bound of the mean loss lies below the truth 10 % of the time, and
a claim `loss <= ...` would be confirmed falsely as often.

Hall's transformation (P. Hall, "On the removal of skewness by transformation", JRSS B 54, 1992)
takes the leading effect of skewness out of T = (mean - mu) / standard error: with g the sample's
skewness and u = g / sqrt(n),

    H(T) = T + u T^2 / 3 + u^2 T^3 / 27 + u / 6

is closer to Student's t distribution than T is. H is increasing and has an inverse in closed form,
so bounds and p-values stay dual. In the example the bound fails 3.5 % of the time, and for milder
skewness as often as it says; `tests/estimates/test_coverage.py` repeats this. Without skewness
H(T) is T, and everything is Student's.

Ten or sixteen numbers, such as the means of a task's templates, show too little of their own
skewness and spread: g cannot exceed sqrt(n), and the few largest values of a skewed quantity are
most often not among the ten. `CAUTIOUS` is for these: g half as much again, half the degrees of
freedom, and never less than Student's on either side. By simulation with ten numbers at a level of
5 % in all, of which each side has half, the upper bound of a mean fails so often (in %):

                              exponential   lognormal(0, 1)   losses of templates, the worst of four
    Student's                    10.9            15.2                 22.9
    Hall's                        5.8             8.5                 10.1
    studentised bootstrap         4.9             8.1                  9.4
    BCa bootstrap                10.3            14.2                 21.6
    cautious                      2.4             4.1                  6.3

The lower bound then hardly ever fails, so that the two together err as often as they say but for
the last column, whose losses vary from template to template with a deviation of twice their mean.
At a level of 0.25 %, as Holm's procedure has it for one of twenty claims, cautious bounds err 0.1,
0.6 and 2.5 % of the time: of tails so thin ten numbers know nothing.

The factors were chosen among some 15 procedures by these very simulations, which are therefore no
independent test. Of four populations that had no part in it, three kept 5 % with 12 numbers; where
one number in five is ten times the others, bounds erred 7 % of the time, and as often at a level of
0.25 %, since 7 % of samples have none of these. `circuitspec validate coverage` repeats all this.

A sample of one and the same number has no standard error, and its bounds are the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Caution:
    """How much less a sample is taken to show than it does.

    Attributes:
        skewness: what the sample's skewness is multiplied by.
        freedom: what the degrees of freedom are multiplied by.
        students: whether Student's bounds count as well, the wider one on each side.
    """

    skewness: float = 1.0
    freedom: float = 1.0
    students: bool = False


PLAIN = Caution()
"""For dozens of numbers and more: Hall's bounds as they are."""

CAUTIOUS = Caution(skewness=1.5, freedom=0.5, students=True)
"""For about ten numbers."""


def is_constant(samples: Floats) -> Bools:
    """Whether the numbers along the last axis are one and the same but for rounding."""
    spread = samples.max(axis=-1) - samples.min(axis=-1)
    constant: Bools = spread <= 1e-12 * np.abs(samples).max(axis=-1)
    return constant


def bounds(
    samples: Floats, lower_tail: float, upper_tail: float, caution: Caution = PLAIN
) -> Floats:
    """Lower and upper bounds of means.

    Args:
        samples: [..., pair], at least two pairs.
        lower_tail: how often the lower bound may lie above the mean.
        upper_tail: how often the upper bound may lie below it.

    Returns:
        [..., 2].
    """
    df = _freedom(samples, caution)
    h = np.array([stats.t.isf(lower_tail, df), stats.t.ppf(upper_tail, df)])
    mean, error, u = (moment[..., None] for moment in _moments(samples))
    u = caution.skewness * u
    # The inverse of H is 3 (a - 1) / u with a^3 = 1 + u y; this form of it allows u = 0.
    y = h - u / 6
    a = np.cbrt(1 + u * y)
    ends: Floats = mean - error * 3 * y / (a * a + a + 1)
    if caution.students:
        plain = mean - error * h
        ends = np.stack([np.minimum(ends, plain)[..., 0], np.maximum(ends, plain)[..., 1]], axis=-1)
    return ends


def one_sided(samples: Floats, threshold: float, caution: Caution = PLAIN) -> tuple[Floats, Floats]:
    """P-values that means lie above `threshold`, and that they lie below it.

    A constant sample at the threshold counts as above.

    Args:
        samples: [..., pair], at least two pairs.
    """
    df = _freedom(samples, caution)
    mean, error, u = _moments(samples)
    u = caution.skewness * u
    distance, constant = mean - threshold, error == 0
    t = distance / np.where(constant, 1.0, error)
    h = t + u * t**2 / 3 + u**2 * t**3 / 27 + u / 6
    above, below = stats.t.sf(h, df), stats.t.cdf(h, df)
    if caution.students:
        above = np.maximum(above, stats.t.sf(t, df))
        below = np.maximum(below, stats.t.cdf(t, df))
    at_least = distance >= 0
    return np.where(constant, ~at_least, above), np.where(constant, at_least, below)


def _freedom(samples: Floats, caution: Caution) -> float:
    return float(caution.freedom * (samples.shape[-1] - 1))


def _moments(samples: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, standard error and u = skewness / sqrt(n), each [...]."""
    constant = is_constant(samples)
    # What scipy says of the moments of a constant is rounding error, and it warns.
    varied = np.where(constant[..., None], np.arange(samples.shape[-1]), samples)
    error = np.where(constant, 0.0, stats.sem(varied, axis=-1))
    skewness = stats.skew(varied, axis=-1)
    return samples.mean(axis=-1), error, skewness / np.sqrt(samples.shape[-1])
