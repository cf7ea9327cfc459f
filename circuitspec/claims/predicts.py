"""Predicts: what the full model does on another task, written before it was run.

A circuit is read as a mechanism, and a mechanism says what becomes of prompts that are made to
break it (Gao et al. 2025, section 3.2: figures 5 and 8). The claim is about the whole model: that
the circuit alone does as it says is what the mechanism already says, and is shown beside it. There
are no premises: a prediction may be of anything, good or bad.
"""

from __future__ import annotations

import numpy as np

from circuitspec.claims.measure import MeasurementError, Measurements, Scores
from circuitspec.claims.parts import RUN_IN_WORDS, parts_of
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Predicts
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate
from circuitspec.tasks.task import Task


def weigh_predicts(claim: Predicts, trial: Trial) -> Weighed:
    """Measure the full model, and the circuit alone, on the other task's verifying pairs.

    Raises:
        MeasurementError: there is no such task, or a run gave no numbers.
    """
    task = trial.tasks.get(claim.task)
    if task is None:
        raise MeasurementError(f"the task {claim.task} was not handed to the run")
    full, keep = _scores(trial, task)
    estimates = {
        RUN_IN_WORDS["model"]: _estimate(claim, trial, task, full),
        RUN_IN_WORDS["circuit"]: _estimate(claim, trial, task, keep),
    }

    return Weighed(
        question=Question(estimates[RUN_IN_WORDS["model"]], claim.comparison, claim.threshold),
        parts=parts_of(estimates),
        facts=_by_template(claim, task, full),
    )


def _scores(trial: Trial, task: Task) -> tuple[Scores, Scores]:
    def measure() -> Arrays:
        runs = Measurements(trial.circuit, task, planned=2, on_progress=trial.runs.on_progress)
        full, keep = runs.full(), runs.keep()
        return {
            "full_loss": full.loss,
            "full_right": full.right,
            "keep_loss": keep.loss,
            "keep_right": keep.right,
        }

    found = trial.store.get({**identity(trial.circuit, task), "measured": "predicts"}, measure)
    full, keep = (Scores(found[f"{run}_loss"], found[f"{run}_right"]) for run in ("full", "keep"))
    return full, keep


def _estimate(claim: Predicts, trial: Trial, task: Task, scores: Scores) -> Estimate:
    units = trial.units(task.verifying, exact=task.exact)
    return units.mean(scores.loss) if claim.metric == "loss" else units.share(scores.right)


def _by_template(claim: Predicts, task: Task, scores: Scores) -> tuple[str, ...]:
    """From which to which value it goes, template by template: an average may hide two groups."""
    sample = scores.loss if claim.metric == "loss" else scores.right.mean(axis=1)
    templates = np.array([pair.template for pair in task.verifying])
    means = [float(sample[templates == template].mean()) for template in np.unique(templates)]
    if len(means) < 2:
        return ()
    low, high = (
        f"{value:.3g}" if claim.metric == "loss" else f"{value:.1%}"
        for value in (min(means), max(means))
    )
    return (f"{claim.metric} by template: from {low} to {high}, {len(means)} templates",)
