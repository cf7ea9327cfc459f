"""The area under the ROC curve over units: against definitions, and how often its interval errs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from circuitspec.language.claim_words import Comparison
from circuitspec.statistics.auc import Auc
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.worst import p_by_search

LEVEL = 0.05
Rng = np.random.Generator


def by_unit(first: Floats, second: Floats) -> Auc:
    """From [unit, number] of both groups."""
    units = np.arange(len(first))
    return Auc(
        first.ravel(),
        second.ravel(),
        np.repeat(units, first.shape[1]),
        np.repeat(units, second.shape[1]),
    )


def plain(auc: Auc, *, own: bool) -> float:
    """The definition, comparison by comparison."""
    areas = []
    for i in np.unique(auc.first_unit):
        for j in np.unique(auc.second_unit):
            if i == j and not own:
                continue
            mine, theirs = auc.first[auc.first_unit == i], auc.second[auc.second_unit == j]
            wins = [float(x > y) + 0.5 * float(x == y) for x in mine for y in theirs]
            areas.append(np.mean(wins))
    return float(np.mean(areas))


@st.composite
def aucs(draw: st.DrawFn) -> Auc:
    values = st.integers(0, 6).map(float)
    groups = []
    for _ in range(2):
        numbers = draw(st.lists(st.tuples(values, st.integers(0, 5)), min_size=1, max_size=25))
        groups.append([*numbers, (draw(values), draw(st.sampled_from([7, 8])))])
    (first, first_unit), (second, second_unit) = (
        (np.array([x for x, _ in group]), np.array([unit for _, unit in group])) for group in groups
    )
    return Auc(first, second, first_unit, second_unit)


@given(aucs())
@settings(deadline=None)
def test_the_area_is_what_it_is_defined_to_be(auc: Auc) -> None:
    assert auc.value == pytest.approx(plain(auc, own=False))


def test_where_the_units_are_all_there_are_comparisons_within_one_belong_to_it() -> None:
    first, second = np.array([2.0, 0.0]), np.array([1.0, 0.0])
    units = np.array([0, 1])
    sample = Auc(first, second, units, units)
    everything = Auc(first, second, units, units, exact=True)
    assert sample.value == plain(sample, own=False) == 0.5
    assert everything.value == plain(everything, own=True) == 0.625
    assert everything.interval(LEVEL) == (0.625, 0.625)
    assert everything.p_value(">=", 0.7) == 0.0


def test_of_units_with_one_number_each_it_is_mann_whitneys() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(1, 1, 40), rng.normal(0, 1, 60)
    auc = Auc(first, second, np.arange(40), np.arange(40, 100))
    u = stats.mannwhitneyu(first, second).statistic
    assert auc.value == pytest.approx(u / (40 * 60))
    # DeLong, DeLong and Clarke-Pearson 1988: variances of placements, over their numbers.
    wins = np.greater.outer(first, second)
    delong = wins.mean(axis=1).var(ddof=1) / 40 + wins.mean(axis=0).var(ddof=1) / 60
    low, high = auc.interval(0.5)
    width = 2 * stats.norm.isf(0.25) * np.sqrt(delong)
    assert high - low == pytest.approx(width, rel=0.05)


@given(aucs(), st.sampled_from(["<=", ">="]), st.floats(0.02, 0.98))
@settings(max_examples=25, deadline=None)
def test_interval_and_p_value_are_dual(auc: Auc, comparison: Comparison, threshold: float) -> None:
    p, searched = auc.p_value(comparison, threshold), p_by_search(auc, comparison, threshold)
    assert p == pytest.approx(searched, rel=1e-4, abs=1e-9) or min(p, searched) > 0.9


@given(aucs(), st.floats(1e-6, 0.5))
@settings(deadline=None)
def test_an_interval_holds_its_area_and_shrinks_with_confidence(auc: Auc, level: float) -> None:
    low, high = auc.interval(level)
    inner_low, inner_high = auc.interval(1.5 * level)
    assert 0 <= low <= inner_low + 1e-12 <= auc.value + 2e-12
    assert auc.value - 2e-12 <= inner_high - 1e-12 <= high <= 1


def test_units_that_all_comply_leave_room_for_some_that_do_not() -> None:
    auc = by_unit(np.ones((20, 3)), np.zeros((20, 5)))
    assert auc.value == 1
    # Ten pairs of units are independent; the exact bound of 10 successes in 10.
    assert auc.interval(LEVEL) == (pytest.approx(0.025**0.1), 1.0)
    assert auc.p_value(">=", 0.9) == auc.attainable_p(">=", 0.9) == pytest.approx(2 * 0.9**10)
    # A mirror image.
    mirror = by_unit(np.zeros((20, 3)), np.ones((20, 5)))
    assert mirror.interval(LEVEL) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert mirror.p_value("<=", 0.1) == mirror.attainable_p("<=", 0.1)


def test_units_of_only_one_group_are_paired_with_those_of_the_other() -> None:
    apart = Auc(np.ones(20), np.zeros(20), np.arange(20), np.arange(20, 40))
    assert apart.n == 20
    assert apart.interval(LEVEL)[0] == pytest.approx(0.025 ** (1 / 20))
    few = Auc(np.ones(3), np.zeros(20), np.arange(3), np.arange(20))
    assert few.n == 3
    assert few.interval(LEVEL)[0] == pytest.approx(0.025 ** (1 / 3))


def test_what_cannot_be_compared_is_refused() -> None:
    nothing, one = np.array([]), np.array([1.0])
    with pytest.raises(ValueError, match="nothing to compare"):
        Auc(nothing, one, nothing.astype(int), np.array([0]))
    with pytest.raises(ValueError, match="finite"):
        Auc(np.array([np.nan]), one, np.array([0]), np.array([1]))


def normal(rng: Rng, units: int, shared: float, apart: float) -> tuple[Auc, float]:
    """Positions of a unit share an offset, or have one each way."""
    offset = rng.normal(size=(units, 1))
    first = rng.normal(1.5, 1, (units, 3)) + (shared + apart) * offset
    second = rng.normal(0, 1, (units, 8)) + (shared - apart) * offset
    scale = np.sqrt(2 + (shared + apart) ** 2 + (shared - apart) ** 2)
    return by_unit(first, second), float(stats.norm.cdf(1.5 / scale))


def turned(rng: Rng, units: int, share: float) -> tuple[Auc, float]:
    """In a share of units both groups are on the wrong side of all others."""
    bad = (rng.random(units) < share)[:, None]
    first = np.where(bad, -5.0, 5.0) + rng.random((units, 3))
    second = np.where(bad, 9.0, 0.0) + rng.random((units, 8))
    return by_unit(first, second), (1 - share) ** 2


def rarely_silent(rng: Rng, units: int, share: float) -> tuple[Auc, float]:
    """All units alike, one position in ten of the first group low; a share of units all low."""
    bad = (rng.random(units) < share)[:, None]
    first = np.where(bad, -1.0, np.r_[np.full(9, 2.0), -1.0])
    return by_unit(first, rng.random((units, 8))), (1 - share) * 0.9


CASES: dict[str, Callable[[Rng, int], tuple[Auc, float]]] = {
    "independent": lambda rng, units: normal(rng, units, 0, 0),
    "shared offsets": lambda rng, units: normal(rng, units, 1, 0),
    "offsets against each other": lambda rng, units: normal(rng, units, 0, 0.7),
    "one in six turned": lambda rng, units: turned(rng, units, 0.17),
    "one in fifty turned": lambda rng, units: turned(rng, units, 0.02),
    "one in a hundred silent": lambda rng, units: rarely_silent(rng, units, 0.01),
}


@pytest.mark.parametrize("units", [16, 96])
@pytest.mark.parametrize("case", CASES)
def test_how_often_the_interval_errs(case: str, units: int) -> None:
    rng, runs, above, below = np.random.default_rng(3), 160, 0, 0
    for _ in range(runs):
        auc, truth = CASES[case](rng, units)
        low, high = auc.interval(LEVEL)
        above += low > truth
        below += high < truth
    for errors in (above, below):
        test = stats.binomtest(errors, runs, LEVEL / 2, alternative="greater")
        assert test.pvalue > 0.001, (above, below)


def test_newcombes_interval_would_not_do() -> None:
    """Why the interval is not method 5 of Newcombe 2006: were this to pass, it could be."""
    rng, runs = np.random.default_rng(3), 250
    above = 0
    for _ in range(runs):
        auc, truth = turned(rng, 16, 0.18)
        above += newcombe_lower(auc.value, 16) > truth
    assert above / runs > 3 * LEVEL / 2


def newcombe_lower(area: float, n: int) -> float:
    """The lower end of Newcombe's method 5 with n units in either group."""
    z = stats.norm.isf(LEVEL / 2)

    def excess(truth: float) -> float:
        shape = 2 * n - 1 - (3 * n - 3) / ((2 - truth) * (1 + truth))
        return float((area - truth) ** 2 - z**2 * truth * (1 - truth) / n**2 * shape)

    return float(optimize.brentq(excess, 1e-9, area - 1e-9))
