"""Correlations over units of many measurements: the number, its error, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from circuitspec.statistics.correlation import Correlation, pearson
from circuitspec.statistics.skewed_mean import Floats


def sums(x: Floats, y: Floats) -> Floats:
    """[6, unit] of [unit, measurement]."""
    return np.array([part.sum(axis=1) for part in (np.ones_like(x), x, y, x * x, y * y, x * y)])


def drawn(kind: str, units: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """[unit, measurement], 20 to a unit, alike within one."""
    shape = (units, 20)
    x, y = np.zeros(shape), np.zeros(shape)
    if kind == "fires once":
        where, size = rng.integers(20, size=units), np.exp(rng.normal(0, 0.5, units))
        x[np.arange(units), where] = size
        y[np.arange(units), where] = size * rng.uniform(0.6, 1.0, units)
        return x, y + rng.normal(0, 0.05, shape)
    rho = float(kind)
    x = rng.normal(size=(units, 1)) + rng.normal(size=shape)
    other = rng.normal(size=(units, 1)) + rng.normal(size=shape)
    return x, rho * x + np.sqrt(1 - rho**2) * other


def test_the_number_is_pearsons() -> None:
    rng = np.random.default_rng(0)
    x, y = drawn("0.5", 30, rng)
    x, y = 100 + x, 3 * y - 7
    estimate = Correlation(sums(x, y))
    expected = stats.pearsonr(x.ravel(), y.ravel()).statistic
    assert estimate.value == pytest.approx(expected, abs=1e-10)
    assert estimate.n == 30
    assert Correlation(sums(x, -y)).value == pytest.approx(-expected, abs=1e-10)


def test_with_one_measurement_to_a_unit_the_interval_is_near_fishers() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    y = 0.6 * x + 0.8 * rng.normal(size=400)
    low, high = Correlation(sums(x[:, None], y[:, None])).interval(0.05)
    fisher = stats.pearsonr(x, y).confidence_interval(0.95)
    assert (low, high) == (
        pytest.approx(fisher.low, abs=0.02),
        pytest.approx(fisher.high, abs=0.02),
    )


def test_interval_and_p_value_are_dual() -> None:
    estimate = Correlation(sums(*drawn("0.5", 25, np.random.default_rng(2))))
    low, high = estimate.interval(0.03)
    assert estimate.p_value(">=", low) == pytest.approx(0.03, rel=1e-6)
    assert estimate.p_value("<=", high) == pytest.approx(0.03, rel=1e-6)


def test_the_same_twice_correlates_by_one_with_no_error() -> None:
    x, _ = drawn("0.5", 25, np.random.default_rng(3))
    estimate = Correlation(sums(x, 2 * x + 1))
    assert estimate.interval(0.05) == pytest.approx((1.0, 1.0), abs=2e-6)
    assert estimate.p_value(">=", 0.99) == 0.0


def test_what_does_not_vary_does_not_correlate() -> None:
    x = np.random.default_rng(4).normal(size=(9, 5))
    assert pearson(sums(x, np.full_like(x, 0.1)).sum(axis=1)) == 0.0
    assert Correlation(sums(x, np.zeros_like(x))).interval(0.05) == (0.0, 0.0)


def test_three_units_say_nothing() -> None:
    estimate = Correlation(sums(*drawn("0.9", 3, np.random.default_rng(5))))
    assert estimate.interval(0.05) == (-1.0, 1.0)
    assert (estimate.p_value(">=", 0.0), estimate.attainable_p(">=", 0.0)) == (1.0, 1.0)
    assert Correlation(estimate.sums, exact=True).interval(0.05) == (estimate.value,) * 2


@pytest.mark.parametrize("units", [12, 96])
@pytest.mark.parametrize("kind", ["0.0", "0.9", "fires once"])
def test_each_bound_fails_about_as_often_as_it_says(kind: str, units: int) -> None:
    rng = np.random.default_rng([units, *kind.encode()])
    truth = float(pearson(sums(*drawn(kind, 20_000, rng)).sum(axis=1)))
    runs, missed = 500, np.zeros(2)
    for _ in range(runs):
        low, high = Correlation(sums(*drawn(kind, units, rng))).interval(0.1)
        missed += (low > truth, high < truth)
    # Of 500 runs that fail with probability 5 %, more than 8.4 % fail once in 3000 times.
    assert (missed / runs < 0.084).all(), missed / runs
