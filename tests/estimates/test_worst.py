"""The worst of several estimates: interval and p-value as two sides of one thing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.betting import BettingMean
from circuitspec.statistics.estimate import Estimate, Mean, drawn
from circuitspec.statistics.worst import Worst, p_by_search

COMPARISONS: tuple[Comparison, ...] = ("<=", ">=")

shares = st.lists(st.integers(0, 10).map(lambda x: x / 10), min_size=2, max_size=20).map(np.array)
estimates = st.lists(st.one_of(shares.map(Mean), shares.map(BettingMean)), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)
@given(estimates, st.sampled_from(COMPARISONS), st.floats(0.05, 0.95))
def test_interval_and_p_value_are_dual(
    parts: list[Estimate], comparison: Comparison, threshold: float
) -> None:
    worst = Worst(tuple(parts), comparison)
    p, searched = (
        worst.p_value(comparison, threshold),
        p_by_search(worst, comparison, threshold),
    )
    # A search ends at 1e-15, and near 1 an interval is hardly one.
    assert p == pytest.approx(searched, rel=1e-4, abs=1e-12) or min(p, searched) > 0.9


def test_it_counts_what_its_smallest_part_counts() -> None:
    few, many = Mean(np.arange(3.0), unit="templates"), Mean(np.arange(9.0), unit="windows")
    assert drawn(Worst((many, few), ">=")) == "templates"


def test_the_worst_pays_for_the_end_that_it_would_be_refuted_by_alone() -> None:
    rng = np.random.default_rng(0)
    good, bad = Mean(rng.normal(1, 1, 50)), Mean(rng.normal(3, 1, 50))
    worst = Worst((good, bad, bad), ">=")
    assert worst.value == good.value
    assert worst.interval(0.05) == (good.interval(0.05)[0], good.interval(0.05 / 3)[1])
    assert worst.p_value(">=", 0.5) == good.p_value(">=", 0.5)
    assert worst.p_value(">=", 1.5) == pytest.approx(3 * good.p_value(">=", 1.5))
