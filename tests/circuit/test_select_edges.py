"""Which weights of a model the arrows in a spec stand for, and what is said of those it lacks."""

from __future__ import annotations

import time

import pytest
import torch
from support.circuits import circuit_of, marked, mistakes, spec_text
from support.small_models import TWO_LAYERS, model_of, random_transformer

from circuitspec.circuit.compile import compile_spec
from circuitspec.language.spec import (
    Ablation,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    NodeRef,
    PlaceRef,
    Selection,
    Spec,
)
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model
from circuitspec.model.places import Place

NODES = """
node read = L0.mlp.in[1, 2]
node fired = L0.mlp.neuron[3, 4]
node told = channel 5 from L0.mlp to L1.attn
node match = L1.h1.qk[0]
node carry = L1.h1.v[2]
node answer = L1.attn.out[7]
"""


@pytest.fixture
def model() -> Model:
    """Every weight is 0 but those that a test sets."""
    transformer = random_transformer(TWO_LAYERS, seed=0)
    for name, parameter in transformer.named_parameters():
        if name.startswith("layers.") and name.endswith(".weight") and "norm" not in name:
            parameter.zero_()
    model = model_of(transformer)
    set_weight(model, "mlp.neuron", 3, 1, 0.5, layer=0)
    set_weight(model, "mlp.neuron", 4, 1, 0.25, layer=0)
    set_weight(model, "mlp.neuron", 3, 2, -0.125, layer=0)
    set_weight(model, "mlp.out", 5, 3, 2.0, layer=0)
    set_weight(model, "attn.q", 3, 5, -1.0, layer=1)
    set_weight(model, "attn.k", 3, 5, 1.5, layer=1)
    set_weight(model, "attn.v", 5, 5, 3.0, layer=1)
    set_weight(model, "attn.out", 7, 5, -4.0, layer=1)
    return model


def set_weight(
    model: Model, part: str, target: int, source: int, value: float, *, layer: int
) -> None:
    model.transformer.matrix(Place(layer, part)).weight[target, source] = value


def drawn(model: Model, arrows: str) -> dict[str, float]:
    circuit = circuit_of(model, NODES + arrows)
    assert circuit.edges is not None
    return {str(edge): edge.weight for edge in circuit.edges}


def test_an_arrow_between_groups_stands_for_every_nonzero_weight_between_them(
    model: Model,
) -> None:
    assert drawn(model, "edge read -> fired") == {
        "L0.mlp.in[1] -> L0.mlp.neuron[3]": 0.5,
        "L0.mlp.in[1] -> L0.mlp.neuron[4]": 0.25,
        "L0.mlp.in[2] -> L0.mlp.neuron[3]": -0.125,
    }


def test_a_chain_ends_and_starts_at_the_same_channel(model: Model) -> None:
    """The arrow into a channel ends at its write, the arrow out of it starts at its read."""
    assert drawn(model, "edge fired -> told -> carry -> answer") == {
        "L0.mlp.neuron[3] -> L0.mlp.out[5]": 2.0,
        "L1.attn.in[5] -> L1.attn.v[5]": 3.0,
        "L1.attn.v[5] -> L1.attn.out[7]": -4.0,
    }


def test_an_arrow_to_one_half_of_a_pair_ends_there(model: Model) -> None:
    assert drawn(model, "edge told -> match.q") == {"L1.attn.in[5] -> L1.attn.q[3]": -1.0}
    assert drawn(model, "edge told -> match.k") == {"L1.attn.in[5] -> L1.attn.k[3]": 1.5}


def test_lists_multiply(model: Model) -> None:
    edges = drawn(model, "edge told -> match.q, match.k, carry")
    assert sorted(edges.values()) == [-1.0, 1.5, 3.0]


def test_edges_are_in_forward_order_however_they_are_written(model: Model) -> None:
    backwards = drawn(model, "edge carry -> answer\nedge told -> carry\nedge fired -> told")
    assert list(backwards.values()) == [2.0, 3.0, -4.0]


def test_a_spec_without_arrows_has_no_list_of_edges(model: Model) -> None:
    assert circuit_of(model, NODES).edges is None


@pytest.mark.parametrize("arrow", ["told -> carry : +", "carry -> answer : -", "fired -> told : +"])
def test_the_right_sign_passes(model: Model, arrow: str) -> None:
    assert len(drawn(model, f"edge {arrow}")) == 1


@pytest.mark.parametrize(
    ("arrow", "message", "label", "help_"),
    [
        (
            "told -> carry : -",
            "the weight from `told` to `carry` is positive, the spec says `-`",
            "L1.attn.in[5] -> L1.attn.v[5] is 3",
            "write `carry : +`",
        ),
        (
            "carry -> answer : +",
            "the weight from `carry` to `answer` is negative, the spec says `+`",
            "L1.attn.v[5] -> L1.attn.out[7] is -4",
            "write `answer : -`",
        ),
        (
            "told -> match.k : -",
            "the weight from `told` to `match.k` is positive, the spec says `-`",
            "L1.attn.in[5] -> L1.attn.k[3] is 1.5",
            "write `match.k : +`",
        ),
        # Two of the three weights are positive, so that neither sign is right.
        (
            "read -> fired : +",
            "1 of 3 weights from `read` to `fired` is negative, the spec says `+`",
            "L0.mlp.in[2] -> L0.mlp.neuron[3] is -0.125",
            "leave the sign out",
        ),
        (
            "read -> fired : -",
            "2 of 3 weights from `read` to `fired` are positive, the spec says `-`",
            "L0.mlp.in[1] -> L0.mlp.neuron[3] is 0.5",
            "leave the sign out",
        ),
    ],
)
def test_a_sign_that_contradicts_a_weight(
    model: Model, arrow: str, message: str, label: str, help_: str
) -> None:
    lines = f"{NODES}edge {arrow}"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == "sign-contradicts-weight"
    assert message == diagnostic.message
    assert label == diagnostic.label
    assert help_ in (diagnostic.help or "")
    assert marked(diagnostic, lines) == arrow[-1]


def test_a_weight_that_is_zero_names_the_strongest_inputs(model: Model) -> None:
    set_weight(model, "attn.v", 5, 0, 0.1, layer=1)
    set_weight(model, "attn.v", 5, 6, -9.0, layer=1)
    set_weight(model, "attn.v", 5, 5, 0.0, layer=1)
    lines = f"{NODES}edge told -> carry"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == "zero-weight"
    assert diagnostic.message == "the weight from `told` to `carry` is zero in this model"
    assert diagnostic.label == "L1.attn.in[5] -> L1.attn.v[5] is 0"
    assert diagnostic.help is not None
    assert diagnostic.help.endswith("L1.attn.v[5] are L1.attn.in[6] (-9), L1.attn.in[0] (+0.1)")
    assert marked(diagnostic, lines) == "told -> carry"


def test_a_node_without_any_input_is_called_that(model: Model) -> None:
    set_weight(model, "attn.v", 5, 5, 0.0, layer=1)
    (diagnostic,) = mistakes(model, f"{NODES}edge told -> carry")
    assert diagnostic.help == "leave it out: L1.attn.v[5] has no input at all in this model"


def test_an_input_that_could_have_been_meant_is_called_by_its_name(model: Model) -> None:
    model.transformer.matrix(Place(0, "mlp.neuron")).weight[3, 1] = 0.0
    set_weight(model, "mlp.neuron", 3, 2, 0.5, layer=0)
    nodes = "node one = L0.mlp.in[1]\nnode two = L0.mlp.in[2]\nnode spike = L0.mlp.neuron[3]\n"
    (diagnostic,) = mistakes(model, f"{nodes}edge one, two -> spike")
    assert diagnostic.help == "the strongest inputs of L0.mlp.neuron[3] are `two` (+0.5)"


def test_an_edge_of_a_list_is_marked_by_its_target_and_its_source(model: Model) -> None:
    nodes = "node one = L0.mlp.in[0]\nnode two = L0.mlp.in[1]\nnode spike = L0.mlp.neuron[3]\n"
    lines = f"{nodes}edge one, two -> spike"
    (diagnostic,) = mistakes(model, lines)
    assert marked(diagnostic, lines) == "spike"
    ((span, label),) = diagnostic.secondary
    assert spec_text(lines)[span.start : span.end] == "one"
    assert label == "from here"


def test_groups_with_zeros_alone_between_them_are_one_mistake(model: Model) -> None:
    model.transformer.matrix(Place(0, "mlp.neuron")).weight.zero_()
    (diagnostic,) = mistakes(model, f"{NODES}edge read -> fired")
    assert diagnostic.code == "zero-weight"
    assert diagnostic.message == "all 4 weights from `read` to `fired` are zero in this model"


@pytest.mark.parametrize(
    ("arrow", "label", "help_"),
    [
        ("fired -> read", "from L0.mlp.neuron to L0.mlp.in", "did you mean `read -> fired`?"),
        ("read -> answer", "from L0.mlp.in to L1.attn.out", "lead from `L0.mlp.in` to `L0.mlp.neu"),
        ("read -> told", "from L0.mlp.in to L0.mlp.out, L1.attn.in", "a node at `L0.mlp.neuron`"),
        ("match.q -> answer", "from L1.attn.q to L1.attn.out", "choose where values come from"),
        ("write -> later", "from L0.attn.out to L1.mlp.in", "`channel 6 from L0.attn to L1.mlp`"),
        ("write -> other", "from L0.attn.out to L1.mlp.in", "channel 6 of the residual stream"),
        (
            "answer -> early",
            "from L1.attn.out to L0.mlp.in",
            "read before `L1.attn.out` is written",
        ),
        ("answer -> read", "from L1.attn.out to L0.mlp.in", "read before `L1.attn.out` is written"),
        ("answer -> carry", "from L1.attn.out to L1.attn.v", "did you mean `carry -> answer`?"),
        ("answer -> match.k", "from L1.attn.out to L1.attn.k", "the residual stream carries"),
    ],
)
def test_places_that_no_matrix_joins(model: Model, arrow: str, label: str, help_: str) -> None:
    more = "node write = L0.attn.out[6]\nnode later = L1.mlp.in[6]\nnode other = L1.mlp.in[7]\n"
    lines = f"{NODES}{more}node early = L0.mlp.in[7]\nedge {arrow}"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == "no-such-matrix"
    assert diagnostic.label == label
    assert help_ in (diagnostic.help or "")
    assert marked(diagnostic, lines) == arrow


def test_a_weight_that_two_arrows_draw_is_reported_with_both_places(model: Model) -> None:
    lines = f"{NODES}edge told -> match.q\nedge told -> match"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == "edge-listed-twice"
    assert "L1.attn.in[5] -> L1.attn.q[3]" in diagnostic.message
    ((first, _),) = diagnostic.secondary
    assert diagnostic.span is not None
    assert diagnostic.span.line == first.line + 1


def test_all_mistakes_are_reported_at_once(model: Model) -> None:
    lines = f"""{NODES}
    node lost = L5.mlp.in[0]
    edge fired -> read
    edge told -> carry : -
    edge read -> answer
    """
    assert [diagnostic.code for diagnostic in mistakes(model, lines)] == [
        "layer-out-of-range",
        "no-such-matrix",
        "sign-contradicts-weight",
        "no-such-matrix",
    ]


def test_an_arrow_at_a_node_that_does_not_exist_is_no_second_mistake(model: Model) -> None:
    lines = f"{NODES}node lost = L5.mlp.neuron[0]\nedge read -> lost -> told"
    assert [diagnostic.code for diagnostic in mistakes(model, lines)] == ["layer-out-of-range"]


def test_an_arrow_at_a_node_that_exists_in_part_is_no_second_mistake(model: Model) -> None:
    lines = f"{NODES}node partly = L0.mlp.in[0], L5.mlp.neuron[0]\nedge read -> partly"
    assert [diagnostic.code for diagnostic in mistakes(model, lines)] == ["layer-out-of-range"]


def test_an_arrow_at_a_half_that_a_node_does_not_have_is_not_dropped(model: Model) -> None:
    """The parser refuses this already; a spec that a program built must not lose an edge."""
    spec = Spec(
        name="built",
        model="small",
        task="any",
        ablation=Ablation(kind="zero"),
        nodes=(declared("read", 1, "attn.in", 5), declared("carry", 1, "attn.v", 5)),
        edges=(
            EdgeDecl(source=NodeRef(name="read"), target=NodeRef(name="carry")),
            EdgeDecl(source=NodeRef(name="read"), target=NodeRef(name="carry", part="q")),
        ),
    )
    compiled = compile_spec(spec, model)
    assert compiled.circuit is None
    assert [diagnostic.code for diagnostic in compiled.diagnostics] == ["no-such-matrix"]


def declared(name: str, layer: int, part: str, index: int) -> NodeDecl:
    place = PlaceRef(layer=layer, part=part)
    selection = Selection(place=place, indices=(IndexRange(first=index, last=index),))
    return NodeDecl(name=name, selections=(selection,))


def test_arrows_between_whole_places_are_fast() -> None:
    config = ModelConfig(
        n_layer=1, d_model=512, n_head=1, d_head=1, d_mlp=2048, vocab_size=2, n_ctx=2
    )
    model = model_of(random_transformer(config, seed=0, zeros=0.995))
    lines = "node a = L0.mlp.in[0..511]\nnode b = L0.mlp.neuron[0..2047]\nedge a -> b"
    start = time.perf_counter()
    circuit = circuit_of(model, lines)
    weight = model.transformer.matrix(Place(0, "mlp.neuron")).weight
    assert circuit.edges is not None
    assert len(circuit.edges) == int(torch.count_nonzero(weight))
    assert time.perf_counter() - start < 2
