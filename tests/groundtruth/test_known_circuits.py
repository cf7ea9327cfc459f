"""Circuits known by construction get the numbers that an independent program computed for them.

The last tests spoil one thing at a time and expect other numbers: were a check above blind to it,
it would be of no use.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import astuple, replace

import numpy as np
import pytest
from support.ground_truth import FOLDERS, GroundTruth, Score, load_ground_truth
from support.plain_reference import reference_logits

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks

TOLERANCE = 1e-4


@pytest.fixture(params=FOLDERS)
def truth(request: pytest.FixtureRequest) -> GroundTruth:
    return load_ground_truth(request.param)


def agree(ours: Mapping[str, Score], theirs: Mapping[str, Score]) -> bool:
    measured = {name: astuple(score) for name, score in ours.items()}
    expected = {name: astuple(score) for name, score in theirs.items()}
    return measured == {
        name: pytest.approx(score, rel=0, abs=TOLERANCE) for name, score in expected.items()
    }


def node_named(circuit: Circuit, name: str) -> Node:
    (node,) = (node for node in circuit.nodes if str(node) == name)
    return node


def all_left_out(truth: GroundTruth, circuit: Circuit) -> dict[str, Score]:
    return {str(node): truth.score(circuit.without_node(node).keep) for node in circuit.nodes}


def decoys_alone(truth: GroundTruth, circuit: Circuit) -> Score:
    """Every node of the scope that is not in A, kept, and A ablated: B and what neither uses."""
    masks = circuit.keep_masks().complement()
    return truth.score(
        lambda tokens: run_masked(truth.model.transformer, tokens, masks, circuit.ablation)
    )


def test_there_are_known_circuits() -> None:
    assert len(FOLDERS) >= 3


def test_the_compiled_nodes_are_the_true_ones(truth: GroundTruth) -> None:
    expected = [f"{place}[{index}]" for place, ones in truth.nodes.items() for index in ones]
    assert sorted(map(str, truth.circuit().nodes)) == sorted(expected)
    assert sorted(expected) == sorted(truth.without)


def test_keep_drop_and_nothing_score_as_computed_elsewhere(truth: GroundTruth) -> None:
    circuit = truth.circuit()
    scores = {
        "full": truth.score(truth.model.transformer),
        "keep_truth": truth.score(circuit.keep),
        "drop_truth": truth.score(circuit.drop),
        "keep_decoys": decoys_alone(truth, circuit),
        "empty": truth.score(circuit.emptied().keep),
    }
    assert agree(scores, truth.results)


def test_leaving_out_each_node_scores_as_computed_elsewhere(truth: GroundTruth) -> None:
    assert agree(all_left_out(truth, truth.circuit()), truth.without)


def test_the_plain_reference_agrees_input_by_input(truth: GroundTruth) -> None:
    circuit = truth.circuit()
    tokens = truth.tokens[:: len(truth.tokens) // 3]
    for masks, logits in (
        (Masks(), truth.model.transformer(tokens)),
        (circuit.keep_masks(), circuit.keep(tokens)),
        (circuit.drop_masks(), circuit.drop(tokens)),
    ):
        expected = reference_logits(truth.model.transformer, tokens, masks, circuit.ablation)
        np.testing.assert_allclose(logits.numpy(), expected, rtol=0, atol=1e-9)


def test_float32_is_enough(truth: GroundTruth) -> None:
    single = replace(truth.model, transformer=deepcopy(truth.model.transformer).float())
    circuit = replace(truth.circuit(), model=single)
    scores = {
        "full": truth.score(single.transformer),
        "keep_truth": truth.score(circuit.keep),
        "drop_truth": truth.score(circuit.drop),
    }
    assert agree(scores, {name: truth.results[name] for name in scores})


def test_drawing_every_weight_of_the_circuit_changes_nothing(truth: GroundTruth) -> None:
    circuit = truth.circuit(edges=True)
    assert circuit.edges
    keep = {"keep_truth": truth.score(circuit.keep)}
    assert agree(keep, {"keep_truth": truth.results["keep_truth"]})


def test_keep_mistaken_for_drop_would_show(truth: GroundTruth) -> None:
    circuit = truth.circuit()
    swapped = {"keep_truth": truth.score(circuit.drop), "drop_truth": truth.score(circuit.keep)}
    assert not agree(swapped, {name: truth.results[name] for name in swapped})


def test_zeros_in_place_of_means_would_show(truth: GroundTruth) -> None:
    assert not agree(all_left_out(truth, truth.circuit(ablate="zero")), truth.without)


def test_a_missing_essential_node_would_show(truth: GroundTruth) -> None:
    circuit = truth.circuit()
    for name in truth.essential:
        score = truth.score(circuit.without_node(node_named(circuit, name)).keep)
        assert not agree({"keep_truth": score}, {"keep_truth": truth.results["keep_truth"]}), name
