"""The attribution baseline beside a circuit: how many of the best-attributed nodes do as well."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from circuitspec import __version__
from circuitspec.circuit.circuit import Circuit
from circuitspec.discovery.goal import Goal
from circuitspec.discovery.rank import fewest_that_suffice
from circuitspec.discovery.search_circuit import (
    FIRST_ATTRIBUTED,
    Discovery,
    Ground,
    as_circuit,
    score_nodes,
    weights_between,
)
from circuitspec.discovery.search_circuit import Found as FoundCircuit
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import tokenize_pairs


@dataclass(frozen=True)
class AttributionBaseline:
    """The fewest best-attributed nodes that lose no more than a circuit does.

    Attributes:
        nodes, edges: how many nodes, and how many nonzero weights between them.
        keep, drop: nats on the verifying pairs, of these nodes alone and of the model without.
    """

    nodes: int
    edges: int
    keep: float
    drop: float


def baseline_key(circuit: Circuit, task: Task) -> str:
    """A hash over all that the baseline depends on; names and claims are not part of it."""
    parts = [__version__, circuit.model.sha256, circuit.model.reference_sha256]
    parts += [str(pair) for pair in (*task.finding, *task.verifying)]
    parts += sorted(map(str, circuit.nodes))
    if circuit.edges is not None:
        parts += sorted(f"{edge.source} {edge.target}" for edge in circuit.edges)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def attribution_baseline(circuit: Circuit, task: Task) -> AttributionBaseline | None:
    """The baseline for `circuit`, ranked and cut on the finding pairs.

    None where all nodes together lose more than the circuit, which pruning can do: what it leaves
    out was in the way.
    """
    settings = Discovery(method="attribution")
    ground = Ground.of(circuit.model, task, settings)
    alone = ground.keeping.run(circuit.keep_masks())
    scores = score_nodes(ground, settings)
    goal = Goal("loss", alone.loss, hardest=math.inf)
    nodes = fewest_that_suffice(scores, ground.keeping, goal, first=FIRST_ATTRIBUTED)
    if nodes is None:
        return None
    found = FoundCircuit(nodes, None, ground.keeping(nodes), len(nodes), 0)
    found_circuit = as_circuit(ground, found)
    batches = tokenize_pairs(task.verifying, circuit.model.tokenizer)

    model, ablation = circuit.model.transformer, circuit.ablation

    def loss(masks: Masks) -> float:
        scores = score_pairs(batches, lambda tokens: run_masked(model, tokens, masks, ablation))
        return float(scores.loss.mean())

    return AttributionBaseline(
        nodes=len(nodes),
        edges=len(weights_between(circuit.model.transformer, nodes)),
        keep=loss(found_circuit.keep_masks()),
        drop=loss(found_circuit.drop_masks()),
    )
