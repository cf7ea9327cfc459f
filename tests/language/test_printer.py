"""Printed specs look as an author would write them."""

from __future__ import annotations

import re
from pathlib import Path

from circuitspec.document import format_text, print_file
from circuitspec.language import (
    Ablation,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    NodeRef,
    PlaceRef,
    Selection,
    Spec,
    parse_text,
)

QUOTE_CLOSING = (Path(__file__).parent / "valid" / "quote_closing.circ").read_text(encoding="utf-8")


def test_a_spec_is_printed_as_its_text_is_formatted() -> None:
    written = re.sub(r" +# .*", "", QUOTE_CLOSING)
    # A chain is taken apart, and a number has one way to be written.
    written = written.replace("kind -> carry -> answer", "kind -> carry edge carry -> answer")
    written = written.replace("0.60", "0.6")
    assert print_file(parse_text(QUOTE_CLOSING).unwrap()) == format_text(written).text


def test_long_lists_are_wrapped() -> None:
    many = tuple(IndexRange(first=i, last=i) for i in range(0, 200, 2))
    place = Selection(place=PlaceRef(layer=0, part="mlp.in"), indices=many)
    nodes = (
        NodeDecl(name="many", selections=(place,), description="x" * 70),
        *(NodeDecl(name=f"node_{i}", selections=(place,)) for i in range(30)),
    )
    ends = [NodeRef(name=node.name) for node in nodes]
    spec = Spec(
        name="long",
        model="m",
        task="t",
        ablation=Ablation(kind="zero"),
        nodes=nodes,
        edges=tuple(EdgeDecl(source=ends[0], target=end) for end in ends),
    )
    text = print_file(spec)
    assert max(map(len, text.split("\n"))) <= 100
    assert "\n                 90, " in text or re.search(r"\n {17}\d", text)
    assert parse_text(text).unwrap().circuits == (spec,)


def test_what_is_the_default_is_left_out() -> None:
    text = print_file(parse_text(QUOTE_CLOSING).unwrap())
    assert "scope" not in text
    assert "level" not in text
