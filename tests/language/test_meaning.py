"""What the constructs of the language come to as a `Spec`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from circuitspec.language import (
    Ablation,
    ChannelPath,
    IndexRange,
    Minimal,
    Necessary,
    PlaceRef,
    QkPair,
    Selection,
    Spec,
    Sublayer,
    Sufficient,
    load_file,
    parse_text,
)
from circuitspec.language.claim_words import ALTERNATIVES, CONTROLS, FAITHFUL_METRICS
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Complete,
    Constant,
    Exchanging,
    Faithful,
    Fires,
    Predicts,
    Resampling,
    Separates,
    Signed,
    Specific,
    Swapping,
    Unique,
)
from circuitspec.language.selections import places_of

HERE = Path(__file__).parent


def read(statements: str, *, settings: str = "model m task t ablate zero") -> Spec:
    nodes = "" if "node a" in statements else "node a = L0.mlp.in[0]"
    text = f"circuitspec 1 circuit demo {{ {settings}\n{nodes}\n{statements}\n}}"
    (spec,) = parse_text(text).unwrap().circuits
    return spec


def only_selection(text: str, *, scope: str = "") -> object:
    (node,) = read(f"{scope} node a = {text}").nodes
    (selection,) = node.selections
    return selection


def at(*indices: int | tuple[int, int]) -> tuple[IndexRange, ...]:
    pairs = [(i, i) if isinstance(i, int) else i for i in indices]
    return tuple(IndexRange(first=first, last=last) for first, last in pairs)


def edges(statement: str) -> list[str]:
    declarations = "node a = L0.mlp.in[0] node b = L0.mlp.in[1] node c = L0.mlp.in[2]"
    spec = read(f"{declarations} node m = L1.h0.qk[3] {statement}")
    return [f"{edge.source} -> {edge.target} {edge.sign or ''}".strip() for edge in spec.edges]


@pytest.mark.parametrize(
    ("text", "layer", "part"),
    [
        ("L0.attn.in[3]", 0, "attn.in"),
        ("L1.attn.q[3]", 1, "attn.q"),
        ("L2.attn.out[3]", 2, "attn.out"),
        ("L3.mlp.neuron[3]", 3, "mlp.neuron"),
        ("L0004.mlp.out[3]", 4, "mlp.out"),
    ],
)
def test_elements_of_a_place(text: str, layer: int, part: str) -> None:
    place = PlaceRef(layer=layer, part=part)
    assert only_selection(text) == Selection(place=place, indices=at(3))


def test_elements_of_a_head() -> None:
    place = PlaceRef(layer=10, part="attn.v")
    assert only_selection("L10.h82.v[7]") == Selection(place=place, head=82, indices=at(7))


def test_lists_and_ranges() -> None:
    selection = only_selection("L0.mlp.in[1, 4..6, 1000000000000..1000000000001]")
    assert isinstance(selection, Selection)
    assert selection.indices == at(1, (4, 6), (10**12, 10**12 + 1))


def test_qk_pairs() -> None:
    assert only_selection("L10.h82.qk[1]") == QkPair(layer=10, head=82, indices=at(1))
    assert only_selection("L10.attn.qk[657]") == QkPair(layer=10, indices=at(657))


def test_a_channel_is_a_write_and_a_read() -> None:
    path = only_selection("channel 460 from L0.mlp to L10.attn")
    assert isinstance(path, ChannelPath)
    assert path.indices == at(460)
    assert [write.written for write in path.writes] == [PlaceRef(layer=0, part="mlp.out")]
    assert [read.read for read in path.reads] == [PlaceRef(layer=10, part="attn.in")]


def test_a_channel_of_several_blocks_from_end_to_end() -> None:
    path = only_selection(
        "channel [3, 5..6] from embed, L0.attn to L0.mlp, L1.attn, final",
        scope="scope layers, embed, final",
    )
    assert isinstance(path, ChannelPath)
    assert path.indices == at(3, (5, 6))
    assert [str(place) for place, _ in places_of(path)] == [
        "embed",
        "L0.attn.out",
        "L0.mlp.in",
        "L1.attn.in",
        "final",
    ]


def test_after_a_channel_further_selections_are_told_from_further_reads() -> None:
    channel = "channel 1 from L0.attn to L1.attn, L1.mlp"
    (node,) = read(f"node a = {channel}, L2.mlp.in[5], channel 2 from L0.mlp to L1.mlp").nodes
    first, second, third = node.selections
    assert isinstance(first, ChannelPath)
    assert first.reads == (Sublayer(layer=1, block="attn"), Sublayer(layer=1, block="mlp"))
    assert isinstance(second, Selection)
    assert isinstance(third, ChannelPath)


def test_a_block_may_read_what_an_earlier_block_of_its_layer_wrote() -> None:
    assert only_selection("channel 1 from L2.attn to L2.mlp")


def test_chains() -> None:
    assert edges("edge a -> b -> c") == ["a -> b", "b -> c"]


def test_lists_join_every_source_with_every_target() -> None:
    assert edges("edge a, b -> c, m.k") == ["a -> c", "a -> m.k", "b -> c", "b -> m.k"]


def test_a_sign_belongs_to_the_hop_before_it() -> None:
    assert edges("edge a -> b : + -> c : -, m.q") == ["a -> b +", "b -> c -", "b -> m.q"]


def test_an_edge_spans_from_its_source_to_the_sign_of_its_target() -> None:
    spec = read("edge a -> a : +")
    (edge,) = spec.edges
    assert edge.span is not None
    assert spec.source is not None
    assert spec.source.text[edge.span.start : edge.span.end] == "a -> a : +"


def test_claims() -> None:
    spec = read(
        "expect sufficient: loss <= 0.15 expect sufficient: accuracy >= 95%"
        " expect necessary: loss >= 0.60 expect minimal: every node costs >= 0.02"
    )
    assert spec.claims == (
        Sufficient(metric="loss", comparison="<=", threshold=0.15),
        Sufficient(metric="accuracy", comparison=">=", threshold=0.95),
        Necessary(metric="loss", comparison=">=", threshold=0.6),
        Minimal(unit="node", cost=0.02),
    )


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ('a fires on "x", "\\"": auc >= 0.9', Fires(node="a", tokens=("x", '"'), threshold=0.9)),
        (
            'a fires inside "[" to "]" in model over text: auc >= 0.9',
            Fires(node="a", inside=("[", "]"), run="model", over="text", threshold=0.9),
        ),
        (
            'a separates "x" from "y", "z" over task: auc >= 0.9',
            Separates(node="a", first=("x",), second=("y", "z"), over="task", threshold=0.9),
        ),
        (
            "a separates answers in circuit: auc >= 0.9",
            Separates(node="a", run="circuit", threshold=0.9),
        ),
        ("a is positive: share >= 95%", Signed(node="a", sign="positive", threshold=0.95)),
        (
            'a is negative on "x": share >= 0.95',
            Signed(node="a", sign="negative", tokens=("x",), threshold=0.95),
        ),
        ("a is constant: spread <= 0.1", Constant(node="a", threshold=0.1)),
        (
            'a attends from last to "x": mass >= 0.5',
            Attends(node="a", source="last", target=("x",), threshold=0.5),
        ),
        ("swapping a, b flips the answer: share >= 1", Swapping(nodes=("a", "b"), threshold=1)),
        (
            "exchanging a at difference keeps the answer in model: share >= 1",
            Exchanging(nodes=("a",), at="difference", run="model", threshold=1),
        ),
        (
            "swapping circuit flips the answer: share >= 1",
            Swapping(nodes=("circuit",), threshold=1),
        ),
        (
            "exchanging circuit at last keeps the answer in circuit: share >= 1",
            Exchanging(nodes=("circuit",), at="last", run="circuit", threshold=1),
        ),
        ("resampling rest keeps the answer: share >= 1", Resampling(nodes=("rest",), threshold=1)),
        (
            "resampling b, c keeps the answer: share >= 1",
            Resampling(nodes=("b", "c"), threshold=1),
        ),
        (
            "faithful: wrong_agreement >= 95%",
            Faithful(metric="wrong_agreement", comparison=">=", threshold=0.95),
        ),
        ("faithful: kl <= 2", Faithful(metric="kl", comparison="<=", threshold=2)),
        ("specific: text_loss <= 0.05", Specific(threshold=0.05)),
        ("complete: gap <= 0.2", Complete(threshold=0.2)),
        ("unique: loss >= 0.5", Unique(threshold=0.5)),
        ("beats nonsense: ratio >= 2", Beats(control="nonsense", metric="ratio", threshold=2)),
    ],
)
def test_each_kind_of_claim(text: str, claim: Claim) -> None:
    spec = read(f"node a = L0.mlp.in[0] node b = L0.mlp.in[1] outside c = final[1] expect {text}")
    assert spec.claims == (claim,)


def test_predictions_keep_their_place_among_the_claims() -> None:
    spec = read(
        'predict "it breaks": task ./t.jsonl, accuracy <= 50% expect unique: loss >= 0.5'
        ' predict "not wholly": task "a b", accuracy >= 0.4'
    )
    breaks, _, not_wholly = spec.claims
    assert breaks == Predicts(
        text="it breaks", task="./t.jsonl", metric="accuracy", comparison="<=", threshold=0.5
    )
    assert isinstance(not_wholly, Predicts)
    assert (not_wholly.task, not_wholly.comparison) == ("a b", ">=")


def test_a_bound_from_above_and_one_from_below_are_two_predictions() -> None:
    one = 'predict "x": task t, accuracy <= 0.6'
    assert len(read(f"{one} {one.replace('<= 0.6', '>= 0.4')}").claims) == 2


def test_further_ablations_and_the_unit() -> None:
    spec = read("also resample, subsets report task_mean level 1% over templates")
    assert (spec.also, spec.report) == (("resample", "subsets"), ("task_mean",))
    assert (spec.level, spec.unit) == (0.01, "templates")


def test_what_is_outside_has_a_name_and_no_edges() -> None:
    spec = read('outside b = final[1], L0.mlp.in[3] "elsewhere" edge a -> a')
    assert [node.name for node in spec.nodes] == ["a"]
    (outside,) = spec.outside
    assert (outside.name, outside.description) == ("b", "elsewhere")
    assert len(outside.selections) == 2


def test_the_claims_of_the_corpus_are_of_every_kind() -> None:
    (spec,) = load_file(HERE / "valid" / "claims.circ").unwrap().circuits
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(Claim)[0])}
    assert {claim.kind for claim in spec.claims} == kinds
    assert {claim.control for claim in spec.claims if isinstance(claim, Beats)} == set(CONTROLS)
    faithful = {claim.metric for claim in spec.claims if isinstance(claim, Faithful)}
    assert faithful == set(FAITHFUL_METRICS)
    assert {*spec.also, *spec.report} == set(ALTERNATIVES)


@pytest.mark.parametrize(
    ("text", "share"), [("5%", 0.05), ("7 %", 0.07), ("0.5", 0.5), ("2.9%", 0.029), ("1e-3", 1e-3)]
)
def test_shares_are_the_nearest_numbers(text: str, share: float) -> None:
    assert read(f"level {text}").level == share


def test_settings() -> None:
    spec = read("", settings='model "my model" task ./t.jsonl ablate mean over pretraining')
    assert (spec.model, spec.task) == ("my model", "./t.jsonl")
    assert spec.ablation == Ablation(kind="mean", over="pretraining")
    assert (spec.scope, spec.level) == (("layers",), 0.05)


def test_bare_words() -> None:
    spec = read("", settings="model hf:gpt2-small_2.0/x task ../task ablate zero")
    assert (spec.model, spec.task) == ("hf:gpt2-small_2.0/x", "../task")


def test_strings() -> None:
    (node,) = read(r'node a = L0.mlp.in[1] "a \"quote\", a \\ and a\nline # no comment"').nodes
    assert node.description == 'a "quote", a \\ and a\nline # no comment'


def test_one_mistake_does_not_cause_another() -> None:
    text = (
        "circuitspec 1 circuit d { model m task t ablate zero"
        " node a = L0.mpl.in[0] node b = L0.mlp.in[1] edge a -> b -> a.k }"
    )
    codes = [d.code for d in parse_text(text).diagnostics if d.severity == "error"]
    assert codes == ["unknown-place"]


def test_problems_are_in_the_order_of_the_text() -> None:
    text = (
        "circuitspec 1 circuit d { expect sufficient: loss >= 1 edge a -> z"
        " node a = L0.mpl.in[0] level 7 }"
    )
    diagnostics = parse_text(text).diagnostics
    starts = [d.span.start for d in diagnostics if d.span is not None]
    assert len(starts) == len(diagnostics) > 5
    assert starts == sorted(starts)
