"""Which nodes of a model the places in a spec stand for, and what is said of those it lacks."""

from __future__ import annotations

import time

import pytest
from support.circuits import circuit_of, marked, mistakes, spec_text
from support.small_models import TWO_LAYERS, model_of, random_transformer

from circuitspec.circuit.locate import locate
from circuitspec.language.load import parse_text
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model


@pytest.fixture(scope="module")
def model() -> Model:
    return model_of(random_transformer(TWO_LAYERS, seed=0))


@pytest.fixture(scope="module")
def wide() -> Model:
    config = ModelConfig(
        n_layer=1, d_model=64, n_head=2, d_head=4, d_mlp=4096, vocab_size=4, n_ctx=4
    )
    return model_of(random_transformer(config, seed=0, zeros=0.99))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("L0.mlp.in[3]", ["L0.mlp.in[3]"]),
        ("L1.mlp.neuron[9, 0..2]", [f"L1.mlp.neuron[{i}]" for i in (0, 1, 2, 9)]),
        ("L0.attn.q[4]", ["L0.attn.q[4]"]),
        ("L0.h1.q[0..2]", ["L0.attn.q[3]", "L0.attn.q[4]", "L0.attn.q[5]"]),
        ("L1.h0.k[2], L1.h1.v[1]", ["L1.attn.k[2]", "L1.attn.v[4]"]),
        ("L0.h1.qk[2]", ["L0.attn.q[5]", "L0.attn.k[5]"]),
        ("L0.attn.qk[5]", ["L0.attn.q[5]", "L0.attn.k[5]"]),
        ("channel 6 from L0.attn to L0.mlp", ["L0.attn.out[6]", "L0.mlp.in[6]"]),
        (
            "channel 6 from L0.attn, L0.mlp to L1.attn, L1.mlp",
            ["L0.attn.out[6]", "L0.mlp.out[6]", "L1.attn.in[6]", "L1.mlp.in[6]"],
        ),
        (
            "channel [1, 3..4] from L0.mlp to L1.attn",
            [f"{place}[{i}]" for place in ("L0.mlp.out", "L1.attn.in") for i in (1, 3, 4)],
        ),
        # Named out of order: a circuit lists its nodes as the forward pass reaches them.
        ("L1.attn.in[0], L0.mlp.out[7, 2]", ["L0.mlp.out[2]", "L0.mlp.out[7]", "L1.attn.in[0]"]),
    ],
)
def test_a_selection_stands_for_these_nodes(
    model: Model, selection: str, expected: list[str]
) -> None:
    circuit = circuit_of(model, f"node it = {selection}")
    assert [str(node) for node in circuit.nodes] == expected
    assert circuit.groups[0].nodes == circuit.nodes


def test_the_ends_of_the_residual_stream_need_the_scope(model: Model) -> None:
    circuit = circuit_of(
        model,
        "scope layers, embed, final\nnode it = embed[0], channel 5 from embed to L0.attn\n"
        "node out = channel 5 from L1.mlp to final",
    )
    assert [str(node) for node in circuit.nodes] == [
        "embed[0]",
        "embed[5]",
        "L0.attn.in[5]",
        "L1.mlp.out[5]",
        "final[5]",
    ]
    assert len(circuit.scope) == 18


def test_groups_keep_names_descriptions_and_the_order_of_the_spec(model: Model) -> None:
    circuit = circuit_of(model, 'node late = L1.mlp.in[0] "last"\nnode early = L0.mlp.in[0]')
    assert [(group.name, group.description) for group in circuit.groups] == [
        ("late", "last"),
        ("early", ""),
    ]
    assert [str(node) for node in circuit.nodes] == ["L0.mlp.in[0]", "L1.mlp.in[0]"]


def test_a_node_is_called_by_its_name_and_by_its_place_if_it_has_company(model: Model) -> None:
    circuit = circuit_of(model, "node one = L0.mlp.in[0]\nnode two = L0.h0.qk[1]")
    assert [circuit.name_of(node) for node in circuit.nodes] == [
        "two (L0.attn.q[1])",
        "two (L0.attn.k[1])",
        "one",
    ]


@pytest.mark.parametrize(
    ("selection", "mark", "code", "message", "help_"),
    [
        ("L2.mlp.in[0]", "L2", "layer", "the model has no layer 2", "`L0` or `L1`"),
        ("L7.h0.qk[0]", "L7", "layer", "the model has no layer 7", "`L0` or `L1`"),
        ("channel 0 from L0.mlp to L1.attn, L09.mlp", "L09", "layer", "no layer 9", "`L0`"),
        ("L0.h2.q[0]", "h2", "head", "layer 0 has no head 2", "`h0` or `h1`"),
        ("L1.h5.qk[0]", "h5", "head", "layer 1 has no head 5", "`h0` or `h1`"),
        ("L0.mlp.in[8]", "8", "index", "`L0.mlp.in` has no element 8", "one from 0 to 7"),
        ("L0.mlp.neuron[0, 10]", "10", "index", "no element 10", "0 to 9"),
        ("L0.attn.v[6]", "6", "index", "no element 6", "0 to 5"),
        ("L0.h0.v[3]", "3", "index", "head 0 of `L0.attn.v` has no element 3", "0 to 2"),
        ("L0.h1.v[3]", "3", "index", "head 1 of `L0.attn.v`", "the flat index, `L0.attn.v[3]`?"),
        ("L0.h0.qk[2, 3]", "3", "index", "no element 3", "0 to 2"),
        ("L0.attn.qk[6]", "6", "index", "no element 6", "0 to 5"),
        ("channel 8 from L0.mlp to L1.attn", "8", "index", "no element 8", "0 to 7"),
        ("L0.mlp.in[7..8]", "7..8", "index", "no element 8", "0 to 7"),
    ],
)
def test_what_the_model_lacks_is_reported_where_it_is_named(
    model: Model, selection: str, mark: str, code: str, message: str, help_: str
) -> None:
    lines = f"node fine = L0.mlp.in[0]\nnode wrong = L1.mlp.out[0], {selection}"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == f"{code}-out-of-range"
    assert message in diagnostic.message
    assert marked(diagnostic, lines) == mark
    assert help_ in (diagnostic.help or "")
    # Whether it is the spec that names this model is not known here.
    assert diagnostic.secondary == ()


def test_each_mistake_of_a_selection_is_reported(model: Model) -> None:
    lines = "node it = L0.mlp.in[3, 8, 10..12], channel 0 from L2.mlp to L3.attn"
    assert [marked(found, lines) for found in mistakes(model, lines)] == ["8", "10..12", "L2", "L3"]


def test_the_model_is_pointed_at_where_the_spec_names_it(model: Model) -> None:
    (spec,) = parse_text(spec_text("node it = L2.mlp.in[0]")).unwrap().circuits
    (diagnostic,) = locate(spec, model, model_span=spec.model_span).diagnostics
    assert diagnostic.secondary == ((spec.model_span, "this model has 2 layers"),)


def test_a_model_of_one_layer_has_no_range_of_layers(wide: Model) -> None:
    (diagnostic,) = mistakes(wide, "node it = L1.mlp.in[0]")
    assert diagnostic.help == "layers are counted from 0: choose `L0`"


def test_all_mistakes_are_reported_at_once(model: Model) -> None:
    lines = """
    node a = L9.mlp.in[0], L0.mlp.in[99]
    node b = L0.h9.v[0]
    node c = L0.mlp.out[0]
    node d = L0.mlp.out[0]
    """
    assert [diagnostic.code for diagnostic in mistakes(model, lines)] == [
        "layer-out-of-range",
        "index-out-of-range",
        "head-out-of-range",
        "node-listed-twice",
    ]


def test_a_node_that_two_names_claim_is_reported_with_both_places(model: Model) -> None:
    lines = "node kind = channel 5 from L0.mlp to L1.attn\nnode again = L1.attn.in[4..5]"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == "node-listed-twice"
    assert diagnostic.message == "`L1.attn.in[5]` is listed twice"
    assert marked(diagnostic, lines) == "L1.attn.in[4..5]"
    ((span, label),) = diagnostic.secondary
    assert span.line < diagnostic.span.line
    assert "kind" in label


def test_a_node_that_one_name_claims_twice_is_reported(model: Model) -> None:
    lines = "node kind = L0.h1.q[1], L0.attn.q[4]"
    (diagnostic,) = mistakes(model, lines)
    assert diagnostic.code == "node-listed-twice"
    assert marked(diagnostic, lines) == "L0.attn.q[4]"
    assert diagnostic.notes == ("`L0.h1.q[1]` and `L0.attn.q[4]` are the same element",)


def test_a_third_claim_is_held_against_the_first(model: Model) -> None:
    lines = "\n".join(f"node {name} = L0.mlp.in[3]" for name in "abc")
    labels = [diagnostic.secondary[0][1] for diagnostic in mistakes(model, lines)]
    assert labels == ["first listed as `a`"] * 2


def test_ranges_that_overlap_are_one_mistake(wide: Model) -> None:
    lines = "node a = L0.mlp.neuron[0..2999]\nnode b = L0.mlp.neuron[1000..4095]"
    (diagnostic,) = mistakes(wide, lines)
    assert diagnostic.message == "`L0.mlp.neuron[1000]` and 1999 more are listed twice"


def test_a_range_far_beyond_the_place_is_refused_without_walking_it(model: Model) -> None:
    lines = "node it = L0.mlp.in[0..999999], L0.h0.qk[0..99999999999999]"
    start = time.perf_counter()
    codes = [diagnostic.code for diagnostic in mistakes(model, lines)]
    assert codes == ["index-out-of-range"] * 2
    assert time.perf_counter() - start < 0.5


def test_a_whole_wide_place_can_be_named(wide: Model) -> None:
    circuit = circuit_of(wide, "node all = L0.mlp.neuron[0..4095]")
    assert len(circuit.nodes) == 4096
    assert circuit.keep_masks().nodes[circuit.nodes[0].place].all()
