"""Beats other circuits: dropping this circuit hurts its task more than dropping those of others.

Circuits that were found for different tasks of one model often hurt each other's tasks about as
much as their own (arXiv 2605.08348): then what was removed is something that all tasks need. Every
circuit is dropped as it is declared, by its edges if it lists any, and compared with this one pair
by pair.
"""

from __future__ import annotations

import numpy as np

from circuitspec.circuit.circuit import Circuit
from circuitspec.claims.controls.drops import Drops, dropped_by, model_does_the_task
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Beats
from circuitspec.report.report import PartResult
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import drawn
from circuitspec.statistics.share_above import ShareAbove
from circuitspec.statistics.skewed_mean import Floats


def weigh_other_circuits(claim: Beats, trial: Trial) -> Weighed:
    """Drop this circuit, and each of the rivals.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    model = trial.circuit.model.sha256
    rivals = [rival for rival in trial.rivals if rival.model.sha256 == model]
    if not rivals:
        return Weighed(question=None, vacuous="there is no circuit of another task in this model")
    own = _dropped(trial, trial.circuit)
    losses = []
    for done, rival in enumerate(rivals, 1):
        losses.append(_dropped(trial, rival))
        trial.tell(done, len(rivals), f"without {rival.name}")
    differences = tuple(trial.mean(own - loss) for loss in losses)

    def parts(level: float) -> tuple[PartResult, ...]:
        return tuple(
            PartResult(
                what=f"nats more than without {rival.name}",
                estimate=difference.value,
                interval=difference.interval(level / len(rivals)),
                n=difference.n,
                unit=drawn(difference),
            )
            for rival, difference in zip(rivals, differences, strict=True)
        )

    nodes = set(trial.circuit.nodes)
    facts = [
        f"without {rival.name} the loss is {loss.mean():.3g}"
        + _shared(len(nodes & set(rival.nodes)))
        for rival, loss in zip(rivals, losses, strict=True)
    ]
    return Weighed(
        question=Question(ShareAbove(differences), claim.comparison, claim.threshold),
        premises=(model_does_the_task(trial),),
        parts=parts,
        facts=(f"without this circuit the loss is {own.mean():.3g}", *facts),
    )


def _shared(count: int) -> str:
    return f"; {count} of its nodes are this circuit's, too" if count else ""


def _dropped(trial: Trial, circuit: Circuit) -> Floats:
    """[pair] the loss on all verifying pairs without a circuit, ablated as this trial's is."""

    def measure() -> Arrays:
        dropped = dropped_by(circuit)
        drops = Drops(trial, range(len(trial.task.verifying)), first=dropped.first)
        return {"loss": drops.scores(dropped, f"the model without {circuit.name}").loss.numpy()}

    key = {
        **identity(circuit, trial.task),
        "measured": "dropped",
        "ablation": trial.circuit.ablation.kind,
    }
    return np.asarray(trial.store.get(key, measure)["loss"], dtype=np.float64)
