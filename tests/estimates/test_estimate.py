"""Estimates: values that others publish, and interval and p-value as two sides of one thing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from circuitspec.language.spec import Comparison
from circuitspec.statistics.estimate import Bounds, Estimate, Mean, Share, side
from circuitspec.statistics.least_mean import LeastMean
from circuitspec.statistics.skewed_mean import bounds

numbers = st.floats(-10, 10).map(lambda x: round(x, 3))
comparisons: st.SearchStrategy[Comparison] = st.sampled_from(["<=", ">="])
levels = st.floats(1e-6, 0.5)


@st.composite
def means(draw: st.DrawFn) -> Mean:
    return Mean(np.array(draw(st.lists(numbers, min_size=2, max_size=12))))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    pairs = st.tuples(st.booleans(), st.booleans())
    return Share(np.array(draw(st.lists(pairs, min_size=1, max_size=30))))


@st.composite
def least_means(draw: st.DrawFn) -> LeastMean:
    n = draw(st.integers(2, 8))
    unit = st.lists(numbers, min_size=n, max_size=n)
    return LeastMean(np.array(draw(st.lists(unit, min_size=1, max_size=5))))


estimates = st.one_of(means(), shares(), least_means())


@pytest.mark.parametrize(
    ("interval", "at_most", "at_least"),
    [
        ((0.0, 0.9), True, False),
        ((0.0, 1.0), True, None),
        ((0.0, 2.0), None, None),
        ((1.0, 1.0), True, True),
        ((1.0, 2.0), None, True),
        ((1.1, 2.0), False, True),
    ],
)
def test_which_side_of_1_an_interval_lies_on(
    interval: Bounds, at_most: bool | None, at_least: bool | None
) -> None:
    assert side(interval, "<=", 1.0) is at_most
    assert side(interval, ">=", 1.0) is at_least


def assert_dual(estimate: Estimate, comparison: Comparison, threshold: float) -> None:
    """A comparison is decided from its p-value on, and not before."""

    def decided(level: float) -> bool:
        return side(estimate.interval(level), comparison, threshold) is not None

    p = estimate.p_value(comparison, threshold)
    assert 0 <= p <= 1
    assert p > 0.99 or decided(1.001 * p + 1e-9)
    assert p < 1e-9 or not decided(0.999 * p)


@given(means(), comparisons, numbers)
def test_interval_and_p_value_of_a_mean_are_dual(
    mean: Mean, comparison: Comparison, threshold: float
) -> None:
    assert_dual(mean, comparison, threshold)


@given(shares(), comparisons, st.floats(0, 1))
@settings(max_examples=40)
def test_interval_and_p_value_of_a_share_are_dual(
    share: Share, comparison: Comparison, threshold: float
) -> None:
    assert_dual(share, comparison, threshold)


@given(least_means(), numbers)
def test_interval_and_p_value_of_a_least_mean_are_dual(least: LeastMean, threshold: float) -> None:
    assert_dual(least, ">=", threshold)  # as every claim of minimality has it


@given(estimates, levels)
def test_an_interval_holds_its_estimate_and_shrinks_with_confidence(
    estimate: Estimate, level: float
) -> None:
    low, high = estimate.interval(level)
    inner_low, inner_high = estimate.interval(min(1.5 * level, 0.9))
    slack = 1e-9
    assert low - slack <= inner_low <= estimate.value + slack
    assert estimate.value - slack <= inner_high <= high + slack


@given(shares(), comparisons, st.floats(0, 1), levels)
@settings(max_examples=40)
def test_no_data_does_better_than_the_attainable_p(
    share: Share, comparison: Comparison, threshold: float, level: float
) -> None:
    attainable = share.attainable_p(comparison, threshold)
    if side(share.interval(level), comparison, threshold) is True:
        assert attainable <= level * (1 + 1e-9)


def test_without_skewness_the_interval_is_students() -> None:
    sample = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) + 3
    test = stats.ttest_1samp(sample, 1.0)
    expected = test.confidence_interval(0.95)
    assert Mean(sample).interval(0.05) == pytest.approx((expected.low, expected.high))
    assert Mean(sample).p_value(">=", 1.0) == pytest.approx(test.pvalue)


@given(means(), st.floats(0.001, 0.4), st.floats(0.001, 0.4))
def test_bounds_are_where_the_transformed_t_says(mean: Mean, lower: float, upper: float) -> None:
    """The formula of Hall 1992, forwards; the code inverts it."""
    sample = mean.sample
    assume(np.ptp(sample) > 0)
    n = len(sample)
    u = stats.skew(sample) / np.sqrt(n)
    low, high = bounds(sample, lower, upper)
    for end, score in ((low, stats.t.isf(lower, n - 1)), (high, -stats.t.isf(upper, n - 1))):
        t = (sample.mean() - end) / stats.sem(sample)
        assert t + u * t**2 / 3 + u**2 * t**3 / 27 + u / 6 == pytest.approx(score, abs=1e-6)


def test_the_share_of_independent_halves_is_two_clopper_pearson_intervals() -> None:
    # Of 10 pairs all have at least one right answer and none has two: the share is 1/2 and the
    # ends come from 10 of 10 and 0 of 10, whose exact interval ends at (level / 4) ** (1 / 10).
    share = Share(np.tile([True, False], (10, 1)))
    end = (0.05 / 4) ** (1 / 10)
    assert share.value == 0.5
    assert share.interval(0.05) == pytest.approx((end / 2, 1 - end / 2))


def test_a_perfect_score_on_three_pairs_cannot_show_much() -> None:
    share = Share(np.ones((3, 2), dtype=bool))
    # Lower end at level p is (p / 4) ** (1 / 3); it reaches 0.9 at p = 4 * 0.9 ** 3 > 1.
    assert share.attainable_p(">=", 0.9) == 1.0
    assert share.attainable_p(">=", 0.5) == pytest.approx(4 * 0.5**3)
    assert share.p_value(">=", 0.5) == pytest.approx(4 * 0.5**3)


def test_a_bound_at_the_edge_of_what_is_possible_is_never_confirmed_by_a_sample() -> None:
    perfect = Share(np.ones((50, 2), dtype=bool))
    assert perfect.p_value(">=", 1.0) == 1.0
    assert side(perfect.interval(0.05), ">=", 1.0) is None


@pytest.mark.parametrize(
    "estimate",
    [
        Mean(np.full(5, 0.1)),
        Mean(np.array([0.0, 0.2]), exact=True),
        Share(np.eye(2, dtype=bool), exact=True),
        LeastMean(np.array([[0.1, 0.1], [0.5, 0.5]])),
        LeastMean(np.array([[0.0, 0.2], [0.5, 9.0]]), exact=True),
    ],
)
def test_without_error_the_interval_is_the_point(estimate: Estimate) -> None:
    assert estimate.interval(0.05) == (estimate.value, estimate.value)
    assert estimate.p_value(">=", estimate.value) == 0.0
    assert estimate.p_value("<=", estimate.value - 0.01) == 0.0
    assert side(estimate.interval(0.05), ">=", estimate.value) is True
    assert side(estimate.interval(0.05), ">=", math.nextafter(estimate.value, 1)) is False


def test_of_one_unit_the_least_mean_is_its_mean() -> None:
    sample = np.array([0.3, 0.1, 0.4, 0.1, 0.5])
    least, mean = LeastMean(sample[None]), Mean(sample)
    assert least.interval(0.02) == pytest.approx(mean.interval(0.02))
    assert least.p_value(">=", 0.1) == pytest.approx(mean.p_value(">=", 0.1))


def test_the_lower_end_of_the_least_mean_pays_nothing_for_many_units() -> None:
    rng = np.random.default_rng(0)
    cheap, dear = rng.normal(1, 1, 50), rng.normal(9, 1, (20, 50))
    alone, among = LeastMean(cheap[None]), LeastMean(np.vstack([cheap[None], dear]))
    assert among.interval(0.05)[0] == pytest.approx(alone.interval(0.05)[0])
    assert among.interval(0.05)[1] == pytest.approx(alone.interval(0.05 / 21)[1])
