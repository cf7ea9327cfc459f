"""Which nodes an interchange claim is about, and when it is about none that could change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.circuit.nodes import Node
from circuitspec.claims.interchange.outcome import Outcome
from circuitspec.claims.interchange.runner import runs_of
from circuitspec.claims.parts import RUN_IN_WORDS
from circuitspec.claims.trial import Trial
from circuitspec.diagnostics.wording import listed, listed_some
from circuitspec.language.claims import Exchanging, Resampling, Swapping
from circuitspec.language.words import WHOLE


def nodes_named(trial: Trial, names: Sequence[str]) -> tuple[Node, ...]:
    """The nodes of all the names, in forward order; `rest` is the scope without the circuit."""
    found: set[Node] = set()
    for name in names:
        match name:
            case "circuit":
                found.update(trial.circuit.nodes)
            case "rest":
                found.update(rest_of(trial))
            case _:
                found.update(trial.named(name).nodes)
    return tuple(sorted(found, key=lambda node: node.order))


def rest_of(trial: Trial) -> tuple[Node, ...]:
    """Every node in scope that is not in the circuit, in forward order."""
    circuit, inside = trial.circuit, set(trial.circuit.nodes)
    config = circuit.model.config
    everything = (
        Node(place, index)
        for place in sorted(circuit.scope, key=lambda place: place.order)
        for index in range(config.width(place))
    )
    return tuple(node for node in everything if node not in inside)


def only_outside(claim: Swapping | Exchanging, trial: Trial) -> str | None:
    """Why the circuit alone has nothing to swap; None if it has.

    Outside the circuit a node says its ablation value in one prompt as in any other.
    """
    inside = {WHOLE, *(group.name for group in trial.circuit.groups)}
    outside = [name for name in claim.nodes if name not in inside]
    if not outside or "circuit" not in runs_of(claim.run):
        return None
    verb = "is" if len(outside) == 1 else "are"
    return (
        f"{listed(outside, 'and')} {verb} not in the circuit, and the same in all prompts of the "
        "circuit alone; what can be claimed is `in model`"
    )


def unmoved(
    claim: Exchanging | Resampling, trial: Trial, sources: Sequence[Sequence[Outcome]]
) -> str | None:
    """Why keeping the answer says nothing: a name whose nodes were given what they said anyway.

    Args:
        sources: for each run its outcomes, one for each kind of values that were given. A name is
            at fault if none of them moved it: nodes that say the same in all prompts with one
            answer, and something else in those with the other, carry that answer perfectly.
    """
    for outcomes in sources:
        same = [
            name
            for name in claim.nodes
            if all(outcome.unmoved(nodes_named(trial, [name])) for outcome in outcomes)
        ]
        if same:
            verb = "was" if len(same) == 1 else "were"
            return (
                f"in the {RUN_IN_WORDS[outcomes[0].run]}, {listed_some(same)} {verb} replaced "
                "by what was there already: it is the same wherever the values come from"
            )
    return None


def unmoved_of_circuit(
    claim: Exchanging, trial: Trial, sources: Sequence[Sequence[Outcome]]
) -> Iterator[str]:
    """For `circuit`, which of its names were given what they said anyway: a sentence per run."""
    if WHOLE not in claim.nodes:
        return
    for outcomes in sources:
        same = [
            group.name
            for group in trial.circuit.groups
            if all(outcome.unmoved(group.nodes) for outcome in outcomes)
        ]
        if same:
            run, total = RUN_IN_WORDS[outcomes[0].run], len(trial.circuit.groups)
            yield (
                f"{run}: {len(same)} of {total} names were replaced by what was there already, and "
                f"carry nothing: {listed_some(same)}"
            )
