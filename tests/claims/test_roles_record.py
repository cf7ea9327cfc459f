"""What role claims are told that nodes say, against the plain reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from support.circuits import circuit_of
from support.small_models import TWO_LAYERS, model_of, random_transformer

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.claims.measure import MeasurementError, Measurements, quiet
from circuitspec.claims.roles.passages import Passages, passages_of
from circuitspec.claims.roles.record import Head, Recording, heads_of, record
from circuitspec.claims.trial import Trial
from circuitspec.engine.reference import ReferenceRun
from circuitspec.language.claim_words import Run
from circuitspec.language.claims import Attends
from circuitspec.model.held_out import HeldOut
from circuitspec.model.places import Place, all_places
from circuitspec.tasks.task import Pair, Task

NODES = """
  node read = L0.attn.in[1, 4]
  node key = L0.h1.k[2]
  node value = L0.h1.v[0]
  node written = L0.attn.out[3]
  node unheard = L1.mlp.neuron[7]
"""
EDGES = "  edge read -> key, value\n  edge value -> written\n"
OUTSIDE = (NamedNodes("other", (Node(Place(1, "mlp.in"), 5),)),)

CONFIG = TWO_LAYERS.model_copy(
    update={"activation_fraction": 0.6, "activation_places": ("attn.v", "mlp.neuron")}
)


SAID: dict[str, npt.NDArray[np.float64]] = {}
"""What the nodes of a place said in the last run of the reference, [position, width]."""


class Listening(ReferenceRun):
    """The plain reference, overheard."""

    def _node(self, layer: int, part: str, value: npt.NDArray[np.float64]) -> Any:
        SAID[f"L{layer}.{part}"] = super()._node(layer, part, value)
        return SAID[f"L{layer}.{part}"]


def trial_of(edges: str, claims: tuple[Attends, ...] = ()) -> Trial:
    model = model_of(random_transformer(CONFIG, seed=4, dtype=torch.float32))
    rng = np.random.default_rng(0)
    text = HeldOut(rng.integers(0, CONFIG.vocab_size, (5, 6)), "invented")
    circuit = circuit_of(replace(model, held_out=text), NODES + edges)
    pairs = (
        Pair(("w1 w2 w3", "w2 w2 w3"), ("w4", "w5"), "t", ()),
        Pair(("w1 w6", "w2 w6"), ("w4", "w5"), "t", ()),
    )
    runs = Measurements(circuit, Task("any", "", (), pairs), 0, quiet)
    return Trial(runs, outside=OUTSIDE, claims=claims)


def reference(circuit: Circuit, run: Run, tokens: list[int]) -> None:
    """Fills `SAID`."""
    masks = circuit.keep_masks()

    def kept_node(place: Place, index: int) -> bool:
        return run == "model" or place not in masks.nodes or bool(masks.nodes[place][index])

    def kept_edge(target: Place, row: int, column: int) -> bool:
        return (
            run == "model"
            or target not in masks.weights
            or bool(masks.weights[target][row, column])
        )

    transformer = circuit.model.transformer
    SAID.clear()
    Listening(
        config=CONFIG,
        weights={name: t.double().numpy() for name, t in transformer.state_dict().items()},
        kept_node=kept_node,
        kept_edge=kept_edge,
        ablation={
            place: circuit.ablation[place].double().numpy() for place in all_places(CONFIG.n_layer)
        },
    ).logits(tokens)


def sequences(passages: Passages) -> Iterator[tuple[slice, list[int]]]:
    start = 0
    for block in passages.blocks:
        for row in block.tokens.tolist():
            yield slice(start, start + len(row)), row
            start += len(row)


def recorded(trial: Trial, run: Run, data: str, heads: tuple[Head, ...] = ()) -> Recording:
    passages = passages_of(trial, data)  # type: ignore[arg-type]
    assert passages is not None
    return record(trial, run, passages, heads)


@pytest.mark.parametrize("edges", ["", EDGES], ids=["nodes", "edges"])
@pytest.mark.parametrize("run", ["model", "circuit"])
@pytest.mark.parametrize("data", ["task", "text"])
def test_nodes_say_what_they_say_in_the_reference(run: Run, data: str, edges: str) -> None:
    trial = trial_of(edges)
    recording = recorded(trial, run, data)
    outside = OUTSIDE[0].nodes if run == "model" else ()
    assert set(recording.nodes) == {*trial.circuit.nodes, *outside}
    for here, tokens in sequences(recording.passages):
        reference(trial.circuit, run, tokens)
        for node in recording.nodes:
            expected = SAID[str(node.place)][:, node.index]
            assert recording.of(node)[here] == pytest.approx(expected, abs=2e-5), node


@pytest.mark.parametrize("run", ["model", "circuit"])
def test_heads_look_where_they_look_in_the_reference(run: Run) -> None:
    """One target at a time: its column of the pattern."""
    trial, head = trial_of(EDGES), Head(0, 1)
    recording = recorded(trial, run, "text", (head,))
    width, tokens = CONFIG.d_head, recording.passages.tokens
    own = slice(head.index * width, (head.index + 1) * width)
    target = np.isin(tokens, [2, 3])
    mass = recording.mass(head, target)
    for here, row in sequences(recording.passages):
        reference(trial.circuit, run, row)
        q, k = SAID["L0.attn.q"][:, own], SAID["L0.attn.k"][:, own]
        sink = float(trial.circuit.model.transformer.sink(0)[head.index])  # type: ignore[index]
        for position, query in enumerate(q):
            exp = np.exp(k[: position + 1] @ query / np.sqrt(width))
            expected = exp[target[here][: position + 1]].sum() / (exp.sum() + np.exp(sink))
            assert mass[here][position] == pytest.approx(expected, abs=1e-5)


def test_one_run_serves_every_claim() -> None:
    runs: list[str] = []
    attends = Attends(node="value", source="last", target=("w1",), threshold=0.5)
    trial = trial_of(EDGES, (attends,))
    object.__setattr__(trial.runs, "on_progress", lambda done, total, what: runs.append(what))
    first = recorded(trial, "circuit", "text")
    again = recorded(trial, "circuit", "text", (Head(0, 1),))
    assert first.nodes == again.nodes
    assert runs == ["circuit alone, text"]


def test_heads_are_those_of_queries_keys_and_values() -> None:
    nodes = [Node(Place(1, part), 4) for part in ("attn.q", "attn.k", "attn.v", "attn.out")]  # type: ignore[arg-type]
    assert heads_of(nodes, d_head=3) == (Head(1, 1),)
    assert heads_of(nodes[3:], d_head=3) == ()
    assert str(Head(1, 1)) == "L1.h1"


def test_what_is_not_a_number_is_no_measurement() -> None:
    trial = trial_of("")
    transformer = trial.circuit.model.transformer
    with torch.no_grad():
        transformer.embed[3] = float("nan")
    recording = recorded(trial, "model", "task")
    with pytest.raises(MeasurementError, match=r"full model, task: L0\.attn\.out"):
        recording.of(Node(Place(0, "attn.out"), 3))
