"""Sufficient and necessary under an alternative: the same metric, the same bound."""

from __future__ import annotations

from circuitspec.claims.alternatives.adversary import weigh_adversary
from circuitspec.claims.alternatives.runs import run_under, scores_of
from circuitspec.claims.alternatives.shared import as_it_is, full_passes, other_fact, units_of
from circuitspec.claims.alternatives.subsets import weigh_subsets
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import BAD, GOOD, Weighed, estimate, worst_pair
from circuitspec.language.claims import Necessary, Sufficient
from circuitspec.statistics.decide import Question


def weigh_sufficient_under(claim: Sufficient, trial: Trial) -> Weighed:
    """Measure the circuit alone, and nothing at all, under the claim's alternative.

    What the spec has fitted to the circuit's logits was fitted under the spec's own ablation, and
    is applied as it is. Nothing at all is asked for as it is, and with the same fit.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    if claim.comparison != GOOD[claim.metric]:
        return Weighed(
            question=None, vacuous=f"`{claim.comparison}` does not bound how well the task is done"
        )
    if (misfit := trial.runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    match claim.under:
        case "subsets":
            return weigh_subsets(claim, trial)
        case "adversary":
            return weigh_adversary(claim, trial)
        case None:
            raise ValueError("the claim is under the spec's own ablation")
        case alternative:
            found = run_under(trial, alternative, "keep", "empty")
    keep = scores_of(found.logit_diff["keep"], trial.runs.calibrated)
    nothing = found.logit_diff["empty"]
    emptied = {"": scores_of(nothing, as_it_is)}
    if trial.runs.fit() is not None:
        emptied[", calibrated as the circuit is"] = scores_of(nothing, trial.runs.calibrated)
    units, bound = units_of(trial, found.draws), (claim.comparison, claim.threshold)
    return Weighed(
        question=Question(estimate(keep, claim.metric, units), *bound),
        premises=(
            full_passes(claim, trial),
            *(
                Premise(
                    Question(estimate(scores, claim.metric, units), *bound),
                    holds=False,
                    metric=claim.metric,
                    broken=f"nothing at all already passes under {alternative}{how}",
                    unclear=f"nothing at all is not shown to fail under {alternative}{how}",
                )
                for how, scores in emptied.items()
            ),
        ),
        worst=worst_pair(keep, claim.metric, "good"),
        facts=(*found.facts, other_fact(claim, trial.runs.keep())),
    )


def weigh_necessary_under(claim: Necessary, trial: Trial) -> Weighed:
    """Measure the model without the circuit under the claim's alternative.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    if claim.comparison != BAD[claim.metric]:
        return Weighed(
            question=None, vacuous=f"`{claim.comparison}` does not bound how badly the task is done"
        )
    match claim.under:
        case None | "subsets" | "adversary":
            raise ValueError("of what is left without the circuit there are no subsets to ablate")
        case alternative:
            found = run_under(trial, alternative, "drop")
    drop, bound = scores_of(found.logit_diff["drop"], as_it_is), (claim.comparison, claim.threshold)
    return Weighed(
        question=Question(estimate(drop, claim.metric, units_of(trial, found.draws)), *bound),
        premises=(
            Premise(
                Question(estimate(trial.runs.full(), claim.metric, trial.units()), *bound),
                holds=False,
                metric=claim.metric,
                broken="the full model is as bad already",
                unclear="the full model is not shown to be better",
            ),
        ),
        worst=worst_pair(drop, claim.metric, "bad"),
        facts=(*found.facts, other_fact(claim, trial.runs.drop())),
    )
