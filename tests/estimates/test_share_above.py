"""The share of differences above zero, and how often its interval is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from circuitspec.statistics.estimate import Mean
from circuitspec.statistics.share_above import ShareAbove
from circuitspec.statistics.skewed_mean import Floats


def of(*samples: Floats, exact: bool = False) -> ShareAbove:
    return ShareAbove(tuple(Mean(sample, exact) for sample in samples))


def test_clear_differences_and_ties() -> None:
    rng = np.random.default_rng(0)
    above, below, tie = rng.normal(1, 0.1, 50), rng.normal(-1, 0.1, 50), np.zeros(50)
    share = of(above, above, below, tie)
    assert share.value == 0.5
    assert share.interval(0.05) == (0.5, 0.5)
    assert share.n == 50
    assert share.p_value(">=", 0.75) < 1e-12
    assert of(above).p_value(">=", 0.9) < 1e-12


def test_an_unclear_difference_widens_it() -> None:
    rng = np.random.default_rng(0)
    share = of(rng.normal(1, 0.1, 50), rng.normal(0, 1, 50))
    assert share.interval(0.05) == (0.5, 1.0)
    assert share.p_value(">=", 0.9) > 0.05


def test_exact_differences() -> None:
    share = of(np.array([1.0, -0.5]), np.array([1.0, -1.0]), exact=True)
    assert share.exact
    assert share.interval(0.05) == (0.5, 0.5)


@pytest.mark.parametrize("shift", [0.0, 0.15])
def test_it_leaves_out_the_truth_no_more_often_than_it_says(shift: float) -> None:
    """Of five differences two are above zero; the others are zero or a little below."""
    rng = np.random.default_rng(1)
    truth = np.array([0.3, 0.2, 0.0, -shift, -shift])
    wrong, runs = 0, 1000
    for _ in range(runs):
        samples = rng.normal(truth[:, None], 1.0, size=(5, 60))
        low, high = of(*samples).interval(0.1)
        wrong += not low <= (truth > 0).mean() <= high
    assert wrong / runs <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / runs)


def test_p_and_interval_agree() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        share = of(*rng.normal(0.3, 1.0, size=(3, 40)))
        p = share.p_value(">=", 0.5)
        if 1e-6 < p < 0.9:
            low, high = share.interval(p * 1.001)
            assert low >= 0.5 or high < 0.5
            low, high = share.interval(p * 0.999)
            assert low < 0.5 <= high
