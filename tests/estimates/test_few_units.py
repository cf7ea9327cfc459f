"""Bounds for few units: cautious means and means of bounded numbers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from circuitspec.statistics.betting import BettingMean, log_capital
from circuitspec.statistics.estimate import Estimate, Mean, drawn
from circuitspec.statistics.least_mean import LeastMean
from circuitspec.statistics.skewed_mean import CAUTIOUS, bounds
from circuitspec.statistics.units import Units

from .test_estimate import assert_dual, comparisons, levels, numbers

shares = st.lists(st.floats(0, 1).map(lambda x: round(x, 3)), min_size=1, max_size=12)
samples = st.lists(numbers, min_size=2, max_size=12)


def cautious(sample: list[float]) -> Mean:
    return Mean(np.array(sample), unit="templates", caution=CAUTIOUS)


@given(samples, comparisons, numbers)
def test_interval_and_p_value_of_a_cautious_mean_are_dual(
    sample: list[float], comparison: str, threshold: float
) -> None:
    assert_dual(cautious(sample), comparison, threshold)  # type: ignore[arg-type]


@given(samples, levels)
def test_a_cautious_interval_holds_students(sample: list[float], level: float) -> None:
    low, high = cautious(sample).interval(level)
    values = np.array(sample)
    if np.ptp(values) == 0:
        assert low == high == pytest.approx(values[0])
        return
    student = stats.ttest_1samp(values, 0).confidence_interval(1 - level)
    assert low <= student.low + 1e-9
    assert student.high <= high + 1e-9


def test_a_cautious_mean_errs_as_often_as_it_says_on_ten_skewed_numbers() -> None:
    rng = np.random.default_rng(3)
    for draw, truth in (
        (rng.exponential(1.0, (4000, 10)), 1.0),
        (rng.lognormal(0.0, 0.5, (4000, 10)), np.exp(0.125)),
        (rng.lognormal(0.0, 1.0, (4000, 10)), np.exp(0.5)),
    ):
        ends = bounds(draw, 0.025, 0.025, CAUTIOUS)
        wrong = int(((ends[:, 0] > truth) | (ends[:, 1] < truth)).sum())
        assert stats.binomtest(wrong, 4000, 0.05, alternative="greater").pvalue > 0.001
        plain = bounds(draw, 0.025, 0.025)
        assert (plain[:, 1] < truth).mean() > 0.045  # why there is caution


@given(shares, comparisons, st.floats(0, 1))
@settings(max_examples=40)
def test_interval_and_p_value_of_a_bet_are_dual(
    sample: list[float], comparison: str, threshold: float
) -> None:
    assert_dual(BettingMean(np.array(sample)), comparison, threshold)  # type: ignore[arg-type]


@given(shares, levels)
@settings(max_examples=40)
def test_an_interval_by_betting_holds_the_mean_and_shrinks(
    sample: list[float], level: float
) -> None:
    bet = BettingMean(np.array(sample))
    low, high = bet.interval(level)
    inner_low, inner_high = bet.interval(min(1.5 * level, 0.9))
    assert 0 <= low <= inner_low <= bet.value <= inner_high <= high <= 1


@pytest.mark.parametrize("truth", [0.02, 0.3, 0.5, 0.77, 0.9, 0.99])
def test_bets_on_coins_err_as_often_as_they_say_at_most(truth: float) -> None:
    """Exactly: all outcomes of ten tosses, weighted with their probability."""
    above = below = 0.0
    for successes in range(11):
        sample = np.repeat([1.0, 0.0], [successes, 10 - successes])
        low, high = BettingMean(sample).interval(0.1)
        probability = float(stats.binom.pmf(successes, 10, truth))
        above += probability * (low > truth)
        below += probability * (high < truth)
    assert above <= 0.05
    assert below <= 0.05


@pytest.mark.parametrize("seen", [0.4, 0.9, 1.0])
def test_a_rare_kind_of_template_is_reckoned_with(seen: float) -> None:
    """Nine kinds in ten give one number, the tenth 0: a third of all samples see nothing of it."""
    truth, wrong = 0.9 * seen, 0.0
    for zeros in range(11):
        sample = np.repeat([seen, 0.0], [10 - zeros, zeros])
        probability = float(stats.binom.pmf(zeros, 10, 0.1))
        low, high = BettingMean(sample).interval(0.05)
        wrong += probability * (not low <= truth <= high)
    assert wrong <= 0.05
    student = bounds(np.array([seen] * 9 + [seen]), 0.025, 0.025)
    assert student[0] > truth  # an interval from the spread alone misses it


def test_the_capital_is_the_evidence_of_a_mixture_of_coins() -> None:
    """Against a mean m, betting c on coins is the likelihood ratio of a coin with m + c (1 - m)."""
    m, bets = 0.3, 2.0 ** (-np.arange(13) / 2)
    weights = np.array([0.5] + [0.5 / 12] * 12)
    for k, n in ((3, 7), (7, 7), (0, 4)):
        ratios = [stats.binom.pmf(k, n, m + c * (1 - m)) / stats.binom.pmf(k, n, m) for c in bets]
        sample = np.repeat([1.0, 0.0], [k, n - k])
        assert log_capital(sample, m) == pytest.approx(np.log(weights @ np.array(ratios)))


def test_of_perfect_units_the_bound_is_nearly_the_exact_one() -> None:
    # The other half of the capital wins as well, if less.
    low, _ = BettingMean(np.ones(10)).interval(0.05)
    assert (0.05 / 4) ** 0.1 < low < (0.05 / 2) ** 0.1


def test_between_other_ends() -> None:
    sample = np.array([0.1, 0.5, 0.7, 0.2])
    plain = BettingMean(sample)
    wide = BettingMean(10 * sample - 5, least=-5.0, most=5.0)
    assert wide.interval(0.2) == pytest.approx([10 * end - 5 for end in plain.interval(0.2)])
    assert wide.p_value(">=", -4.0) == pytest.approx(plain.p_value(">=", 0.1))
    with pytest.raises(ValueError, match="not all numbers are from 0 to 1"):
        BettingMean(np.array([0.5, 1.5]))


def test_no_sample_does_better_than_the_attainable_p() -> None:
    for bits in product([0.0, 1.0], repeat=5):
        bet = BettingMean(np.array(bits))
        if bet.value > 0.6:
            assert bet.p_value(">=", 0.6) >= bet.attainable_p(">=", 0.6) - 1e-12
    assert BettingMean(np.ones(5)).attainable_p("<=", 0.9) < 0.01


@pytest.mark.parametrize(
    "make",
    [
        lambda units: units.mean(np.array([0.1, 0.2, 0.4, 0.9])),
        lambda units: units.share(np.array([[1, 1], [1, 0], [0, 0], [1, 1]], dtype=bool)),
        lambda units: units.least_mean(np.array([[0.1, 0.2, 0.4, 0.9], [3.0, 3.0, 2.0, 1.0]])),
    ],
)
def test_what_an_estimate_counts(make: object) -> None:
    templates = ["a", "b", "a", "c"]
    over_pairs: Estimate = make(Units.of("pairs", templates))  # type: ignore[operator]
    over_templates: Estimate = make(Units.of("templates", templates))  # type: ignore[operator]
    of_all: Estimate = make(Units.of("templates", templates, exact=True))  # type: ignore[operator]
    assert (over_pairs.n, drawn(over_pairs)) == (4, "pairs")
    assert (over_templates.n, drawn(over_templates)) == (3, "templates")
    assert of_all.exact
    assert of_all.value == over_pairs.value


def test_more_pairs_of_the_same_templates_show_nothing_more() -> None:
    """The interval over pairs shrinks with them, the one over templates does not."""
    rng = np.random.default_rng(5)
    effect = rng.normal(1.0, 0.5, 10)
    widths = []
    for copies in (2, 50):
        names = np.repeat([f"t{i}" for i in range(10)], copies)
        sample = np.repeat(effect, copies) + rng.normal(0, 0.01, 10 * copies)
        for unit in ("pairs", "templates"):
            low, high = Units.of(unit, list(names)).mean(sample).interval(0.05)  # type: ignore[arg-type]
            widths.append(high - low)
    few_pairs, few_templates, many_pairs, many_templates = widths
    assert many_pairs < few_pairs / 3
    assert many_templates == pytest.approx(few_templates, rel=0.05)


def test_the_least_of_cautious_means_is_dual_too() -> None:
    rng = np.random.default_rng(2)
    samples = rng.lognormal(size=(4, 10))
    least = LeastMean(samples, unit="templates", caution=CAUTIOUS)
    for threshold in (0.3, 0.9, 4.0):
        assert_dual(least, ">=", threshold)
    alone = LeastMean(samples[:1], unit="templates", caution=CAUTIOUS)
    assert alone.interval(0.03) == pytest.approx(cautious(list(samples[0])).interval(0.03))
