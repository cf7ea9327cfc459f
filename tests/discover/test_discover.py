"""Pruning finds a planted circuit and nothing else, and says so when there is none."""

from __future__ import annotations

import pytest
from support.planted import PLANTED, planted_model, quote_task

from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.search_circuit import (
    Discovery,
    NotFoundError,
    discover_circuit,
    weights_between,
)
from circuitspec.discovery.to_spec import circuit_to_spec
from circuitspec.document import print_file
from circuitspec.language import parse_text
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.tokens import tokenize_pairs

SETTINGS = Discovery(
    target_loss=0.1, training=MaskTraining(price=3e-3, steps=120, learning_rate=0.05)
)


@pytest.fixture(scope="module")
def found():
    return discover_circuit(planted_model(), quote_task(), SETTINGS)


def test_only_planted_nodes_are_found(found):
    assert set(found.nodes) <= PLANTED
    assert {str(node) for node in found.nodes} >= {
        "L0.attn.in[0]",
        "L0.attn.v[0]",
        "L0.attn.out[2]",
    }


def test_the_found_circuit_reaches_the_target_on_pairs_that_it_was_not_found_on(found):
    batches = tokenize_pairs(quote_task().verifying, found.model.tokenizer)
    scores = score_pairs(batches, found.keep)
    assert scores.right.all()
    assert float(scores.loss.mean()) <= 0.11


def test_no_node_and_no_edge_can_be_left_out(found):
    batches = tokenize_pairs(quote_task().finding[: SETTINGS.pairs], found.model.tokenizer)
    smaller = [found.without_node(node) for node in found.nodes]
    smaller += [found.without_edge(edge) for edge in found.edges]
    for circuit in smaller:
        assert float(score_pairs(batches, circuit.keep).loss.mean()) > SETTINGS.target_loss


def test_edges_are_weights_between_found_nodes(found):
    assert found.edges
    assert set(found.edges) <= weights_between(found.model.transformer, frozenset(found.nodes))


def test_the_same_seed_finds_the_same_circuit(found):
    again = discover_circuit(planted_model(), quote_task(), SETTINGS)
    assert (again.nodes, again.edges) == (found.nodes, found.edges)


def test_a_target_out_of_reach_is_not_found():
    with pytest.raises(NotFoundError, match="no set of nodes"):
        discover_circuit(planted_model(), quote_task(), Discovery(target_loss=1e-9))


def test_the_circuit_becomes_a_spec_that_reads_back(found):
    spec = circuit_to_spec(found, task="single_double_quote", claimed_loss=0.1)
    text = print_file(spec)
    result = parse_text(text)
    assert not result.diagnostics
    assert result.unwrap().circuits == (spec,)
    assert len(spec.nodes) == len(found.nodes)
    assert len(spec.edges) == len(found.edges)
