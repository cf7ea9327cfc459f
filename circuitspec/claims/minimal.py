"""Minimal: leaving any one node (or edge) out of the circuit costs at least so much loss.

The cost of a node is the loss of the circuit without it minus the loss of the circuit, pair by
pair. Of a circuit that cannot do the task there is nothing to lose, and costs mean nothing: it
must be shown to do better than nothing at all, and better than tossing a coin for every answer,
which loses ln 2 nats.

The verdict is about the least cost. Besides, every node is held against the bound on its own, all
of them together at the level of the claim (Holm): which are shown to cost as much, which are shown
to cost less, and of which neither is shown.
"""

from __future__ import annotations

import math

import numpy as np

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.diagnostics.wording import counted
from circuitspec.language.spec import Minimal
from circuitspec.report.report import UnitCost
from circuitspec.statistics.decide import Question, decide
from circuitspec.statistics.holm import holm_adjusted


def units_of(claim: Minimal, circuit: Circuit) -> tuple[Node | Edge, ...]:
    """The nodes or edges that are left out one at a time, in forward order."""
    return circuit.nodes if claim.unit == "node" else circuit.edges or ()


def weigh_minimal(claim: Minimal, trial: Trial) -> Weighed:
    """Measure the circuit, and the circuit without each of its nodes or edges."""
    circuit, runs = trial.circuit, trial.runs
    units = units_of(claim, circuit)
    if not units:
        return Weighed(question=None, vacuous=f"the circuit has no {claim.unit} to leave out")
    if (misfit := runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    keep = runs.keep().loss
    costs = np.stack([runs.without(unit).loss - keep for unit in units])
    least = trial.least_mean(costs)
    each = [Question(trial.mean(cost), ">=", claim.cost) for cost in costs]

    def details(level: float) -> tuple[UnitCost, ...]:
        p = holm_adjusted(np.array([q.estimate.p_value(q.comparison, q.threshold) for q in each]))
        return tuple(
            UnitCost(
                unit=str(unit),
                name=_name(unit, circuit),
                cost=float(mean),
                interval=(float(low), float(high)),
                p_holm=None if least.exact else float(adjusted),
            )
            for unit, mean, (low, high), adjusted in zip(
                units, least.means, least.unit_intervals(level), p, strict=True
            )
        )

    def facts(level: float) -> tuple[str, ...]:
        return (_each(claim, [d.answer for d in decide(each, level) if d is not None]),)

    return Weighed(
        question=Question(least, ">=", claim.cost),
        premises=(
            *(
                Premise(
                    Question(trial.mean(nothing.loss - keep), "<=", 0.0),
                    holds=False,
                    metric="gain in loss",
                    broken=f"the circuit alone does no better than nothing at all{how}",
                    unclear=f"the circuit alone is not shown to do better than nothing at all{how}",
                )
                for how, nothing in runs.emptied().items()
            ),
            Premise(
                Question(trial.mean(keep), ">=", math.log(2)),
                holds=False,
                metric="loss",
                broken="the circuit alone does no better than a coin",
                unclear="the circuit alone is not shown to do better than a coin",
            ),
        ),
        details=details,
        facts_at=facts,
    )


def _each(claim: Minimal, answers: list[bool | None]) -> str:
    """How many units comply, taken one by one: `11 nodes: 9 shown to cost >= 0.02, ...`."""
    found = (
        (True, f"shown to cost >= {claim.cost:g}"),
        (False, "shown to cost less"),
        (None, "not shown either way"),
    )
    parts = [f"{answers.count(answer)} {what}" for answer, what in found if answer in answers]
    return f"each on its own, of {counted(len(answers), claim.unit)}: {', '.join(parts)}"


def _name(unit: Node | Edge, circuit: Circuit) -> str:
    if isinstance(unit, Node):
        return circuit.name_of(unit)
    return f"{circuit.name_of(unit.source)} -> {circuit.name_of(unit.target)}"
