"""Unique: a search that may not use the circuit's nodes finds no other circuit of its size.

Weight-sparse models can do a task in many ways: in one, dozens of disjoint sets of nodes could be
taken away before no small circuit was left. A circuit that is necessary is then necessary only for
the way in which it is one. So the circuit's nodes are ablated for good, all of them at all
positions, and the search is made again among the rest.

That nothing was found below the claimed loss is what one search did not find, and no proof. What
was found refutes.
"""

from __future__ import annotations

from circuitspec.claims.controls.drops import model_does_the_task
from circuitspec.claims.controls.searches import (
    NothingToSeekError,
    Searched,
    best_of_its_size,
    efforts,
    fewest,
    searched,
)
from circuitspec.claims.parts import parts_of
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.discovery.goal import Nodes
from circuitspec.language.claims import Unique
from circuitspec.statistics.decide import Question


def weigh_unique(claim: Unique, trial: Trial) -> Weighed:
    """Search without the circuit's nodes, and measure what is found on the verifying pairs.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    if not trial.circuit.nodes:
        return Weighed(question=None, vacuous="the circuit has no nodes to forbid")
    try:
        yardsticks, others = searched(trial, "task"), searched(trial, "another")
    except NothingToSeekError as reason:
        return Weighed(question=None, vacuous=str(reason))
    true, other = best_of_its_size(yardsticks), best_of_its_size(others)
    loss, twice = (trial.mean(losses) for losses in other.best_verified)
    # What was found refutes, however poor the search is at finding the circuit itself.
    finds = () if loss.value < claim.threshold else (_finds_the_circuit(claim, trial, true),)

    nodes = len(trial.circuit.nodes)
    sizes = {
        f"loss of the best with at most {most} nodes": estimate
        for most, estimate in ((nodes, loss), (2 * nodes, twice))
    }
    least, own = fewest(others).needed, fewest(yardsticks).needed
    needed = "no set is found" if least is None else f"{least} nodes are found"
    return Weighed(
        question=Question(loss, claim.comparison, claim.threshold),
        premises=(model_does_the_task(trial), *finds),
        parts=parts_of(sizes) if loss.exact or loss.n > 1 else None,
        facts=(
            f"a second circuit of {len(other.best[0])} nodes loses {loss.value:.3g} nats; "
            f"{_places(other.best[0], trial)}",
            f"for a loss of {other.goal:.3g} on the pairs that were searched on, {needed}; "
            f"with the circuit's own nodes allowed, {own or 'none'}",
            *efforts(yardsticks),
            "what one search does not find may be there all the same",
        ),
    )


def _finds_the_circuit(claim: Unique, trial: Trial, true: Searched) -> Premise:
    """What the search for another proves nothing without."""
    return Premise(
        Question(trial.mean(true.best_verified[0]), ">=", claim.threshold),
        holds=False,
        metric="loss",
        broken="with the circuit's own nodes allowed the search does not find as small a circuit "
        "either, so that what it does not find proves nothing",
        unclear="with the circuit's own nodes allowed the search is not shown to find as small a "
        "circuit either",
    )


def _places(nodes: Nodes, trial: Trial) -> str:
    own = {node.place for node in trial.circuit.nodes}
    shared = {node.place for node in nodes} & own
    names = ", ".join(str(place) for place in sorted(shared, key=lambda place: place.order))
    return f"it is at {len(shared)} of the circuit's {len(own)} places" + (
        f" ({names})" if shared else ""
    )
