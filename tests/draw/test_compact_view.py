"""The compact view: what is in it, and that a column of a paper can hold it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from circuitspec.drawing import draw, render
from circuitspec.drawing.condensed import Box, Bundle, Stop, condense
from circuitspec.drawing.implied import weights_between
from draw.sample_circuits import (
    circuit_of,
    claim,
    crowd,
    evidence_on,
    many_heads,
    many_layers,
    node,
    quote_closing,
    report_on,
)

_SVG = "{http://www.w3.org/2000/svg}"
_EMBEDDING, _LOGITS = frozenset({"embedding"}), frozenset({"logits"})


def _condensed(circuit):
    return condense(circuit, weights_between(circuit) if circuit.edges is None else circuit.edges)


def test_quote_closing_at_a_glance():
    found = _condensed(quote_closing())
    mlp, head = Box(0, "mlp"), Box(2, "attn", 1)
    assert list(found.boxes) == [mlp, head]
    assert found.boxes[mlp] == (node("L0.mlp.neuron[3]"), node("L0.mlp.neuron[9]"))
    assert found.bundles == (
        Bundle(
            (Stop(_EMBEDDING, frozenset({mlp})),),
            (node("L0.mlp.in[5]"), node("L0.mlp.in[7]")),
        ),
        Bundle(
            (Stop(frozenset({mlp}), frozenset({head})),),
            (node("L0.mlp.out[4]"), node("L0.mlp.out[8]")),
        ),
        Bundle((Stop(frozenset({head}), _LOGITS),), (node("L2.attn.out[11]"),)),
    )


def test_a_channel_stops_at_every_block_that_writes_or_reads_it():
    circuit = circuit_of(
        {"c": "L0.mlp.in[3] L0.mlp.out[3] L1.mlp.in[3] L2.mlp.in[3]"},
        embedded=(3,),
        unembedded=(3,),
    )
    (bundle,) = _condensed(circuit).bundles
    first, second, third = (frozenset({Box(layer, "mlp")}) for layer in range(3))
    nobody = frozenset()
    assert bundle.stops == (
        Stop(_EMBEDDING, first),
        Stop(first, second),
        Stop(nobody, third),
        Stop(nobody, _LOGITS),
    )


def test_what_belongs_to_no_head_has_a_box_of_its_own():
    found = _condensed(circuit_of({"c": "L0.attn.in[3] L1.attn.out[4]"}))
    assert list(found.boxes) == [Box(0, "attn"), Box(1, "attn")]


def test_small_heads_and_bundles_are_put_together():
    circuit = many_heads()
    found = _condensed(circuit)
    assert [box.title for box in found.boxes] == [
        "L0, 3 more heads",
        "L0 head 2",
        "L0 head 4",
    ]
    embedded = [b for b in found.bundles if "embedding" in b.stops[0].writers]
    assert len(embedded) == 3
    assert sum(len(bundle.first_nodes) for bundle in embedded) == 5


def test_names_that_there_is_no_room_for_are_counted():
    source = draw(crowd(30), view="compact").source
    assert re.search(r", \+\d<", source)
    assert ">L2 MLP<" in source.replace("<B>", "").replace("</B>", "")


def test_a_claim_that_failed_marks_the_compact_view_too():
    circuit = quote_closing()
    report = report_on(circuit, claim("necessary", "refuted"))
    source = draw(circuit, report, view="compact").source
    assert "NOT CONFIRMED: refuted" in source
    assert ">refuted<" in source


@pytest.mark.parametrize(
    "circuit", [quote_closing(), many_layers(), many_heads()], ids=lambda c: c.name
)
def test_a_column_can_hold_it(circuit, tmp_path):
    pytest.importorskip("pygraphviz")
    render(draw(circuit, None, evidence_on(circuit), "compact"), tmp_path / "drawing.svg")
    root = ET.parse(tmp_path / "drawing.svg").getroot()
    width, height = (
        float(root.get(side, "").removesuffix("pt")) / 72 for side in ("width", "height")
    )
    # A column is 3.3 inches wide; letters that are shrunk to less than two thirds are too small.
    assert width < 3.3 * 1.5
    assert height < 9 * 1.5
    ids = Counter(e.get("id") for e in root.iter(f"{_SVG}g") if e.get("id"))
    assert set(ids.values()) == {1}


def test_empty_circuit_is_drawn():
    assert "0 nodes" in draw(quote_closing().emptied(), view="compact").source
