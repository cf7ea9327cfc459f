"""Fitting a scale, and perhaps a shift, to what a run says: Platt scaling of logit differences.

Taking most of a model away often leaves the right answers and shrinks the logits that give them.
Where a spec declares it, d, the logit of the first answer of a pair minus that of the second, is
replaced by

    scale * d + shift

before a run is scored. d is not "right minus wrong": a shift of that would make every answer
righter. Of the two prompts of a pair the first answer is right after one and wrong after the other,
so that what a shift gives to one prompt it takes from the other. A scale above zero changes no
answer.

The numbers are those of a logistic regression on d of whether the first answer is right, with the
targets of Platt ("Probabilistic outputs for support vector machines and comparisons to regularized
likelihood methods", Advances in Large Margin Classifiers, 1999): (N+ + 1) / (N+ + 2) where it is
right and 1 / (N- + 2) where it is not, with N+ and N- the numbers of such prompts, both that of the
pairs. Were the targets 1 and 0, the best scale of a run that is always right would be infinite.

Gao et al. 2025 (appendix A.5) fit both numbers with 16 steps of LBFGS, so that theirs depend on
where 16 steps end. Here the problem is convex and solved: the result is its optimum, whatever the
path to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from circuitspec.tasks.scores import PairScores

Floats: TypeAlias = npt.NDArray[np.float64]

# Float32 carries about 1.2e-7; a difference that several operations computed is less exact.
_ROUNDING = 1e-6
_GRADIENT = 1e-11
"""Nats per standard deviation of d; the loss is then within 1e-15 of its least."""


@dataclass(frozen=True, slots=True)
class LogitFit:
    """The best scale and shift for a run.

    Attributes:
        scale: above 0.
        shift: in logits, towards the first answer of a pair; 0 where none was to be fitted.
        pairs: on how many they were fitted.
        loss_before: of those, in nats, as `PairScores` has it.
        loss_after: the same with scale and shift. What is least is the loss with Platt's targets,
            which is the loss plus the mean of right minus wrong logit, divided by `pairs` + 2. So
            `loss_after` exceeds `loss_before` by no more than what that term has become less:
            never, where the scale is above 1 and there is no shift.
    """

    scale: float
    shift: float
    pairs: int
    loss_before: float
    loss_after: float


@dataclass(frozen=True, slots=True)
class NoFit:
    """Why there is nothing to fit, in words that go on a sentence which begins with the run."""

    reason: str


def fit_calibration(scores: PairScores, *, shift: bool) -> LogitFit | NoFit:
    """The scale, and the shift if there is to be one, under which a run loses least.

    Args:
        scores: at least one pair, all finite.

    Raises:
        ValueError: there are none, or they are not.
    """
    difference = scores.first_minus_second.numpy()
    if not len(difference) or not np.isfinite(difference).all():
        raise ValueError("a fit takes at least one pair, and finite logits")
    apart = np.abs(difference[:, 0] - difference[:, 1]).max()
    if apart <= _ROUNDING * np.abs(difference).max():
        return NoFit("says the same after both prompts of every pair, and no scale changes that")
    scale, offset = _fit(difference, shift=shift)
    if scale <= 0:
        # So it comes out where right logits are below wrong ones on average, shift or not.
        return NoFit(f"answers the wrong way round: its scale would be {scale:.3g}")
    return LogitFit(
        scale=scale,
        shift=offset,
        pairs=len(difference),
        loss_before=float(scores.loss.mean()),
        loss_after=float(scores.calibrated(scale, offset).loss.mean()),
    )


def smoothed_targets(pairs: int) -> Floats:
    """Platt's targets [pair, 2] for the first answer being right: it is after the first prompt."""
    return np.tile([(pairs + 1) / (pairs + 2), 1 / (pairs + 2)], (pairs, 1))


def _fit(difference: Floats, *, shift: bool) -> tuple[float, float]:
    """Scale and shift for logit differences [pair, 2], first answer minus second."""
    d, targets = difference.ravel(), smoothed_targets(len(difference)).ravel()
    # Numbers of size 1 around 0, so that the search is as good for large and for small logits.
    centre = float(d.mean()) if shift else 0.0
    spread = float(np.sqrt(np.square(d - centre).mean()))
    columns = [(d - centre) / spread, *([np.ones_like(d)] if shift else [])]
    design = np.stack(columns, axis=1)

    def loss(weights: Floats) -> float:
        z = design @ weights
        return float((np.logaddexp(0.0, z) - targets * z).mean())

    def gradient(weights: Floats) -> Floats:
        slope: Floats = design.T @ (expit(design @ weights) - targets) / len(d)
        return slope

    def hessian(weights: Floats) -> Floats:
        z = design @ weights
        curvature: Floats = (design.T * (expit(z) * expit(-z))) @ design / len(d)
        return curvature

    weights: Floats = minimize(
        loss,
        np.zeros(design.shape[1]),
        method="trust-exact",
        jac=gradient,
        hess=hessian,
        options={"gtol": 1e-8, "max_trust_radius": np.inf},
    ).x
    # The search compares losses, which are exact to 1e-16 and so tell weights apart to 1e-8 only;
    # from there each step of Newton's doubles the digits.
    for _ in range(20):
        slope = gradient(weights)
        if np.abs(slope).max() <= _GRADIENT:
            break
        weights = weights - np.linalg.solve(hessian(weights), slope)
    else:
        raise ArithmeticError("the fit of a convex loss has not come to its end")
    scale = float(weights[0]) / spread
    return scale, float(weights[1]) - scale * centre if shift else 0.0
