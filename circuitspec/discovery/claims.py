"""What a found circuit may claim: thresholds that follow from what it did on the finding pairs.

The verifying pairs stay untouched, so that `circuitspec verify` is a test and no formality. They
have other templates and other names, on which a circuit does better or worse; each threshold leaves
room for that: a fixed share, or more where templates differ much among themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.discovery.goal import Kept
from circuitspec.discovery.search_circuit import Found, Ground, as_circuit, templates_of
from circuitspec.engine.masks import Masks
from circuitspec.language.spec import Claim, Minimal, Necessary, Sufficient
from circuitspec.tasks.tokens import tokenize_pairs

_SUFFICIENT_ROOM = 1.35
_NECESSARY_ROOM = 0.9
_MINIMAL_ROOM = 0.7
# Standard errors of the difference between the mean over these templates and over others.
_DEVIATIONS = 3.0
# Below this a cost in nats is within what rounding and a change of pairs do to it.
_LEAST_CLAIMED_COST = 2e-4


@dataclass(frozen=True)
class FoundScores:
    """How a found circuit does on all finding pairs.

    Attributes:
        full, keep, drop: the model, the circuit alone (calibrated, if that was asked for), the
            model without the circuit.
        node_cost, edge_cost: in nats, of the node or edge that costs least; None without any.
        pairs: how many there are.
    """

    full: Kept
    keep: Kept
    drop: Kept
    node_cost: float | None
    edge_cost: float | None
    pairs: int


def score_found(ground: Ground, found: Found) -> FoundScores:
    """Run the circuit, the model without it, and the circuit without each of its parts."""
    circuit = as_circuit(ground, found)
    batches = tokenize_pairs(ground.task.finding, ground.model.tokenizer)
    templates = templates_of(ground.task.finding)
    keeping = replace(ground.keeping, batches=batches, templates=templates, _seen={})
    raw = replace(keeping, calibration=None, partly=None)
    fit = keeping.fit(circuit.keep_masks())
    keep = keeping.run(circuit.keep_masks(), fit)

    def least(units: tuple[Node, ...] | tuple[Edge, ...] | None) -> float | None:
        smaller = (_without(circuit, unit) for unit in units or ())
        losses = (keeping.run(other.keep_masks(), fit).loss for other in smaller)
        return min((loss - keep.loss for loss in losses), default=None)

    return FoundScores(
        full=raw.run(Masks()),
        keep=keep,
        drop=raw.run(circuit.drop_masks()),
        node_cost=least(circuit.nodes),
        edge_cost=least(circuit.edges),
        pairs=len(ground.task.finding),
    )


def claims_of(scores: FoundScores) -> tuple[Claim, ...]:
    """What the scores allow to claim; that a circuit is necessary or minimal only if it was."""
    return tuple(_claims(scores))


def _claims(scores: FoundScores) -> Iterator[Claim]:
    keep, drop = scores.keep, scores.drop
    enough = round_up(max(_SUFFICIENT_ROOM * keep.loss, keep.loss + _DEVIATIONS * keep.deviation))
    yield Sufficient(metric="loss", comparison="<=", threshold=enough)
    # A model that is as good without the circuit, or as good as the circuit, does not need it.
    if math.isfinite(drop.loss):
        lost = round_down(
            max(0.0, min(_NECESSARY_ROOM * drop.loss, drop.loss - _DEVIATIONS * drop.deviation))
        )
        if lost > max(scores.full.loss, enough):
            yield Necessary(metric="loss", comparison=">=", threshold=lost)
    if (cost := _claimed_cost(scores.node_cost)) is not None:
        yield Minimal(unit="node", cost=cost)
    if (cost := _claimed_cost(scores.edge_cost)) is not None:
        yield Minimal(unit="edge", cost=cost)


def _claimed_cost(least: float | None) -> float | None:
    if least is None or not math.isfinite(least) or _MINIMAL_ROOM * least < _LEAST_CLAIMED_COST:
        return None
    return round_down(_MINIMAL_ROOM * least, digits=1)


def round_up(value: float, *, digits: int = 2) -> float:
    """The next number of so many significant digits that is no less than `value` >= 0."""
    return _rounded(value, digits, ROUND_CEILING)


def round_down(value: float, *, digits: int = 2) -> float:
    """The next number of so many significant digits that is no greater than `value` >= 0."""
    return _rounded(value, digits, ROUND_FLOOR)


def _rounded(value: float, digits: int, rounding: str) -> float:
    # In decimals, so that 0.15 is 0.15 and not a little more or less.
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return float(exact.quantize(step, rounding=rounding))


def _without(circuit: Circuit, unit: Node | Edge) -> Circuit:
    return circuit.without_node(unit) if isinstance(unit, Node) else circuit.without_edge(unit)
