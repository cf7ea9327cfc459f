"""Minimal: leaving any one node (or edge) out of the circuit costs at least so much loss.

The cost of a node is the loss of the circuit without it minus the loss of the circuit, pair by
pair. Of a circuit that cannot do the task there is nothing to lose, and costs mean nothing: it
must be shown to do better than nothing at all, and better than tossing a coin for every answer,
which loses ln 2 nats.
"""

from __future__ import annotations

import math

import numpy as np

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.claims.measure import Measurements
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.language.spec import Minimal
from circuitspec.report.report import UnitCost
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Mean
from circuitspec.statistics.least_mean import LeastMean


def units_of(claim: Minimal, circuit: Circuit) -> tuple[Node | Edge, ...]:
    """The nodes or edges that are left out one at a time, in forward order."""
    return circuit.nodes if claim.unit == "node" else circuit.edges or ()


def weigh_minimal(claim: Minimal, runs: Measurements) -> Weighed:
    """Measure the circuit, and the circuit without each of its nodes or edges."""
    circuit, exact = runs.circuit, runs.task.exact
    units = units_of(claim, circuit)
    if not units:
        return Weighed(question=None, vacuous=f"the circuit has no {claim.unit} to leave out")
    if (misfit := runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    keep = runs.keep().loss
    costs = np.stack([runs.without(unit).loss - keep for unit in units])
    least = LeastMean(costs, exact)

    def details(level: float) -> tuple[UnitCost, ...]:
        return tuple(
            UnitCost(
                unit=str(unit),
                name=_name(unit, circuit),
                cost=float(mean),
                interval=(float(low), float(high)),
            )
            for unit, mean, (low, high) in zip(
                units, least.means, least.unit_intervals(level), strict=True
            )
        )

    return Weighed(
        question=Question(least, ">=", claim.cost),
        premises=(
            *(
                Premise(
                    Question(Mean(nothing.loss - keep, exact), "<=", 0.0),
                    holds=False,
                    metric="gain in loss",
                    broken=f"the circuit alone does no better than nothing at all{how}",
                    unclear=f"the circuit alone is not shown to do better than nothing at all{how}",
                )
                for how, nothing in runs.emptied().items()
            ),
            Premise(
                Question(Mean(keep, exact), ">=", math.log(2)),
                holds=False,
                metric="loss",
                broken="the circuit alone does no better than a coin",
                unclear="the circuit alone is not shown to do better than a coin",
            ),
        ),
        details=details,
    )


def _name(unit: Node | Edge, circuit: Circuit) -> str:
    if isinstance(unit, Node):
        return circuit.name_of(unit)
    return f"{circuit.name_of(unit.source)} -> {circuit.name_of(unit.target)}"
