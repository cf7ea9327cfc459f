"""Disconnected nodes: what the search calls so can be taken away without any effect."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.small_models import TWO_LAYERS, model_of, random_transformer

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.connected import disconnected_nodes
from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.engine.ablation import mean_ablation, zero_ablation
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import EMBED, FINAL, Place, layer_places, matrix_places

from .toy import EDGES, toy_circuit, toy_model, toy_spec, toy_transformer

# Normalisation lets every channel touch every other, which the search leaves out on purpose.
CONFIG = TWO_LAYERS.model_copy(update={"norm": "none"})


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """Random nodes, and perhaps edges between them, of a random model with most weights zero."""
    seed = draw(st.integers(0, 10**6))
    config: ModelConfig = CONFIG.model_copy(update={"sink": draw(st.booleans())})
    model = model_of(random_transformer(config, seed=seed, zeros=draw(st.sampled_from([0.5, 0.8]))))
    ends = draw(st.sampled_from([(), (EMBED,), (FINAL,), (EMBED, FINAL)]))
    scope = (*layer_places(config.n_layer), *ends)
    random = torch.Generator().manual_seed(seed)

    def some(share: float) -> bool:
        return float(torch.rand((), generator=random)) < share

    nodes = [Node(p, i) for p in scope for i in range(config.width(p)) if some(0.4)]
    edges = [
        Edge(source, target, weight)
        for target in nodes
        for source in nodes
        if source.place == target.place.source
        and (
            weight := float(
                model.transformer.matrix(target.place).weight[target.index, source.index]
            )
        )
        and some(0.7)
    ]
    zero = draw(st.booleans())
    return Circuit(
        name="random",
        model=model,
        groups=tuple(NamedNodes(f"n{index}", (node,)) for index, node in enumerate(nodes)),
        edges=tuple(edges) if draw(st.booleans()) else None,
        scope=scope,
        ablation=zero_ablation(config) if zero else mean_ablation(model.reference.means),
    )


@given(circuits())
@settings(max_examples=60)
def test_a_disconnected_node_can_be_left_out_without_effect(circuit: Circuit) -> None:
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, CONFIG.vocab_size, (4, CONFIG.n_ctx), generator=generator)
    kept = circuit.keep(tokens)
    for node in disconnected_nodes(circuit):
        torch.testing.assert_close(circuit.without_node(node).keep(tokens), kept)


def test_the_search_finds_some_of_each() -> None:
    """So that the property above is about something."""
    model = model_of(random_transformer(CONFIG, seed=0, zeros=0.8))
    scope = tuple(layer_places(CONFIG.n_layer))
    nodes = tuple(Node(place, i) for place in scope for i in range(0, CONFIG.width(place), 2))
    circuit = Circuit(
        "some", model, (NamedNodes("all", nodes),), None, scope, zero_ablation(CONFIG)
    )
    assert 5 < len(disconnected_nodes(circuit)) < len(nodes) - 5


def names(circuit: Circuit) -> list[str]:
    return [circuit.name_of(node) for node in disconnected_nodes(circuit)]


def test_a_write_that_nobody_reads() -> None:
    nodes = "  node idle = L0.attn.out[3]\n  node used = L0.attn.out[2]\n"
    assert names(toy_circuit(toy_spec(nodes=nodes))) == ["idle"]


def test_a_read_that_goes_nowhere_but_through_an_ablated_node() -> None:
    nodes = "  node is_a = L0.attn.in[0]\n  node answer = L0.attn.out[2]\n"
    assert names(toy_circuit(toy_spec(nodes=nodes))) == ["is_a"]


def test_with_edges_only_listed_weights_count() -> None:
    circuit = toy_circuit(toy_spec(edges=EDGES))
    assert names(circuit) == []
    assert circuit.edges is not None
    cut = replace(circuit, edges=circuit.edges[1:])
    assert names(cut) == ["is_a"]


def test_a_write_of_an_early_layer_reaches_a_read_of_a_late_one() -> None:
    transformer = random_transformer(CONFIG, seed=1)
    transformer.unembed[:, 5] = 0.0
    model = model_of(transformer)
    scope = tuple(layer_places(CONFIG.n_layer))
    path = [
        Node(Place(0, "mlp.out"), 5),
        Node(Place(1, "mlp.in"), 5),
        Node(Place(1, "mlp.neuron"), 0),
        Node(Place(1, "mlp.out"), 0),
    ]

    def cut_off(nodes: list[Node]) -> list[Node]:
        groups = (NamedNodes("path", tuple(nodes)),)
        circuit = Circuit("path", model, groups, None, scope, zero_ablation(CONFIG))
        return list(disconnected_nodes(circuit))

    assert cut_off(path) == []
    assert cut_off([path[0], *path[2:]]) == [path[0]]
    assert cut_off(path[:3]) == path[:3]


@pytest.mark.parametrize(("partner", "expected"), [(0.0, ["ask"]), (1.0, [])])
def test_a_query_needs_a_key_that_is_not_always_zero(partner: float, expected: list[str]) -> None:
    model = toy_model(toy_transformer())
    model.reference.means[Place(0, "attn.k")][0] = partner  # type: ignore[index]
    nodes = (
        "  node ask = L0.attn.q[0]\n  node carry = L0.attn.v[0]\n  node answer = L0.attn.out[2]\n"
    )
    assert names(toy_circuit(toy_spec(nodes=nodes), model)) == expected


def test_every_matrix_is_searched() -> None:
    model = model_of(random_transformer(CONFIG, seed=2))
    scope = tuple(layer_places(CONFIG.n_layer))
    nodes = tuple(Node(place, i) for place in scope for i in range(CONFIG.width(place)))
    everything = Circuit(
        "all", model, (NamedNodes("all", nodes),), None, scope, zero_ablation(CONFIG)
    )
    assert disconnected_nodes(everything) == ()
    for target in matrix_places(CONFIG.n_layer):
        silent = random_transformer(CONFIG, seed=2)
        silent.matrix(target).weight.zero_()
        cut = disconnected_nodes(replace(everything, model=model_of(silent)))
        # What attention reads still gets through by another of its three matrices.
        assert bool(cut) == (target.part in ("attn.out", "mlp.neuron", "mlp.out"))
