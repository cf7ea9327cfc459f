"""Why a mutant survives: what it loses, beside what the original loses and what is claimed.

A mutant that survives is not a mistake of the verdict: what its spec claims is true of it as well.
How much it says about the original depends on why. Bounds leave room, and what costs less than the
room can be left out or exchanged; some nodes say what others say, too; some are constants.
"""

from __future__ import annotations

from collections.abc import Iterable

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.claims.measure import MeasurementError, Measurements
from circuitspec.validation.mutant_ground import Ground
from circuitspec.validation.mutate import Mutant

# Of what leaving the nodes out would cost, a node that does the same costs less than this part.
_TWIN = 0.25


def why_it_survives(mutant: Mutant, ground: Ground, runs: Measurements) -> str:
    """A sentence, with numbers.

    Args:
        runs: of the mutant.
    """
    try:
        return f"{_reason(mutant, ground, runs)}; {_numbers(ground, runs)}"
    except MeasurementError as error:
        return f"not known: {error}"


def _reason(mutant: Mutant, ground: Ground, runs: Measurements) -> str:
    match mutant.kind:
        case "another task":
            return "the circuit does that task as well"
        case "node left out" | "edge left out":
            return "the bounds leave room for what it costs"
        case "node exchanged" | "node exchanged, weights redrawn":
            return _of_exchange(mutant.touched, ground, runs)
        case "edge moved":
            return (
                "the bounds leave room for what it costs to lose the one, with the other or without"
            )
        case "sign turned round":
            return "no weight has a sign to contradict"
        case "names exchanged, edges stay" | "names exchanged, edges follow":
            return "both names have the same arrows, or nearly"


def _of_exchange(nodes: tuple[Node, ...], ground: Ground, runs: Measurements) -> str:
    mean_loss = float(ground.own.keep().loss.mean())
    left_out = float(ground.runs(_less(ground.circuit, nodes)).keep().loss.mean()) - mean_loss
    exchanged = float(runs.keep().loss.mean()) - mean_loss
    alive = set(ground.alive)
    if not any(node in alive for node in nodes):
        return f"a constant, which costs {left_out:.3f} to leave out"
    if left_out > 0 and exchanged < _TWIN * left_out:
        return f"the other says the same: to leave out this one costs {left_out:.3f}"
    return f"the bounds leave room for what it costs to leave it out, {left_out:.3f}"


def _less(circuit: Circuit, nodes: Iterable[Node]) -> Circuit:
    for node in nodes:
        circuit = circuit.without_node(node)
    return circuit


def _numbers(ground: Ground, runs: Measurements) -> str:
    """Losses alone and without, of the original and of the mutant."""
    own = ground.own
    keep, drop = (f"{float(run().loss.mean()):.3f}" for run in (own.keep, own.drop))
    then_keep, then_drop = (f"{float(run().loss.mean()):.3f}" for run in (runs.keep, runs.drop))
    return f"loss alone {keep}, then {then_keep}; without it {drop}, then {then_drop}"
