"""What claims under every alternative have in common."""

from __future__ import annotations

from circuitspec.claims.measure import Scores
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import estimate
from circuitspec.language.claim_words import Metric
from circuitspec.language.claims import Necessary, Sufficient
from circuitspec.statistics.decide import Question
from circuitspec.statistics.units import Units
from circuitspec.tasks.scores import PairScores


def as_it_is(scores: PairScores) -> PairScores:
    """No calibration."""
    return scores


def units_of(trial: Trial, draws: int) -> Units:
    """The units of the verifying pairs; several draws are a sample even of a task that is all
    there is."""
    return trial.units(exact=trial.task.exact and draws == 1)


def full_passes(claim: Sufficient, trial: Trial) -> Premise:
    """A bound means something only if the full model keeps it."""
    return Premise(
        Question(
            estimate(trial.runs.full(), claim.metric, trial.units()),
            claim.comparison,
            claim.threshold,
        ),
        holds=True,
        metric=claim.metric,
        broken="the full model itself fails",
        unclear="the full model itself is not shown to pass",
    )


def nothing_fails(claim: Sufficient, trial: Trial) -> tuple[Premise, ...]:
    """Nothing at all must fail under the spec's own ablation, where that is what a claim comes to
    if all of the rest is ablated."""
    return tuple(
        Premise(
            Question(
                estimate(nothing, claim.metric, trial.units()), claim.comparison, claim.threshold
            ),
            holds=False,
            metric=claim.metric,
            broken=f"nothing at all already passes{how}",
            unclear=f"nothing at all is not shown to fail{how}",
        )
        for how, nothing in trial.runs.emptied().items()
    )


def other_fact(claim: Sufficient | Necessary, own: Scores) -> str:
    """The same number under the spec's own ablation."""
    return f"under the spec's own ablation: {claim.metric} {mean_of(own, claim.metric):.3g}"


def mean_of(scores: Scores, metric: Metric) -> float:
    """A metric's mean over all pairs."""
    return float(scores.loss.mean() if metric == "loss" else scores.right.mean())
