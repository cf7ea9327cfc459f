"""Sampling until decided: bounds that hold whenever one stops, exactly and not by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from circuitspec.language.spec import Comparison
from circuitspec.statistics.decide import Question, decide
from circuitspec.statistics.estimate import side
from circuitspec.statistics.proportion import Proportion
from circuitspec.statistics.sequential import (
    AnytimeShare,
    cautious_level,
    log_ratio,
    sample_until_decided,
)

from .test_estimate import assert_dual, comparisons, levels


@st.composite
def counts(draw: st.DrawFn) -> AnytimeShare:
    n = draw(st.integers(1, 60))
    return AnytimeShare(draw(st.integers(0, n)), n, n)


@given(counts(), comparisons, st.floats(0, 1))
@settings(max_examples=60)
def test_interval_and_p_value_are_dual(
    share: AnytimeShare, comparison: Comparison, threshold: float
) -> None:
    assert_dual(share, comparison, threshold)


@given(counts(), levels)
def test_an_interval_holds_the_share_and_that_for_a_fixed_number(
    share: AnytimeShare, level: float
) -> None:
    low, high = share.interval(level)
    assert 0 <= low <= share.value <= high <= 1
    fixed_low, fixed_high = Proportion(share.successes, share.n).interval(level)
    assert low <= fixed_low + 1e-9
    assert fixed_high <= high + 1e-9


@given(counts(), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_evidence_falls_as_what_it_speaks_against_rises(
    share: AnytimeShare, one: float, other: float
) -> None:
    ratios = [
        log_ratio(share.successes, share.n - share.successes, x) for x in sorted((one, other))
    ]
    assert ratios[0] >= ratios[1] - 1e-9 or ratios[0] <= 1e-9


@pytest.mark.parametrize(("successes", "failures"), [(0, 5), (3, 2), (9, 0), (30, 12)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_ratio_is_the_mean_likelihood_above_by_that_at_the_share(
    successes: int, failures: int, share: float
) -> None:
    def likelihood(x: float) -> float:
        return float(stats.binom.pmf(successes, successes + failures, x))

    mean = integrate.quad(likelihood, share, 1)[0] / (1 - share)
    expected = np.log(mean / likelihood(share))
    assert log_ratio(successes, failures, share) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("truth", [0.1, 0.5, 0.9, 0.95])
def test_the_probability_that_any_interval_ever_misses(truth: float) -> None:
    """Exactly, over all sequences of 150 draws: what is left after the first miss is followed no
    more."""
    level, most = 0.1, 150
    alive = np.ones(1)  # alive[k]: no miss so far and k successes
    above = below = 0.0
    for n in range(1, most + 1):
        alive = np.append(alive * (1 - truth), 0) + np.append(0, alive * truth)
        for k in range(n + 1):
            if alive[k] < 1e-12:
                continue
            # The p-value is dual to the interval and quicker.
            if AnytimeShare(k, n, most).p_value(">=", truth) <= level:
                above += alive[k] * (k / n > truth)
                below += alive[k] * (k / n < truth)
                alive[k] = 0.0
    assert above <= level / 2
    assert below <= level / 2
    assert above + below > level / 20  # not as safe as to be idle


def test_looking_at_fixed_intervals_until_one_decides_would_not_do() -> None:
    """Why there is a sequence: Clopper and Pearson's interval, looked at after every draw."""
    alive, missed = np.ones(1), 0.0
    for n in range(1, 151):
        alive = np.append(alive / 2, 0) + np.append(0, alive / 2)
        for k in range(n + 1):
            if alive[k] and Proportion(k, n).p_value(">=", 0.5) <= 0.1:
                missed, alive[k] = missed + alive[k], 0.0
    assert missed > 0.25


def draws(truth: float, seed: int) -> object:
    def draw(first: int, count: int) -> np.ndarray:
        return np.array(
            [np.random.default_rng([seed, first + i]).random() < truth for i in range(count)]
        )

    return draw


@pytest.mark.parametrize(("truth", "answer"), [(0.5, False), (0.999, True)])
def test_it_stops_when_it_knows(truth: float, answer: bool) -> None:
    found = sample_until_decided(draws(truth, 1), ">=", 0.9, 0.05, 400)  # type: ignore[arg-type]
    assert found.n < 100
    assert side(found.interval(0.05), ">=", 0.9) is answer


def test_it_stops_at_the_most_there_may_be() -> None:
    found = sample_until_decided(draws(0.9, 1), ">=", 0.9, 0.001, 70, block=16)  # type: ignore[arg-type]
    assert found.n == 70
    assert side(found.interval(0.001), ">=", 0.9) is None


def test_blocks_change_when_it_stops_and_nothing_else() -> None:
    one = sample_until_decided(draws(0.2, 4), ">=", 0.9, 0.05, 64)  # type: ignore[arg-type]
    block = sample_until_decided(draws(0.2, 4), ">=", 0.9, 0.05, 64, block=16)  # type: ignore[arg-type]
    assert one.n <= block.n == 16


def test_what_is_drawn_in_any_case_is_not_looked_at_before() -> None:
    found = sample_until_decided(draws(1.0, 1), ">=", 0.2, 0.05, 400)  # type: ignore[arg-type]
    assert found.n < 50
    more = sample_until_decided(draws(1.0, 1), ">=", 0.2, 0.05, 400, least=100, block=25)  # type: ignore[arg-type]
    assert more.n == 100
    few = sample_until_decided(draws(1.0, 1), ">=", 0.2, 0.05, 60, least=100, block=25)  # type: ignore[arg-type]
    assert few.n == 60


def test_a_wrong_number_of_outcomes_is_refused() -> None:
    with pytest.raises(ValueError, match="outcomes of 4 draws"):
        sample_until_decided(lambda _first, _count: np.ones(3, bool), ">=", 0.5, 0.05, 9, block=4)


def test_what_was_decided_while_sampling_stays_decided() -> None:
    """Holm may judge the claim at any level from level / claims on."""
    level = cautious_level(0.05, 3)
    found = sample_until_decided(draws(0.99, 2), ">=", 0.8, level, 500)  # type: ignore[arg-type]
    hopeless = Question(AnytimeShare(5, 10, 10), ">=", 0.5)
    decisions = decide([hopeless, Question(found, ">=", 0.8), hopeless], 0.05)
    assert decisions[1] is not None
    assert decisions[1].answer is True


def test_what_so_many_draws_can_show() -> None:
    assert AnytimeShare(3, 5, 20).attainable_p(">=", 0.9) == pytest.approx(
        AnytimeShare(20, 20, 20).p_value(">=", 0.9)
    )
    assert AnytimeShare(3, 5, 20).attainable_p("<=", 0.1) < AnytimeShare(0, 5, 5).p_value("<=", 0.1)
    with pytest.raises(ValueError, match="is no share"):
        AnytimeShare(3, 2, 9)
