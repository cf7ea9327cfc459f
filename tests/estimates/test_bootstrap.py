"""The studentised bootstrap, against a plain one that goes resample by resample."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from circuitspec.statistics.bootstrap import Bootstrapped, ratio
from circuitspec.statistics.estimate import drawn
from circuitspec.statistics.skewed_mean import Floats

from .test_estimate import assert_dual

WIDE = (-1e6, 1e6)


def first(means: Floats) -> Floats:
    return means[..., 0]


def deviation(means: Floats) -> Floats:
    """From means of x and x^2."""
    return np.sqrt(np.maximum(means[..., 1] - means[..., 0] ** 2, 0.0))


def mean_of(sample: Floats, **kwargs: object) -> Bootstrapped:
    return Bootstrapped(sample[:, None], first, WIDE, 7, **kwargs)  # type: ignore[arg-type]


def sample(n: int = 20, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).lognormal(0.0, 0.7, n)


def test_the_jackknife_error_of_a_mean_is_its_standard_error() -> None:
    assert mean_of(sample())._error == pytest.approx(stats.sem(sample()))


def test_resample_by_resample() -> None:
    values = np.stack([sample(9, 1), sample(9, 2)], axis=1)
    found = Bootstrapped(values, ratio, (0.0, 50.0), 3, resamples=60)
    rng = np.random.default_rng([3, 20260105])
    counts = rng.multinomial(9, np.full(9, 1 / 9), size=60)

    def estimate(rows: Floats) -> float:
        return float(rows[:, 0].sum() / rows[:, 1].sum())

    def error(rows: Floats) -> float:
        left_out = np.array([estimate(np.delete(rows, i, axis=0)) for i in range(len(rows))])
        return float(np.sqrt((len(rows) - 1) * left_out.var()))

    scores = []
    for row in counts:
        drawn_rows = np.repeat(values, row, axis=0)
        scores.append((estimate(drawn_rows) - estimate(values)) / error(drawn_rows))
    assert found._scores == pytest.approx(np.array(scores))
    scores.sort()
    # Of 60 scores, the third from either end is that of a tail of 0.05, as 0.05 * 61 is above 3.
    student = stats.t.isf(0.05, 8)
    low = estimate(values) - max(scores[-3], student) * error(values)
    high = estimate(values) - min(scores[2], -student) * error(values)
    assert found.interval(0.1) == pytest.approx((low, high))


def test_a_ratio_of_equal_sums_is_a_mean() -> None:
    values = np.stack([sample(), np.ones(20)], axis=1)
    same = Bootstrapped(values, ratio, WIDE, 7)
    assert same.interval(0.05) == pytest.approx(mean_of(sample()).interval(0.05))


def test_units_of_measure_do_not_matter() -> None:
    low, high = mean_of(sample()).interval(0.05)
    assert mean_of(10 * sample() - 3).interval(0.05) == pytest.approx((10 * low - 3, 10 * high - 3))


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    assert mean_of(sample()).interval(0.05) == mean_of(sample()).interval(0.05)
    other = Bootstrapped(sample()[:, None], first, WIDE, 8)
    assert other.interval(0.05) != mean_of(sample()).interval(0.05)


@pytest.mark.parametrize("threshold", [0.7, 1.2, 3.0])
def test_interval_and_p_value_are_dual(threshold: float) -> None:
    assert_dual(mean_of(sample()), "<=", threshold)


def test_it_grows_beyond_what_resamples_say() -> None:
    """Of 1999 resamples none is so rare as one in a billion; Student's bounds go on."""
    found = mean_of(sample())
    low, high = found.interval(1e-9)
    assert low < found.interval(1e-6)[0]
    assert high > found.interval(1e-6)[1]
    student = stats.t.isf(5e-10, 19) * stats.sem(sample())
    assert low <= found.value - student * 0.999


def test_where_resamples_show_no_error_the_ends_of_the_possible_are_the_bounds() -> None:
    values = np.array([1.0] * 11 + [0.0])[:, None]
    low, high = Bootstrapped(values, first, (0.0, 1.0), 0).interval(0.05)
    assert high == 1.0  # a third of the resamples are all 1 and deny any error
    assert 0.0 <= low < 11 / 12


def test_without_error_the_interval_is_the_point() -> None:
    assert mean_of(np.full(6, 0.3)).interval(0.05) == pytest.approx((0.3, 0.3))
    assert mean_of(sample(), exact=True).interval(0.05) == (sample().mean(),) * 2
    assert mean_of(sample(), exact=True).p_value(">=", 0.0) == 0.0


def test_a_standard_deviation_errs_about_as_often_as_it_says() -> None:
    rng, wrong, runs = np.random.default_rng(11), 0, 300
    for seed in range(runs):
        x = rng.normal(size=40)
        values = np.stack([x, x * x], axis=1)
        found = Bootstrapped(values, deviation, (0.0, 100.0), seed, resamples=499)
        low, high = found.interval(0.1)
        wrong += not low <= 1.0 <= high
    assert stats.binomtest(wrong, runs, 0.1, alternative="greater").pvalue > 0.001, wrong


def test_what_it_counts() -> None:
    found = mean_of(sample(), unit="windows")
    assert (found.n, drawn(found)) == (20, "windows")
    assert found.attainable_p(">=", 1.0) == 0.0
