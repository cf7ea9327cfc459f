"""The shapes of a run: the share of nonzero weights, and the learning rate that rises with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.training import tiny_config

from circuitspec.train.config import SparsityConfig, TrainConfig
from circuitspec.train.learning_rate import learning_rate
from circuitspec.train.weight_sparsity import nonzero_fraction

LINEAR = SparsityConfig(nonzero_fraction=0.1, anneal_from=0.2, anneal_until=0.6)
EXPONENTIAL = SparsityConfig(
    nonzero_fraction=0.01, anneal_from=0.2, anneal_until=0.6, anneal="exponential"
)


@pytest.mark.parametrize(
    ("progress", "fraction"),
    [(0.0, 1.0), (0.2, 1.0), (0.3, 0.775), (0.4, 0.55), (0.6, 0.1), (0.9, 0.1), (1.0, 0.1)],
)
def test_weights_thin_out_linearly(progress: float, fraction: float) -> None:
    assert nonzero_fraction(LINEAR, progress) == pytest.approx(fraction)


@pytest.mark.parametrize(
    ("progress", "fraction"), [(0.0, 1.0), (0.2, 1.0), (0.4, 0.1), (0.5, 0.0316228), (0.7, 0.01)]
)
def test_weights_thin_out_exponentially(progress: float, fraction: float) -> None:
    assert nonzero_fraction(EXPONENTIAL, progress) == pytest.approx(fraction)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([LINEAR, EXPONENTIAL]))
def test_weights_never_thicken(one: float, other: float, config: SparsityConfig) -> None:
    earlier, later = sorted((one, other))
    assert nonzero_fraction(config, earlier) >= nonzero_fraction(config, later)
    assert config.nonzero_fraction * (1 - 1e-12) <= nonzero_fraction(config, later) <= 1


def rates(config: TrainConfig) -> list[float]:
    return [learning_rate(config, step) for step in range(config.steps)]


def run_with(*, steps: int, warmup: float, **sparsity: object) -> TrainConfig:
    dense = {"nonzero_fraction": 1.0, "anneal_from": 0.0, "anneal_until": 1.0}
    return tiny_config(
        steps=steps,
        optimizer={"learning_rate": 0.5, "warmup": warmup},
        sparsity=dense | sparsity,
    )


def test_a_dense_run_warms_up_and_decays_linearly() -> None:
    config = run_with(steps=100, warmup=0.1)
    assert rates(config) == pytest.approx(
        [0.5 * (step + 1) / 11 for step in range(10)]
        + [0.5 * (100 - step) / 90 for step in range(10, 100)]
    )


def test_without_warmup_the_first_rate_is_the_peak() -> None:
    assert rates(run_with(steps=4, warmup=0.0)) == pytest.approx([0.5, 0.375, 0.25, 0.125])


def test_the_rate_rises_as_the_weights_thin_out() -> None:
    """At a nonzero fraction f it is sqrt(final fraction / f) times that of the final sparsity."""
    config = run_with(steps=10, warmup=0.0, nonzero_fraction=0.01, anneal_until=0.5)
    assert learning_rate(config, 0) == pytest.approx(0.5 * 0.01**0.5)
    fraction = 1 - 0.99 * 0.4
    assert learning_rate(config, 2) == pytest.approx(0.5 * 0.8 * (0.01 / fraction) ** 0.5)
    assert learning_rate(config, 5) == pytest.approx(0.5 * 0.5)
    assert max(rates(config)) == learning_rate(config, 5)


def test_every_rate_is_positive() -> None:
    assert min(rates(run_with(steps=7, warmup=0.5, nonzero_fraction=0.001))) > 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Not A Name"}, "name"),
        ({"steps": 0}, "steps"),
        ({"epochs": 3}, "epochs"),
        ({"sparsity": {"nonzero_fraction": 0.5, "anneal_from": 0.5, "anneal_until": 0.5}}, "after"),
        ({"sparsity": {"nonzero_fraction": 0.0}}, "nonzero_fraction"),
        ({"data": {"sequence_length": 999}}, "longer than model.n_ctx"),
        ({"optimizer": {"learning_rate": -1}}, "learning_rate"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        tiny_config(**changes)
