"""Populations to draw samples from whose true mean is known: losses, answers, templates.

Losses look like a model's: the two-token cross-entropy log(1 + exp(-d)) of a normal logit
difference d. That is skewed, the more so the surer the model is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import integrate, stats

from circuitspec.statistics.skewed_mean import Bools, Floats

Rng: TypeAlias = np.random.Generator
Shape: TypeAlias = tuple[int, ...]


def loss_of(difference: Floats) -> Floats:
    """The cross-entropy of a logit difference, in nats."""
    return np.logaddexp(0.0, -difference)


def mean_loss(mean: float, deviation: float) -> float:
    """The mean loss of a normal logit difference, by quadrature."""
    density = stats.norm(mean, deviation).pdf
    ends = mean - 12 * deviation, mean + 12 * deviation
    found = integrate.quad(lambda d: np.logaddexp(0.0, -d) * density(d), *ends, limit=200)
    return float(found[0])


@dataclass(frozen=True)
class Population:
    """Numbers, one per unit, that are drawn independently.

    Attributes:
        what: in words.
        truth: their mean.
        draw: as many as a shape has.
    """

    what: str
    truth: float
    draw: Callable[[Rng, Shape], Floats]


def losses(mean: float, deviation: float) -> Population:
    """Losses of pairs whose logit differences are normal, the two of a pair alike by half."""

    def draw(rng: Rng, shape: Shape) -> Floats:
        shared, own = rng.normal(size=(*shape, 1)), rng.normal(size=(*shape, 2))
        differences = mean + deviation * (shared + own) / np.sqrt(2)
        found: Floats = loss_of(differences).mean(axis=-1)
        return found

    what = f"losses of pairs, logit difference {mean:g} ± {deviation:g}"
    return Population(what, mean_loss(mean, deviation), draw)


def template_losses(mean: float, between: float, within: float, pairs: int = 19) -> Population:
    """Mean losses of templates whose logit differences vary from template to template."""

    def draw(rng: Rng, shape: Shape) -> Floats:
        centres = rng.normal(mean, between, (*shape, 1))
        found: Floats = loss_of(centres + within * rng.normal(size=(*shape, pairs))).mean(axis=-1)
        return found

    what = (
        f"losses, logit difference {mean:g} ± {between:g} between templates and ± {within:g} within"
    )
    return Population(what, mean_loss(mean, float(np.hypot(between, within))), draw)


NORMAL = Population("normal numbers", 0.0, lambda rng, shape: rng.normal(size=shape))
EXPONENTIAL = Population("exponential numbers", 1.0, lambda rng, shape: rng.exponential(size=shape))
LOGNORMAL = Population(
    "lognormal numbers", float(np.exp(0.5)), lambda rng, shape: rng.lognormal(size=shape)
)

GAMMA = Population("gamma(1/2) numbers", 0.5, lambda rng, shape: rng.gamma(0.5, size=shape))
MIRRORED = Population(
    "exponential numbers times -1", -1.0, lambda rng, shape: -rng.exponential(size=shape)
)


def _one_in_five(rng: Rng, shape: Shape) -> Floats:
    return np.where(rng.random(shape) < 0.2, 1.0, 0.1) * rng.lognormal(-0.02, 0.2, shape)


ONE_IN_FIVE = Population("losses near 0.1, one in five near 1", 0.28, _one_in_five)


def answers(rng: Rng, shape: Shape, rate: float, coupled: float) -> Bools:
    """[*shape, 2]: whether the answers to both prompts of pairs are right.

    Args:
        rate: how often one is.
        coupled: how often the second is as the first is; as often as it is negative, if `rate` is
            a half, it is the other way round.
    """
    first, second = rng.random((2, *shape)) < rate
    tied = rng.random(shape) < abs(coupled)
    found: Bools = np.stack([first, np.where(tied, first ^ (coupled < 0), second)], axis=-1)
    return found
