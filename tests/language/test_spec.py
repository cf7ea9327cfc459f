"""`Spec` values that a program makes: checked, frozen, and equal by what they mean."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from circuitspec.diagnostics import Source
from circuitspec.language import (
    Ablation,
    ChannelPath,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    NodeRef,
    PlaceRef,
    QkPair,
    Selection,
    Spec,
    Sublayer,
    Sufficient,
    index_ranges,
)
from circuitspec.language.claims import (
    Attends,
    Beats,
    Exchanging,
    Faithful,
    Fires,
    Resampling,
    Separates,
    Swapping,
)

ONE = (IndexRange(first=1, last=1),)
ELEMENT = Selection(place=PlaceRef(layer=0, part="mlp.in"), indices=ONE)


def spec(**changes: object) -> Spec:
    values = {
        "name": "demo",
        "model": "m",
        "task": "t",
        "ablation": Ablation(kind="zero"),
        "nodes": (NodeDecl(name="a", selections=(ELEMENT,)),),
    }
    return Spec.model_validate(values | changes)


def test_spans_do_not_count() -> None:
    span = Source("a", "abc").span(0, 3)
    assert NodeRef(name="a", span=span) == NodeRef(name="a")
    assert hash(NodeRef(name="a", span=span)) == hash(NodeRef(name="a"))
    assert NodeRef(name="a", span=span).model_dump() == {"name": "a", "part": None}
    assert NodeRef(name="a") != NodeRef(name="b")
    assert spec(source=Source("a", "abc")) == spec()


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        ELEMENT.head = 3


@pytest.mark.parametrize(
    "make",
    [
        lambda: IndexRange(first=3, last=2),
        lambda: IndexRange(first=-1, last=2),
        lambda: IndexRange(first=0, last=10**18),
        lambda: PlaceRef(layer=None, part="mlp.in"),
        lambda: PlaceRef(layer=0, part="embed"),
        lambda: Sublayer(layer=None, block="mlp"),
        lambda: Sublayer(layer=0, block="final"),
        lambda: Selection(place=ELEMENT.place, indices=()),
        lambda: Selection(place=ELEMENT.place, indices=ONE + ONE),
        lambda: Selection(place=ELEMENT.place, head=1, indices=ONE),
        lambda: Ablation(kind="mean"),
        lambda: Ablation(kind="zero", over="pretraining"),
        lambda: NodeRef(name="two words"),
        lambda: NodeRef(name="edge"),
        lambda: NodeDecl(name="a", selections=()),
        lambda: NodeDecl(name="a", selections=(ELEMENT,), description="\x07"),
        lambda: Sufficient(metric="accuracy", comparison=">=", threshold=95),
        lambda: Sufficient(metric="loss", comparison="<=", threshold=float("nan")),
        lambda: Faithful(metric="agreement", comparison=">=", threshold=95),
        lambda: Faithful(metric="kl", comparison=">=", threshold=1),
        lambda: Fires(node="a", tokens=("x",), threshold=1.5),
        lambda: Fires(node="a", tokens=("",), threshold=0.5),
        lambda: Fires(node="a", threshold=0.5),
        lambda: Fires(node="a", tokens=("x",), inside=("x", "y"), threshold=0.5),
        lambda: Separates(node="a", first=("x",), second=("x",), threshold=0.5),
        lambda: Separates(node="a", over="text", threshold=0.5),
        lambda: Attends(node="a", source="last", target="difference", over="text", threshold=0.5),
        lambda: Swapping(nodes=("rest",), threshold=0.5),
        lambda: Swapping(nodes=("a", "a"), threshold=0.5),
        lambda: Resampling(nodes=("rest", "a"), threshold=0.5),
        lambda: Resampling(nodes=("circuit",), threshold=0.5),
        lambda: Exchanging(nodes=("circuit", "a"), threshold=0.5),
        lambda: Beats(control="nonsense", metric="share", threshold=0.5),
        lambda: spec(also=("zero",)),
        lambda: spec(also=("resample", "resample")),
        lambda: spec(also=("resample",), report=("resample",)),
        lambda: spec(also=("mean",)),
        lambda: spec(claims=(Fires(node="z", tokens=("x",), threshold=0.5),)),
        lambda: spec(outside=spec().nodes),
        lambda: spec(nodes=()),
        lambda: spec(nodes=spec().nodes * 2),
        lambda: spec(edges=(EdgeDecl(source=NodeRef(name="a"), target=NodeRef(name="z")),)),
        lambda: spec(level=0),
        lambda: spec(scope=()),
        lambda: spec(model=""),
        lambda: spec(unknown=1),
    ],
)
def test_nonsense_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValidationError):
        make()


@pytest.mark.parametrize(
    ("writes", "reads"),
    [
        (["L1.attn"], ["L0.mlp"]),
        (["L0.mlp"], ["L0.mlp"]),
        (["final"], ["L0.mlp"]),
        (["L0.mlp"], ["embed"]),
        (["L0.attn", "L0.attn"], ["L0.mlp"]),
        (["L0.attn"], ["L0.mlp", "L0.mlp"]),
    ],
)
def test_channels_run_forwards(writes: list[str], reads: list[str]) -> None:
    def block(text: str) -> Sublayer:
        if "." not in text:
            return Sublayer(layer=None, block=text)
        layer, kind = text[1:].split(".")
        return Sublayer(layer=int(layer), block=kind)

    with pytest.raises(ValidationError):
        ChannelPath(indices=ONE, writes=tuple(map(block, writes)), reads=tuple(map(block, reads)))


def test_places_have_the_names_of_the_language() -> None:
    assert str(PlaceRef(layer=3, part="attn.q")) == "L3.attn.q"
    assert str(PlaceRef(layer=None, part="embed")) == "embed"
    assert str(NodeRef(name="match", part="k")) == "match.k"
    assert list(map(str, QkPair(layer=2, indices=ONE).places())) == ["L2.attn.q", "L2.attn.k"]


def test_ranges_are_never_expanded() -> None:
    assert len(IndexRange(first=3, last=3)) == 1
    assert len(IndexRange(first=0, last=10**18 - 1)) == 10**18


@given(st.lists(st.integers(0, 60)))
def test_index_ranges_hold_the_same_indices(indices: list[int]) -> None:
    ranges = index_ranges(indices)
    held = [i for r in ranges for i in range(r.first, r.last + 1)]
    assert held == sorted(set(indices))
    assert all(later.first > earlier.last + 1 for earlier, later in pairwise(ranges))


@pytest.mark.parametrize("scope", [("layers",), ("layers", "embed"), ("layers", "embed", "final")])
def test_every_node_lies_in_the_scope(scope: tuple[str, ...]) -> None:
    path = ChannelPath(
        indices=ONE,
        writes=(Sublayer(layer=None, block="embed"),),
        reads=(Sublayer(layer=None, block="final"),),
    )
    inside = set(scope) >= {"embed", "final"}
    with nullcontext() if inside else pytest.raises(ValidationError, match="outside of the scope"):
        spec(scope=scope, nodes=(NodeDecl(name="b", selections=(path,)),))
