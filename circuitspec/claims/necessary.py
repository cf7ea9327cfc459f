"""Necessary: with the circuit ablated and the rest left alone, the task is done badly.

That means something only if the full model does it better than that.
"""

from __future__ import annotations

from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import BAD, Weighed, estimate, worst_pair
from circuitspec.language.spec import Necessary
from circuitspec.statistics.decide import Question


def weigh_necessary(claim: Necessary, trial: Trial) -> Weighed:
    """Measure what a claim of necessity needs: the model without the circuit, and with it."""
    runs, units, metric = trial.runs, trial.units(), claim.metric
    bound = claim.comparison, claim.threshold
    drop, full = runs.drop(), runs.full()
    wrong_way = claim.comparison != BAD[metric]
    return Weighed(
        question=Question(estimate(drop, metric, units), *bound),
        premises=(
            Premise(
                Question(estimate(full, metric, units), *bound),
                holds=False,
                metric=metric,
                broken="the full model is as bad already",
                unclear="the full model is not shown to be better",
            ),
        ),
        vacuous=f"`{claim.comparison}` does not bound how badly the task is done"
        if wrong_way
        else None,
        worst=worst_pair(drop, metric, "bad"),
    )
