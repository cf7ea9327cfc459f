"""The fit of a scale and a shift, against another program and against what must hold of it."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import statsmodels.api as sm
import torch
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from circuitspec.tasks.calibration import (
    Floats,
    LogitFit,
    NoFit,
    fit_calibration,
    smoothed_targets,
)
from circuitspec.tasks.scores import PairScores


def scores(first_minus_second: Floats) -> PairScores:
    """Of logit differences [pair, 2], first answer minus second."""
    return PairScores.of(torch.tensor(first_minus_second * [1.0, -1.0]))


def noisy(pairs: int, *, signal: float, lean: float = 0.0, size: float = 1.0) -> Floats:
    noise = np.random.default_rng(pairs).standard_normal((pairs, 2))
    return size * (noise + lean + np.array([signal, -signal]))


def fitted(difference: Floats, *, shift: bool = False) -> LogitFit:
    fit = fit_calibration(scores(difference), shift=shift)
    assert isinstance(fit, LogitFit), fit
    return fit


def smoothed_loss(found: PairScores) -> float:
    """What is least: the loss with Platt's targets, from their definition."""
    targets = torch.tensor(smoothed_targets(len(found.loss)))
    return float(
        torch.nn.functional.binary_cross_entropy_with_logits(found.first_minus_second, targets)
    )


@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e4])
@pytest.mark.parametrize("signal", [0.05, 0.5, 1.0, 5.0])
def test_statsmodels_finds_the_same(signal: float, size: float, shift: bool) -> None:
    """Of noise that drowns the signal, and of answers that are all right."""
    difference = noisy(200, signal=signal, lean=0.7, size=size)
    inputs = difference.ravel()[:, None] / size
    if shift:
        inputs = np.column_stack([inputs, np.ones(len(inputs))])
    model = sm.GLM(smoothed_targets(200).ravel(), inputs, family=sm.families.Binomial())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        theirs = model.fit(tol=1e-14, maxiter=300).params
    ours = fitted(difference, shift=shift)
    assert ours.scale == pytest.approx(theirs[0] / size, rel=1e-8)
    assert ours.shift == pytest.approx(theirs[1] if shift else 0.0, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("pairs", [1, 2, 100])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_answers_that_are_all_alike_get_the_probability_of_their_target(
    pairs: int, size: float
) -> None:
    """A separable sample whose optimum is known: scale * d is the logit of (N + 1) / (N + 2)."""
    fit = fitted(np.tile([size, -size], (pairs, 1)))
    assert fit.scale * size == pytest.approx(math.log(pairs + 1))
    assert fit.loss_before == pytest.approx(math.log1p(math.exp(-size)))
    assert fit.loss_after == pytest.approx(math.log1p(1 / (pairs + 1)))
    assert fit.pairs == pairs


def test_a_lean_towards_one_answer_is_taken_back_by_a_shift() -> None:
    difference = np.tile([3.0, 1.0], (100, 1))
    fit = fitted(difference, shift=True)
    assert fit.shift == pytest.approx(-2.0 * fit.scale)
    before, after = scores(difference), scores(difference).calibrated(fit.scale, fit.shift)
    assert before.right.tolist() == [[True, False]] * 100
    assert after.right.all()


def test_the_shift_is_towards_the_first_answer_of_a_pair_and_not_towards_the_right_one() -> None:
    shifted = scores(np.array([[1.0, -2.0]])).calibrated(1.0, 0.5)
    assert shifted.first_minus_second.tolist() == [[1.5, -1.5]]
    assert shifted.logit_diff.tolist() == [[1.5, 1.5]]


differences = st.lists(
    st.tuples(*[st.floats(-50, 50, width=32).map(lambda d: 0.0 if abs(d) < 1e-3 else d)] * 2),
    min_size=1,
    max_size=30,
).map(lambda pairs: np.array(pairs, dtype=np.float64))


@given(differences, st.booleans())
def test_whatever_the_logits_are(difference: Floats, shift: bool) -> None:
    before = scores(difference)
    fit = fit_calibration(before, shift=shift)
    on_average = float(before.logit_diff.mean())
    if isinstance(fit, NoFit):
        # Nothing is fitted only where the right logits are not above the wrong ones.
        assert on_average <= 1e-6 * np.abs(difference).max()
        return
    assert on_average > 0
    assert math.isfinite(fit.scale)
    assert fit.scale > 0
    assert math.isfinite(fit.shift)
    after = before.calibrated(fit.scale, fit.shift)
    assert smoothed_loss(after) <= smoothed_loss(before) + 1e-9
    # The loss itself can grow by what its smoothing has given up, and by no more.
    given_up = float(before.logit_diff.mean() - after.logit_diff.mean()) / (fit.pairs + 2)
    assert fit.loss_after <= fit.loss_before + max(0.0, given_up) + 1e-8
    if not shift:
        assert after.right.equal(before.right)
        if fit.scale >= 1:
            assert fit.loss_after <= fit.loss_before + 1e-8


@given(differences, st.floats(1e-3, 1e3))
def test_the_size_of_the_logits_does_not_matter(difference: Floats, size: float) -> None:
    one = fit_calibration(scores(difference), shift=True)
    other = fit_calibration(scores(difference * size), shift=True)
    if isinstance(one, NoFit) or isinstance(other, NoFit):
        assert type(one) is type(other)
        return
    assert other.scale * size == pytest.approx(one.scale, rel=1e-5)
    assert other.loss_after == pytest.approx(one.loss_after, rel=1e-6, abs=1e-9)


def test_what_says_one_and_the_same_cannot_be_fitted() -> None:
    for difference in (
        np.full((5, 2), 3.0),
        np.zeros((5, 2)),
        np.array([[1.0, 1.0], [-2.0, -2.0]]),
    ):
        fit = fit_calibration(scores(difference), shift=True)
        assert isinstance(fit, NoFit)
        assert "the same after both prompts" in fit.reason


@pytest.mark.parametrize("shift", [False, True])
def test_answers_the_wrong_way_round_are_not_turned_round(shift: bool) -> None:
    fit = fit_calibration(scores(noisy(50, signal=-2.0)), shift=shift)
    assert isinstance(fit, NoFit)
    assert fit.reason.startswith("answers the wrong way round: its scale would be -")


@pytest.mark.parametrize(
    "difference", [np.zeros((0, 2)), np.array([[1.0, math.nan]]), np.array([[math.inf, 0.0]])]
)
def test_what_is_no_number_is_refused(difference: Floats) -> None:
    with pytest.raises(ValueError, match="finite"):
        fit_calibration(scores(difference), shift=False)
