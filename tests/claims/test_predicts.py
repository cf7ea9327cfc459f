"""Predictions: the whole model on another task, with what the circuit does there beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from verify.toy import toy_task

from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.predicts import weigh_predicts
from circuitspec.claims.trial import Trial
from circuitspec.language.claim_words import Comparison, Metric
from circuitspec.language.claims import Predicts
from circuitspec.tasks.task import Task

from .interchanged import difference, random_task, trial_of, verdict_on


def predict(metric: Metric, comparison: Comparison, threshold: float) -> Predicts:
    return Predicts(
        text="fillers as loud as the answer confuse the whole model",
        task="loud",
        metric=metric,
        comparison=comparison,
        threshold=threshold,
    )


def trial(task: Task, *, gain: float = 2.0, noise: float = 3.0) -> Trial:
    return replace(trial_of(toy_task(), gain=gain, noise=noise), tasks={"loud": task})


LOUD = random_task(200)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (predict("accuracy", "<=", 0.9), "confirmed"),
        (predict("accuracy", ">=", 0.5), "confirmed"),
        (predict("accuracy", ">=", 0.95), "refuted"),
        (predict("loss", ">=", 0.1), "confirmed"),
        (predict("loss", "<=", 0.1), "refuted"),
    ],
)
def test_either_metric_on_either_side(claim: Predicts, verdict: str) -> None:
    assert verdict_on(claim, trial(LOUD)).verdict == verdict


def test_the_numbers_are_those_of_the_sums() -> None:
    found = weigh_predicts(predict("accuracy", "<=", 0.9), trial(LOUD))
    losses, right = [], []
    for pair in LOUD.verifying:
        d = [difference(p, gain=2.0, noise=3.0, carry={}, said={}) for p in pair.prompts]
        losses.append(np.logaddexp(0, -np.array(d)).mean())
        right.append(np.mean(np.array(d) > 1e-9))
    assert found.question is not None
    assert found.question.estimate.value == pytest.approx(np.mean(right), abs=0.02)  # ties
    loss = weigh_predicts(predict("loss", ">=", 0.1), trial(LOUD)).question
    assert loss is not None
    assert loss.estimate.value == pytest.approx(np.mean(losses), abs=1e-5)


def test_the_circuit_alone_is_shown_and_decides_nothing() -> None:
    result = verdict_on(predict("accuracy", "<=", 0.9), trial(LOUD))
    parts = {part.what: part.estimate for part in result.parts}
    assert parts["full model"] == result.estimate
    assert parts["circuit alone"] == 1.0  # it does not hear the fillers


def test_it_is_of_the_other_task_and_not_of_the_spec_s() -> None:
    quiet_task = random_task(60, seed=9)
    result = verdict_on(predict("accuracy", ">=", 0.9), trial(quiet_task, gain=30.0))
    assert result.verdict == "confirmed"
    assert result.n == 60


def test_a_task_of_few_pairs_can_show_nothing() -> None:
    few = replace(LOUD, verifying=LOUD.verifying[:2])
    assert verdict_on(predict("accuracy", ">=", 0.5), trial(few)).verdict == "vacuous"
    one = replace(LOUD, verifying=LOUD.verifying[:1])
    assert verdict_on(predict("accuracy", ">=", 0.5), trial(one)).verdict == "vacuous"


def test_a_finite_task_is_answered_exactly() -> None:
    whole = replace(LOUD, exact=True)
    result = verdict_on(predict("accuracy", "<=", 0.9), trial(whole))
    assert result.exact
    assert result.verdict == "confirmed"


def test_templates_that_differ_are_told() -> None:
    (fact,) = weigh_predicts(predict("accuracy", "<=", 0.9), trial(LOUD)).facts
    assert fact.startswith("accuracy by template: from ")
    assert "10 templates" in fact


def test_a_task_that_is_not_there_is_an_error() -> None:
    with pytest.raises(MeasurementError, match="the task loud was not handed to the run"):
        weigh_predicts(predict("loss", ">=", 0.1), trial_of(toy_task()))


def test_a_nan_is_an_error() -> None:
    broken = trial(LOUD)
    broken.circuit.model.transformer.unembed[2, 2] = float("nan")
    with pytest.raises(MeasurementError, match="NaN"):
        weigh_predicts(predict("loss", ">=", 0.1), broken)
