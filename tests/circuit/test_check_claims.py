"""What of a claim can be known to be wrong in its model before anything is run."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import circuitspec as cs
from circuitspec.circuit.check import check_spec
from circuitspec.diagnostics import Code, Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.language.claim_words import Alternative, Control, metric_of
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Constant,
    Exchanging,
    Fires,
    Resampling,
    Separates,
    Signed,
    Specific,
    Swapping,
    Unique,
)
from circuitspec.language.selections import IndexRange, PlaceRef, QkPair, Selection
from circuitspec.language.spec import NodeDecl, Spec
from circuitspec.model.blueprint import Blueprint
from circuitspec.model.shipped import load_blueprint

QUOTES = Path(__file__).parents[2] / "specs" / "quote_closing.circ"

NODE = "opened"
ONE_HEAD, TWO_HEADS, PAIR = "inside", "across", "pair"


@cache
def blueprint(*, text: bool = True) -> Blueprint:
    model = load_blueprint("python-small")
    return model if text else replace(model, held_out=None)


def select(part: str, first: int, last: int) -> Selection:
    place = PlaceRef(layer=1, part=part)
    return Selection(place=place, indices=(IndexRange(first=first, last=last),))


def spec_of(*claims: Claim, **others: object) -> Spec:
    """Claims about a node in no head, one in a head, one in two, and a query with its key."""
    spec = cs.load(QUOTES)
    pair = QkPair(layer=1, head=3, indices=(IndexRange(first=1, last=1),))
    nodes = (
        NodeDecl(name=NODE, selections=(select("mlp.neuron", 3, 3),)),
        NodeDecl(name=ONE_HEAD, selections=(select("attn.v", 17, 31),)),
        NodeDecl(name=TWO_HEADS, selections=(select("attn.v", 15, 16),)),
    )
    paired = NodeDecl(name=PAIR, selections=(pair,))
    changes = {"nodes": nodes, "outside": (paired,), "edges": (), "claims": claims, **others}
    return spec.model_copy(update=changes)


def found(*claims: Claim, text: bool = True, **others: object) -> tuple[Diagnostic, ...]:
    return check_spec(spec_of(*claims, **others), model=blueprint(text=text)).diagnostics


def fires(*tokens: str, **others: object) -> Fires:
    return Fires(node=NODE, tokens=tokens, threshold=0.9, **others)


def attends(node: str, source: object = "last", **others: object) -> Attends:
    return Attends(node=node, source=source, target=('"',), threshold=0.5, **others)


BY_TOKEN = [
    fires('"', " retrn"),
    Separates(node=NODE, first=(" retrn",), second=('"',), threshold=0.9),
    Separates(node=NODE, first=('"',), second=(" retrn",), threshold=0.9),
    Signed(node=NODE, sign="positive", tokens=(" retrn",), threshold=0.9),
    attends(ONE_HEAD, (" retrn",)),
]


@pytest.mark.parametrize("claim", BY_TOKEN, ids=lambda claim: claim.kind)
def test_the_tokens_of_a_claim_must_be_tokens(claim: Claim) -> None:
    (diagnostic,) = found(claim)
    assert diagnostic.code is Code.UNKNOWN_TOKEN
    assert diagnostic.message == '`" retrn"` is not a token of this model'
    assert diagnostic.help == 'did you mean `" return"`?'


def test_several_tokens_are_shown_apart() -> None:
    (diagnostic,) = found(fires("]]"))
    assert diagnostic.label == 'these are `"]"` and `"]"`'


def test_white_space_is_what_is_most_often_forgotten() -> None:
    (diagnostic,) = found(fires("range"))
    assert diagnostic.help is not None
    assert diagnostic.help.startswith('did you mean `" range"`')


def test_a_part_of_a_character_is_not_shown() -> None:
    (diagnostic,) = found(fires("é"))
    assert diagnostic.label == "this is 2 tokens"


def test_what_the_tokenizer_replaces_by_another_token_is_unknown(toy_like: Blueprint) -> None:
    everything = check_spec(spec_of(fires("zebra")), model=toy_like).diagnostics
    (diagnostic,) = (each for each in everything if each.code is Code.UNKNOWN_TOKEN)
    assert diagnostic.message == '`"zebra"` is not a token of this model'
    assert diagnostic.label == "it has no such token"


@pytest.fixture
def toy_like() -> Blueprint:
    """A model that reads words it knows, and all others as the first."""
    from tokenizers import Tokenizer, models

    words = Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="a"))
    return replace(blueprint(), tokenizer=words)


def test_what_something_fires_inside_of_is_text_and_not_tokens() -> None:
    assert found(Fires(node=NODE, inside=("[[", "]]"), threshold=0.9)) == ()


def test_a_message_points_at_the_token_in_the_text() -> None:
    text = 'expect opened fires on "\\"", "]]": auc >= 0.9'
    source = Source("x.circ", text)
    claim = fires('"', "]]", span=source.span(0, len(text)))
    (diagnostic,) = found(claim, source=source)
    assert diagnostic.span is not None
    assert text[diagnostic.span.start : diagnostic.span.end] == '"]]"'


@pytest.mark.parametrize("node", [ONE_HEAD, PAIR])
def test_the_nodes_of_one_head_attend(node: str) -> None:
    assert found(attends(node, run="model")) == ()


def fires_outside(**others: object) -> Fires:
    return Fires(node=PAIR, tokens=('"',), threshold=0.9, **others)


@pytest.mark.parametrize(
    "claim",
    [
        fires_outside(),
        fires_outside(run="circuit"),
        Swapping(nodes=(NODE, PAIR), threshold=0.9),
        Exchanging(nodes=(PAIR,), run="circuit", threshold=0.9),
    ],
    ids=str,
)
def test_what_is_outside_of_the_circuit_says_nothing_in_it(claim: Claim) -> None:
    (diagnostic,) = found(claim)
    assert diagnostic.code is Code.INVALID_CLAIM
    assert diagnostic.message == f"`{PAIR}` is outside of the circuit, and ablated in it"


@pytest.mark.parametrize(
    "claim",
    [
        fires_outside(run="model"),
        Swapping(nodes=(NODE, PAIR), run="model", threshold=0.9),
        Resampling(nodes=(PAIR,), threshold=0.9),
    ],
    ids=str,
)
def test_what_is_outside_of_the_circuit_says_something_in_the_model(claim: Claim) -> None:
    assert found(claim) == ()


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (NODE, "L1.mlp.neuron[3] is in no head"),
        (TWO_HEADS, "it has nodes in L1.h0 and in L1.h1"),
    ],
)
def test_what_is_not_one_head_does_not_attend(node: str, why: str) -> None:
    (diagnostic,) = found(attends(node))
    assert diagnostic.code is Code.INVALID_CLAIM
    assert diagnostic.message == f"`{node}` does not attend: {why}"


NEED_TEXT = [
    (fires('"'), "write `over task`"),
    (fires('"', run="circuit"), "write `over task`"),
    (fires('"', over="text"), "choose a model"),
    (Constant(node=NODE, threshold=0.1), "write `over task`"),
    (attends(ONE_HEAD), "write `over task`"),
    (Specific(threshold=0.1), "choose a model"),
    (Resampling(nodes=("rest",), threshold=0.9), "choose a model"),
]


@pytest.mark.parametrize(("claim", "way"), NEED_TEXT, ids=str)
def test_claims_about_any_text_need_some(claim: Claim, way: str) -> None:
    assert found(claim) == ()
    (diagnostic,) = found(claim, text=False)
    assert diagnostic.code is Code.NO_HELD_OUT_TEXT
    assert diagnostic.severity == "error"
    assert diagnostic.help is not None
    assert diagnostic.help.startswith(way)


NEED_NO_TEXT = [
    fires('"', over="task"),
    Separates(node=NODE, threshold=0.9),
    attends(ONE_HEAD, "difference"),
]


@pytest.mark.parametrize("claim", NEED_NO_TEXT, ids=str)
def test_claims_about_the_task_need_no_text(claim: Claim) -> None:
    assert found(claim, text=False) == ()


@pytest.mark.parametrize("where", ["also", "report"])
def test_values_are_resampled_from_text(where: str) -> None:
    asked: dict[str, tuple[Alternative, ...]] = {where: ("resample",)}
    assert found(**asked) == ()
    (diagnostic,) = found(text=False, **asked)
    assert diagnostic.code is Code.NO_HELD_OUT_TEXT
    assert diagnostic.span == cs.load(QUOTES).name_span


def beats(control: Control) -> Beats:
    return Beats(control=control, metric=metric_of(control), threshold=0.9)


SOUGHT: list[dict[str, object]] = [
    {"claims": (Unique(threshold=0.5),)},
    {"claims": (beats("nonsense"),)},
    {"claims": (beats("shuffled_answers"),)},
    {"claims": (beats("random_weights"),)},
    {"also": ("optimal",)},
    {"report": ("optimal",)},
]
NOT_SOUGHT: list[dict[str, object]] = [
    {"claims": (beats("random_circuits"),)},
    {"claims": (beats("other_circuits"),)},
    {"also": ("zero",)},
]


def finding_codes(folder: Path, others: dict[str, object]) -> list[Code]:
    pairs = folder / "pairs.jsonl"
    pairs.write_text('{"prompts": ["f(x", "f[x"], "answers": [")", "]"]}\n')
    spec = spec_of(task=str(pairs), **others)
    return [d.code for d in check_spec(spec, model=blueprint()).diagnostics]


@pytest.mark.parametrize("others", SOUGHT, ids=str)
def test_what_is_sought_or_fitted_needs_pairs_to_find_it_on(
    others: dict[str, object], tmp_path: Path
) -> None:
    assert finding_codes(tmp_path, others) == [Code.NO_FINDING_PAIRS]
    assert check_spec(spec_of(**others), model=blueprint()).diagnostics == ()


@pytest.mark.parametrize("others", NOT_SOUGHT, ids=str)
def test_what_is_only_measured_needs_none(others: dict[str, object], tmp_path: Path) -> None:
    assert finding_codes(tmp_path, others) == []
