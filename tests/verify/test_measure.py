"""Runs are made once, and what they say of nodes is right."""

from __future__ import annotations

import pytest
from support.small_models import random_transformer

from circuitspec.circuit.nodes import Node
from circuitspec.claims.measure import Measurements
from circuitspec.model.places import Place
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.tokens import tokenize_pairs
from circuitspec.verdict import verify_circuit

from .toy import CONFIG, EDGES, NODES, toy_circuit, toy_model, toy_spec, toy_task, toy_transformer

CLAIMS = """sufficient: loss <= 0.1
sufficient: accuracy >= 0.8
necessary: loss >= 0.6
minimal: every node costs >= 0.2
minimal: every edge costs >= 0.2"""


def test_every_run_is_made_once_and_announced() -> None:
    spec = toy_spec(CLAIMS, edges=EDGES)
    seen: list[tuple[int, int, str]] = []
    verify_circuit(spec, toy_circuit(spec), toy_task(), on_progress=lambda *step: seen.append(step))
    assert [done for done, _, _ in seen] == list(range(1, 12))
    assert {planned for _, planned, _ in seen} == {11}
    assert len({what for _, _, what in seen}) == 11
    assert seen[0][2] == "the full model"


@pytest.mark.parametrize("pairs", [3, 5, 30])
def test_ranges_are_over_all_prompts_and_positions(pairs: int) -> None:
    nodes = NODES + "  node noise = L0.attn.in[3]\n"
    circuit = toy_circuit(toy_spec(nodes=nodes))
    task = toy_task(pairs)
    runs = Measurements(circuit, task, 1, lambda *_: None)
    said = [
        float(toy_transformer().embed[circuit.model.tokenizer.token_to_id(word), 3])
        for pair in task.verifying
        for prompt in pair.prompts
        for word in prompt.split()
    ]
    noise = runs.ranges()[Node(Place(0, "attn.in"), 3)]
    assert (noise.least, noise.greatest) == (min(said), max(said))
    assert set(runs.ranges()) == set(circuit.nodes)


def test_runs_are_those_of_the_circuit() -> None:
    model = toy_model(random_transformer(CONFIG, seed=3))
    circuit = toy_circuit(toy_spec(), model)
    task = toy_task(20)
    runs = Measurements(circuit, task, 5, lambda *_: None)
    node = circuit.nodes[0]
    batches = tokenize_pairs(task.verifying, model.tokenizer, batch_size=3)
    for scores, run in (
        (runs.full(), model.transformer),
        (runs.keep(), circuit.keep),
        (runs.drop(), circuit.drop),
        (runs.empty(), circuit.emptied().keep),
        (runs.without(node), circuit.without_node(node).keep),
    ):
        expected = score_pairs(batches, run)
        assert scores.loss == pytest.approx(expected.loss.numpy(), rel=1e-5)
        assert (scores.right == expected.right.numpy()).all()
