"""Running a circuit: what keep, drop and leaving out mean, and what holds between them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.circuits import circuit_of
from support.plain_reference import reference_logits
from support.random_runs import small_configs
from support.small_models import TWO_LAYERS, model_of, random_means, random_transformer

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.engine.ablation import mean_ablation
from circuitspec.engine.masks import Masks
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, all_places, layer_places, matrix_places

TOKENS = torch.tensor([[0, 1, 2, 3], [6, 5, 4, 4]])


@pytest.fixture(scope="module")
def model() -> Model:
    return model_of(random_transformer(TWO_LAYERS, seed=4, zeros=0.3, dtype=torch.float64))


def every_node(model: Model) -> list[Node]:
    config = model.config
    return [
        Node(place, index)
        for place in layer_places(config.n_layer)
        for index in range(config.width(place))
    ]


def every_edge(model: Model, nodes: set[Node]) -> list[Edge]:
    """All nonzero weights between these nodes."""
    edges = []
    for target in matrix_places(model.config.n_layer):
        assert target.source is not None
        weight = model.transformer.matrix(target).weight
        for row, column in weight.nonzero().tolist():
            source, end = Node(target.source, column), Node(target, row)
            if source in nodes and end in nodes:
                edges.append(Edge(source, end, float(weight[row, column])))
    return edges


def circuit_with(model: Model, nodes: list[Node], edges: list[Edge] | None = None) -> Circuit:
    return Circuit(
        name="built",
        model=model,
        groups=(NamedNodes("all", tuple(nodes)),),
        edges=None if edges is None else tuple(edges),
        scope=tuple(layer_places(model.config.n_layer)),
        ablation=mean_ablation(model.reference.means),
    )


@st.composite
def circuits(draw: st.DrawFn, *, edges: bool = False) -> tuple[Circuit, torch.Tensor]:
    """A random circuit of a random model, with tokens to run it on."""
    config = draw(small_configs())
    seed = draw(st.integers(0, 2**32))
    model = model_of(
        random_transformer(config, seed=seed, zeros=0.3, dtype=torch.float64),
        means=random_means(config, seed=seed),
    )
    generator = torch.Generator().manual_seed(seed)
    share = draw(st.sampled_from([0.2, 0.6, 0.9]))

    def some(things: list) -> list:
        return [thing for thing in things if torch.rand((), generator=generator) < share]

    nodes = some(every_node(model))
    listed = some(every_edge(model, set(nodes))) if edges else None
    tokens = torch.randint(config.vocab_size, (2, 4), generator=generator)
    return circuit_with(model, nodes, listed), tokens


def assert_close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)


def masks_by_definition(circuit: Circuit, *, keep: bool) -> Masks:
    """Section 2 of the design, word by word, over all nodes and weights."""
    config, nodes = circuit.model.config, set(circuit.nodes)
    in_scope = set(circuit.scope)
    node_masks, weight_masks = {}, {}
    for place in all_places(config.n_layer):
        own = [Node(place, index) for index in range(config.width(place))]
        if keep:
            node_masks[place] = [place not in in_scope or node in nodes for node in own]
        else:
            dropped = nodes if circuit.edges is None else set()
            node_masks[place] = [node not in dropped for node in own]
    listed = {(edge.target, edge.source) for edge in circuit.edges or ()}

    def kept(target: Node, source: Node) -> bool:
        if circuit.edges is None:
            return True
        if not keep:
            return (target, source) not in listed
        return (target, source) in listed or not (target in nodes and source in nodes)

    for target in matrix_places(config.n_layer):
        assert target.source is not None
        rows, columns = circuit.model.transformer.matrix(target).weight.shape
        weight_masks[target] = [
            [kept(Node(target, row), Node(target.source, column)) for column in range(columns)]
            for row in range(rows)
        ]
    return Masks(
        {place: torch.tensor(mask) for place, mask in node_masks.items()},
        {place: torch.tensor(mask) for place, mask in weight_masks.items()},
    )


@given(st.booleans().flatmap(lambda edges: circuits(edges=edges)))
@settings(max_examples=60)
def test_keep_and_drop_are_what_the_design_says(case: tuple[Circuit, torch.Tensor]) -> None:
    circuit, tokens = case
    for keep, logits in ((True, circuit.keep(tokens)), (False, circuit.drop(tokens))):
        masks = masks_by_definition(circuit, keep=keep)
        expected = reference_logits(circuit.model.transformer, tokens, masks, circuit.ablation)
        np.testing.assert_allclose(logits.numpy(), expected, rtol=1e-9, atol=1e-9)


@given(circuits())
@settings(max_examples=40)
def test_listing_every_weight_is_listing_none(case: tuple[Circuit, torch.Tensor]) -> None:
    circuit, tokens = case
    edges = every_edge(circuit.model, set(circuit.nodes))
    listed = circuit_with(circuit.model, list(circuit.nodes), edges)
    assert_close(listed.keep(tokens), circuit.keep(tokens))


@given(circuits())
@settings(max_examples=30)
def test_keeping_a_circuit_is_dropping_the_rest(case: tuple[Circuit, torch.Tensor]) -> None:
    circuit, tokens = case
    rest = [node for node in every_node(circuit.model) if node not in set(circuit.nodes)]
    assert_close(circuit_with(circuit.model, rest).drop(tokens), circuit.keep(tokens))


@pytest.mark.parametrize("with_edges", [False, True])
def test_keeping_everything_is_the_full_model(model: Model, with_edges: bool) -> None:
    nodes = every_node(model)
    edges = every_edge(model, set(nodes)) if with_edges else None
    circuit = circuit_with(model, nodes, edges)
    assert_close(circuit.keep(TOKENS), model.transformer(TOKENS))


@pytest.mark.parametrize("edges", [None, []])
def test_dropping_nothing_is_the_full_model(model: Model, edges: list[Edge] | None) -> None:
    assert circuit_with(model, [], edges).drop(TOKENS).equal(model.transformer(TOKENS))


def test_keeping_nothing_says_the_same_whatever_came_before_the_last_token(model: Model) -> None:
    """All blocks are frozen, so that only the token's own embedding is left."""
    logits = circuit_with(model, []).keep(torch.tensor([[0, 1, 2], [5, 3, 2]]))
    assert logits[0, -1].equal(logits[1, -1])
    assert not logits[0, 0].equal(logits[1, 0])


def test_a_circuit_emptied_of_nodes_and_edges_keeps_nothing(model: Model) -> None:
    nodes = every_node(model)
    circuit = circuit_with(model, nodes, every_edge(model, set(nodes)))
    assert circuit.emptied().keep(TOKENS).equal(circuit_with(model, []).keep(TOKENS))
    assert circuit.emptied().drop(TOKENS).equal(model.transformer(TOKENS))


def test_leaving_out_a_node_takes_its_edges_along(model: Model) -> None:
    circuit = circuit_of(
        model,
        "node a = L0.mlp.in[0..7]\nnode b = L0.mlp.neuron[0..9]\nnode c = L0.mlp.out[0..7]\n"
        "edge a -> b -> c",
    )
    node = Node(Place(0, "mlp.neuron"), 4)
    less = circuit.without_node(node)
    assert circuit.edges is not None
    assert less.edges is not None
    assert set(circuit.nodes) - set(less.nodes) == {node}
    gone = set(circuit.edges) - set(less.edges)
    assert gone == {edge for edge in circuit.edges if node in (edge.source, edge.target)}
    assert {edge.source == node for edge in gone} == {True, False}
    assert [group.name for group in less.groups] == ["a", "b", "c"]
    assert node in circuit.nodes


def test_leaving_out_an_edge_leaves_its_nodes(model: Model) -> None:
    circuit = circuit_of(
        model, "node a = L0.mlp.in[0..7]\nnode b = L0.mlp.neuron[0..9]\nedge a -> b"
    )
    assert circuit.edges is not None
    less = circuit.without_edge(circuit.edges[3])
    assert less.nodes == circuit.nodes
    assert less.edges == circuit.edges[:3] + circuit.edges[4:]


def test_drop_touches_the_listed_weights_alone(model: Model) -> None:
    circuit = circuit_of(
        model, "node a = L0.mlp.in[0..7]\nnode b = L0.mlp.neuron[0..9]\nedge a -> b"
    )
    drop = circuit.drop_masks()
    assert drop.nodes == {}
    assert set(drop.weights) == {Place(0, "mlp.neuron")}
    weight = model.transformer.matrix(Place(0, "mlp.neuron")).weight
    assert drop.weights[Place(0, "mlp.neuron")].equal(weight == 0)


def test_keep_ablates_weights_between_kept_nodes_that_no_edge_lists(model: Model) -> None:
    circuit = circuit_of(
        model,
        "node a = L0.mlp.in[0..7]\nnode b = L0.mlp.neuron[0..4]\nnode c = L0.mlp.out[2]\n"
        "edge b -> c",
    )
    weights = circuit.keep_masks().weights
    assert set(weights) == set(matrix_places(2))
    into_neurons = weights[Place(0, "mlp.neuron")]
    assert not into_neurons[:5].any()
    assert into_neurons[5:].all()


@pytest.mark.parametrize(
    ("scope", "count"), [("layers", 16), ("embed, layers", 17), ("embed, layers, final", 18)]
)
def test_ablation_touches_the_scope_alone(model: Model, scope: str, count: int) -> None:
    circuit = circuit_of(model, f"scope {scope}\nnode a = L0.mlp.in[0]")
    assert len(circuit.keep_masks().nodes) == count
    assert set(circuit.drop_masks().nodes) == set(circuit.scope)


@pytest.mark.parametrize("ablate", ["zero", "mean over pretraining"])
def test_what_is_taken_away_says_what_the_spec_says(model: Model, ablate: str) -> None:
    circuit = circuit_of(model, "node a = L0.mlp.in[0]", ablate=ablate)
    assert circuit.ablation.kind == ablate.split()[0]
    for place, index in product(all_places(2), range(6)):
        expected = 0.0 if ablate == "zero" else model.reference.means[place][index]
        assert circuit.ablation[place][index] == expected
