"""Sufficient: with everything in scope outside the circuit ablated, the task is still done.

That means something only if the full model does the task as well, and if it is not done with
nothing at all left in scope: otherwise the bound says nothing about the circuit. Of a circuit that
was calibrated, this is asked of the emptied one as it is, and calibrated as well.
"""

from __future__ import annotations

from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import GOOD, Weighed, estimate, worst_pair
from circuitspec.language.spec import Sufficient
from circuitspec.statistics.decide import Question


def weigh_sufficient(claim: Sufficient, trial: Trial) -> Weighed:
    """Measure what a claim of sufficiency needs: the circuit, the full model, the emptied one."""
    runs, units, metric = trial.runs, trial.units(), claim.metric
    bound = claim.comparison, claim.threshold
    if (misfit := runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    keep, full = runs.keep(), runs.full()
    wrong_way = claim.comparison != GOOD[metric]
    return Weighed(
        question=Question(estimate(keep, metric, units), *bound),
        premises=(
            Premise(
                Question(estimate(full, metric, units), *bound),
                holds=True,
                metric=metric,
                broken="the full model itself fails",
                unclear="the full model itself is not shown to pass",
            ),
            *(
                Premise(
                    Question(estimate(nothing, metric, units), *bound),
                    holds=False,
                    metric=metric,
                    broken=f"nothing at all already passes{how}",
                    unclear=f"nothing at all is not shown to fail{how}",
                )
                for how, nothing in runs.emptied().items()
            ),
        ),
        vacuous=f"`{claim.comparison}` does not bound how well the task is done"
        if wrong_way
        else None,
        worst=worst_pair(keep, metric, "good"),
    )
