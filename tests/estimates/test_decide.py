"""Holm's procedure: statsmodels is the oracle, and each interval agrees with its decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from circuitspec.language.spec import Comparison
from circuitspec.statistics.decide import Question, decide
from circuitspec.statistics.estimate import Bounds, Mean, side


@dataclass(frozen=True)
class Known:
    """An estimate of 1 that is above 0 with a given p-value."""

    p: float
    value: float = 1.0
    n: int = 100
    exact: bool = False

    def interval(self, level: float) -> Bounds:
        return (0.5, 1.5) if self.p <= level else (-0.5, 1.5)

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        return self.p

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        return 0.0


p_values = st.floats(0.0, 0.3)


@given(st.lists(p_values, min_size=1, max_size=8))
@settings(max_examples=20)  # statsmodels collects all garbage in every call
def test_what_is_decided_is_what_statsmodels_rejects(ps: list[float]) -> None:
    ordered, m = sorted(ps), len(ps)
    assume(all(abs(p * (m - rank) - 0.05) > 1e-9 for rank, p in enumerate(ordered)))
    decisions = decide([Question(Known(p), ">=", 0.0) for p in ps], 0.05)
    expected = multipletests(ps, 0.05, method="holm")[0]
    assert [d is not None and d.answer is True for d in decisions] == list(expected)


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.sampled_from(["<=", ">="])), min_size=1, max_size=5),
    st.floats(0.001, 0.5),
)
@settings(max_examples=40)
def test_an_interval_and_its_decision_agree(
    claims: list[tuple[float, Comparison]], level: float
) -> None:
    sample = np.random.default_rng(1).normal(size=20)
    questions = [Question(Mean(sample + shift), c, 0.0) for shift, c in claims]
    for question, decision in zip(questions, decide(questions, level), strict=True):
        assert decision is not None
        assert decision.interval == question.estimate.interval(decision.level)
        assert decision.answer == side(decision.interval, question.comparison, question.threshold)


def test_levels_rise_until_a_claim_cannot_be_decided() -> None:
    # 0.04 would be decided alone, but stands behind 0.03, which fails at 0.05 / 2.
    decisions = decide([Question(Known(p), ">=", 0.0) for p in (0.04, 0.001, 0.03)], 0.05)
    assert [d and d.answer for d in decisions] == [None, True, None]
    assert [d and d.level for d in decisions] == [0.025, 0.05 / 3, 0.025]


def test_a_claim_without_an_estimate_counts() -> None:
    decisions = decide([None, Question(Known(0.03), ">=", 0.0)], 0.05)
    assert decisions[0] is None
    assert decisions[1] is not None
    assert decisions[1].answer is None
    assert decisions[1].level == 0.025


def test_no_claims() -> None:
    assert decide([], 0.05) == ()
