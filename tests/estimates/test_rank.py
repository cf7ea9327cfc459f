"""Controls that are beaten, proportions, and Holm's adjusted p-values."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from circuitspec.language.spec import Comparison
from circuitspec.statistics.estimate import drawn, side
from circuitspec.statistics.holm import holm_adjusted
from circuitspec.statistics.proportion import Proportion
from circuitspec.statistics.rank import Beaten, beaten

from .test_estimate import assert_dual, comparisons, levels


@st.composite
def proportions(draw: st.DrawFn) -> Proportion:
    n = draw(st.integers(1, 40))
    return Proportion(draw(st.integers(0, n)), n)


@given(proportions(), comparisons, st.floats(0, 1))
def test_interval_and_p_value_of_a_proportion_are_dual(
    proportion: Proportion, comparison: Comparison, threshold: float
) -> None:
    assert_dual(proportion, comparison, threshold)


@given(proportions(), levels)
def test_the_interval_of_a_proportion_is_statsmodels(proportion: Proportion, level: float) -> None:
    expected = proportion_confint(proportion.successes, proportion.n, level, "beta")
    assert proportion.interval(level) == pytest.approx(tuple(map(float, expected)), abs=1e-7)


@pytest.mark.parametrize("truth", [0.05, 0.5, 0.9, 0.95])
def test_a_proportion_errs_as_often_as_it_says_at_most(truth: float) -> None:
    """Exactly, over all outcomes of 99 draws."""
    above = below = 0.0
    for k in range(100):
        low, high = Proportion(k, 99).interval(0.05)
        probability = float(stats.binom.pmf(k, 99, truth))
        above += probability * (low > truth)
        below += probability * (high < truth)
    assert above <= 0.025
    assert below <= 0.025


def test_the_rank_has_the_one_on_both_sides() -> None:
    controls = np.array([1.0, 2.0, 3.0, 4.0])
    assert beaten(5.0, controls).rank_p == 1 / 5
    assert beaten(3.5, controls).rank_p == 2 / 5
    assert beaten(0.0, controls).rank_p == 1.0
    assert beaten(0.0, controls, better="less").rank_p == 1 / 5
    assert beaten(0.0, controls).attainable_rank_p == 1 / 5


def test_a_tie_counts_against() -> None:
    found = beaten(2.0, np.array([2.0, 1.0, 3.0]))
    assert (found.successes, found.rank_p) == (1, 3 / 4)
    assert beaten(2.0, np.array([2.0, 1.0, 3.0]), better="less").successes == 1


def test_the_rank_of_one_among_its_like_is_uniform() -> None:
    """Exactly, over all orders: p is at most any level with that probability or less."""
    ranks = [beaten(order[0], np.array(order[1:])).rank_p for order in permutations(range(6))]
    for level in (0.1, 1 / 6, 0.2, 0.5, 2 / 3, 1.0):
        assert np.mean(np.array(ranks) <= level + 1e-12) <= level + 1e-12


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        beaten(bad, np.ones(3))
    with pytest.raises(ValueError, match="must be finite"):
        beaten(1.0, np.array([1.0, bad]))
    with pytest.raises(ValueError, match="no controls"):
        beaten(1.0, np.array([]))


def test_how_many_controls_it_takes() -> None:
    # All of n beaten: the lower end is (level / 2) ** (1 / n).
    assert Beaten(99, 99).attainable_p(">=", 0.95) == pytest.approx(2 * 0.95**99)
    assert side(Beaten(99, 99).interval(0.0126), ">=", 0.95) is True
    assert side(Beaten(99, 99).interval(0.0124), ">=", 0.95) is None
    assert Beaten(9, 19).attainable_p(">=", 0.95) == pytest.approx(2 * 0.95**19)
    assert drawn(Beaten(3, 4)) == "controls"


def test_no_proportion_of_nothing() -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        Proportion(0, 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=25)  # statsmodels collects all garbage in every call
def test_holms_adjusted_p_values_are_statsmodels(ps: list[float]) -> None:
    expected = multipletests(ps, 0.05, method="holm")[1]
    assert holm_adjusted(np.array(ps)) == pytest.approx(expected)
