"""What the weights are said to do is what they do when the model runs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from support.small_models import TWO_LAYERS, model_of, random_transformer
from torch import Tensor

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.inspection.facts import TokenPath, Wiring
from circuitspec.inspection.labels import Labels
from circuitspec.inspection.wiring import WiringReader
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, all_places, matrix_places, parse_place
from circuitspec.model.transformer import Tap

PLAIN = TWO_LAYERS.model_copy(update={"norm": "none"})


def small_model(config: ModelConfig = TWO_LAYERS, *, zeros: float = 0.4, seed: int = 3) -> Model:
    return model_of(random_transformer(config, seed=seed, zeros=zeros))


def wiring(
    model: Model, node: Node, *, named: tuple[NamedNodes, ...] = (), most: int = 100
) -> Wiring:
    return WiringReader(
        config=model.config,
        parameters={name: p.numpy() for name, p in model.transformer.state_dict().items()},
        means={place: mean.numpy() for place, mean in model.reference.means.items()},
        tokenizer=model.tokenizer,
        labels=Labels(model.config, named),
        most=most,
    ).wiring(node)


def node(text: str, index: int) -> Node:
    return Node(parse_place(text), index)


def by_token(path: TokenPath | None, count: int) -> NDArray[np.float64]:
    assert path is not None
    found = np.zeros(count)
    for token in (*path.highest, *path.lowest):
        found[token.id] = token.weight
    assert np.count_nonzero(found) == path.nonzero
    return found


class Watch(Tap):
    """Keeps all values, and adds 1 to a node if asked to."""

    def __init__(self, nudged: Node | None = None) -> None:
        self.nudged = nudged
        self.values: dict[Place, Tensor] = {}

    def activation(self, place: Place, value: Tensor) -> Tensor:
        if self.nudged is not None and place == self.nudged.place:
            value = value.clone()
            value[..., self.nudged.index] += 1.0
        self.values[place] = value
        return value


def alone(model: Model, at: Node) -> NDArray[np.float64]:
    """The node's value on each token of the vocabulary, alone in its sequence."""
    watch = Watch()
    model.transformer(torch.arange(model.config.vocab_size)[:, None], watch)
    return watch.values[at.place][:, 0, at.index].double().numpy()


def nudge(model: Model, at: Node) -> NDArray[np.float64]:
    """By how much the logits move if the node is higher by 1."""
    tokens = torch.tensor([[2]])
    moved = model.transformer(tokens, Watch(at)) - model.transformer(tokens)
    return moved[0, 0].double().numpy()


@pytest.mark.parametrize("text", ["embed", "L0.attn.in", "L0.attn.q", "L0.attn.k", "L0.attn.v"])
def test_embeddings_feed_a_node_as_a_run_does(text: str) -> None:
    model = small_model(PLAIN)
    for index in range(model.config.width(parse_place(text))):
        found = wiring(model, node(text, index))
        fed = by_token(found.fed_by, model.config.vocab_size)
        assert np.allclose(fed + (found.bias or 0.0), alone(model, node(text, index)), atol=1e-5)


@pytest.mark.parametrize("text", ["L0.attn.in", "L0.attn.q", "L0.attn.v"])
def test_the_gain_of_the_norm_is_in_it_and_its_division_is_not(text: str) -> None:
    model = small_model()
    embed = model.transformer.embed.double().numpy()
    assert model.config.norm_eps is not None
    size = np.sqrt((embed**2).mean(axis=1) + model.config.norm_eps)
    for index in range(model.config.width(parse_place(text))):
        found = wiring(model, node(text, index))
        fed = by_token(found.fed_by, model.config.vocab_size)
        values = alone(model, node(text, index)) - (found.bias or 0.0)
        assert np.allclose(fed, values * size, atol=1e-5)


def test_attention_writes_what_feeds_the_values_where_it_attends() -> None:
    model = small_model(PLAIN.model_copy(update={"sink": False}))
    for index in range(model.config.d_model):
        at = node("L0.attn.out", index)
        fed = by_token(wiring(model, at).fed_by, model.config.vocab_size)
        values = alone(model, at)  # attends to itself, for there is nothing else
        assert np.allclose(fed - fed[0], values - values[0], atol=1e-5)


def test_what_feeds_later_layers_goes_through_their_own_norm() -> None:
    model = small_model()
    weights = {name: p.double().numpy() for name, p in model.transformer.state_dict().items()}
    gain = weights["layers.1.mlp.norm.weight"]
    row = weights["layers.1.mlp.in.weight"][4]
    expected = [sum(e * g * w for e, g, w in zip(t, gain, row)) for t in weights["embed"]]  # noqa: B905
    assert np.allclose(by_token(wiring(model, node("L1.mlp.neuron", 4)).fed_by, 7), expected)


@pytest.mark.parametrize("text", ["L1.mlp.neuron", "L1.mlp.out", "final"])
def test_a_node_moves_the_logits_as_a_run_does(text: str) -> None:
    model = small_model(PLAIN)
    for index in range(model.config.width(parse_place(text))):
        at = node(text, index)
        moves = by_token(wiring(model, at).moves, model.config.vocab_size)
        assert np.allclose(moves, nudge(model, at), atol=1e-5)


def test_a_value_moves_the_logits_directly_and_through_the_last_norms_gain() -> None:
    model = small_model()
    weights = {name: p.double().numpy() for name, p in model.transformer.state_dict().items()}
    column = weights["layers.0.attn.out.weight"][:, 5]
    expected = (weights["unembed"] * weights["norm.weight"] * column).sum(axis=1)
    assert np.allclose(by_token(wiring(model, node("L0.attn.v", 5)).moves, 7), expected)


def test_each_weight_of_the_model_is_read_by_one_node_and_written_by_one() -> None:
    model = small_model()
    read, written = set(), set()
    for place in all_places(model.config.n_layer):
        for index in range(model.config.width(place)):
            own = wiring(model, Node(place, index))
            here = Labels(model.config).place(Node(place, index))
            read |= {(wire.other.node, here, wire.weight) for wire in own.reads}
            written |= {(here, wire.other.node, wire.weight) for wire in own.writes}
    assert read == written
    matrices = (model.matrix(place) for place in matrix_places(model.config.n_layer))
    assert len(read) == sum(np.count_nonzero(matrix) for matrix in matrices)


def test_weights_come_in_the_order_of_their_size() -> None:
    weights = [abs(w.weight) for w in wiring(small_model(), node("L0.mlp.neuron", 0)).reads]
    assert len(weights) > 2
    assert weights == sorted(weights, reverse=True)


def test_the_other_places_of_a_channel_are_before_it_and_after_it() -> None:
    model = small_model()
    own = wiring(model, node("L0.mlp.in", 3))
    assert [end.other.node for end in own.written_by] == ["embed[3]", "L0.attn.out[3]"]
    assert [end.other.node for end in own.read_by] == ["L1.attn.in[3]", "L1.mlp.in[3]", "final[3]"]
    assert own.written_by[0].weights == int((model.transformer.embed[:, 3] != 0).sum())
    own = wiring(model, node("L0.mlp.out", 3))
    assert [end.other.node for end in own.written_by] == ["embed[3]", "L0.attn.out[3]"]
    assert [end.other.node for end in own.read_by] == ["L1.attn.in[3]", "L1.mlp.in[3]", "final[3]"]


def test_a_place_without_weights_at_the_channel_is_left_out() -> None:
    model = small_model()
    model.transformer.state_dict()["embed"][:, 3] = 0.0
    model.transformer.state_dict()["unembed"][:, 3] = 0.0
    own = wiring(model, node("L0.mlp.in", 3))
    assert [end.other.node for end in own.written_by] == ["L0.attn.out[3]"]
    assert [end.other.node for end in own.read_by] == ["L1.attn.in[3]", "L1.mlp.in[3]"]


def test_a_key_meets_the_query_of_its_channel() -> None:
    model = small_model()
    own = wiring(model, node("L1.attn.k", 4))
    assert own.partner is not None
    assert own.partner.other.node == "L1.h1.q[1]"
    mean = model.reference.means[parse_place("L1.attn.q")][4]
    assert own.partner.mean == pytest.approx(mean.item())
    assert own.partner.scale == pytest.approx(3**-0.5)
    assert own.sink == pytest.approx(model.transformer.state_dict()["layers.1.attn.sink"][1].item())
    assert wiring(model, node("L1.attn.v", 4)).partner is None
    assert wiring(model, node("L1.mlp.out", 4)).sink is None


def test_nothing_linear_leads_through_an_activation_function() -> None:
    model = small_model()
    assert wiring(model, node("L0.mlp.out", 1)).fed_by is None
    assert wiring(model, node("L0.mlp.in", 1)).moves is None
    assert wiring(model, node("L0.attn.k", 1)).moves is None


def test_only_the_strongest_tokens_of_each_sign_are_listed() -> None:
    model = small_model(zeros=0.0)
    most = wiring(model, node("L0.attn.in", 2), most=2).fed_by
    every = wiring(model, node("L0.attn.in", 2)).fed_by
    assert most is not None
    assert every is not None
    assert most.highest == every.highest[:2]
    assert most.lowest == every.lowest[:2]
    assert most.nonzero == every.nonzero == 7
    assert [t.token for t in every.highest] == [f"w{t.id}" for t in every.highest]


def test_outputs_that_are_no_tokens_have_numbers() -> None:
    model = small_model(TWO_LAYERS.model_copy(update={"n_output": 3}), zeros=0.0)
    own = wiring(model, node("L0.attn.out", 1))
    assert own.moves is not None
    assert own.fed_by is not None
    found = {token.token for token in (*own.moves.highest, *own.moves.lowest)}
    assert found == {"output 0", "output 1", "output 2"}
    assert own.fed_by.highest[0].token.startswith("w")


def test_neighbours_have_the_names_that_specs_give() -> None:
    named = (
        NamedNodes("kind", (node("L0.attn.in", 2), node("L0.attn.in", 3)), "which one"),
        NamedNodes("other", (node("L0.attn.in", 2),)),
    )
    own = wiring(small_model(zeros=0.0), node("L0.attn.v", 1), named=named)
    labels = {wire.other.node: wire.other for wire in own.reads}
    assert labels["L0.attn.in[2]"].name == labels["L0.attn.in[3]"].name == "kind"
    assert labels["L0.attn.in[2]"].description == "which one"
    assert labels["L0.attn.in[1]"].name is None
