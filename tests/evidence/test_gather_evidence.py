"""Where nodes fire, and what a circuit answers, in a model whose circuit is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from support.planted import ANSWER, KIND, PLANTED, planted_python_model

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.engine.ablation import mean_ablation
from circuitspec.evidence import Evidence, gather_evidence
from circuitspec.model.places import Place, layer_places
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Task

KIND_READ = Node(Place(0, "attn.in"), KIND)
ANSWERED = Node(Place(0, "attn.out"), ANSWER)


@pytest.fixture(scope="module")
def task() -> Task:
    return load_task("single_double_quote")


@pytest.fixture(scope="module")
def circuit() -> Circuit:
    model = planted_python_model()
    nodes = tuple(sorted(PLANTED, key=lambda node: node.order))
    return Circuit(
        name="planted",
        model=model,
        groups=(NamedNodes("all", nodes),),
        edges=None,
        scope=tuple(layer_places(model.config.n_layer)),
        ablation=mean_ablation(model.reference.means),
    )


@pytest.fixture(scope="module")
def evidence(circuit: Circuit, task: Task) -> Evidence:
    return gather_evidence(circuit, task)


def test_a_node_fires_on_the_tokens_that_it_was_planted_for(evidence: Evidence) -> None:
    first, second = evidence.snippets[KIND_READ][:2]
    assert {first.token, second.token} == {'"', "'"}
    assert first.activation * second.activation < 0


def test_a_snippet_is_a_piece_of_a_prompt_for_finding(evidence: Evidence, task: Task) -> None:
    prompts = [prompt for pair in task.finding for prompt in pair.prompts]
    verifying = {prompt for pair in task.verifying for prompt in pair.prompts}
    for snippets in evidence.snippets.values():
        for snippet in snippets:
            text = snippet.before + snippet.token + snippet.after
            assert any(text in prompt for prompt in prompts)
            assert text not in verifying


def test_snippets_of_a_node_are_of_different_tokens(evidence: Evidence) -> None:
    for snippets in evidence.snippets.values():
        tokens = [snippet.token for snippet in snippets]
        assert len(set(tokens)) == len(tokens) <= 3


def test_the_example_has_the_probabilities_of_both_runs(
    circuit: Circuit, task: Task, evidence: Evidence
) -> None:
    example, pair = evidence.example, task.finding[0]
    assert example is not None
    assert example.candidates == pair.answers
    for prompt, prediction in zip(pair.prompts, example.predictions, strict=True):
        assert prompt.endswith(prediction.prompt)
        tokens = torch.tensor([circuit.model.tokenizer.encode(prompt).ids])
        for logits, said in (
            (circuit.keep(tokens), prediction.circuit),
            (circuit.model.transformer(tokens), prediction.model),
        ):
            expected = logits[0, -1].double().softmax(dim=-1)[list(example.ids)].tolist()
            assert said == pytest.approx(expected)


def test_what_a_node_says_is_what_it_says_in_the_circuit_alone(
    circuit: Circuit, task: Task
) -> None:
    """What is written without the values is what the matrix adds to it: a constant."""
    without = tuple(node for node in PLANTED if node.place.part != "attn.v")
    alone = replace(circuit, groups=(NamedNodes("all", without),))
    assert ANSWERED not in gather_evidence(alone, task).snippets


def test_a_node_that_nobody_in_the_circuit_hears_fires_all_the_same(
    circuit: Circuit, task: Task
) -> None:
    alone = replace(circuit, groups=(NamedNodes("kind", (KIND_READ,)),))
    assert gather_evidence(alone, task).snippets[KIND_READ]


def test_same_circuit_same_evidence(circuit: Circuit, task: Task, evidence: Evidence) -> None:
    assert gather_evidence(circuit, task) == evidence


def test_a_model_without_numbers_gives_no_example(task: Task) -> None:
    model = planted_python_model()
    model.transformer.unembed[0, 0] = torch.nan
    scope = tuple(layer_places(model.config.n_layer))
    ablation = mean_ablation(model.reference.means)
    circuit = Circuit("broken", model, (), None, scope, ablation)
    evidence = gather_evidence(circuit, task)
    assert evidence.example is None
    assert evidence.snippets == {}


def test_a_task_without_pairs_for_finding_is_refused(circuit: Circuit, task: Task) -> None:
    with pytest.raises(TaskError, match="no pairs"):
        gather_evidence(circuit, replace(task, finding=()))
