"""What `draw` promises about every drawing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuitspec.drawing import draw, full_view
from draw.sample_circuits import circuit_of, claim, crowd, quote_closing, report_on


def test_same_circuit_same_dot():
    assert draw(quote_closing()).source == draw(quote_closing()).source


def test_without_a_report_nothing_is_said_to_hold():
    assert "confirmed" not in draw(quote_closing()).source


def test_what_was_confirmed_is_said_to_be():
    circuit = quote_closing()
    source = draw(circuit, report_on(circuit, claim("sufficient", "confirmed"))).source
    assert ">confirmed<" in source
    assert "NOT CONFIRMED" not in source
    assert "loss 0.138" in source
    assert "[0.121, 0.155]" in source
    assert "claimed ≤ 0.16" in source


@pytest.mark.parametrize("verdict", ["refuted", "inconclusive", "vacuous", "error"])
def test_one_claim_that_failed_marks_the_whole_drawing(verdict):
    circuit = quote_closing()
    report = report_on(circuit, claim("sufficient", "confirmed"), claim("necessary", verdict))
    source = draw(circuit, report).source
    assert f"NOT CONFIRMED: {verdict}" in source
    assert f">{verdict}<" in source


def test_report_without_claims_confirms_nothing():
    circuit = quote_closing()
    assert "NOT CONFIRMED: vacuous" in draw(circuit, report_on(circuit)).source


def test_report_on_another_circuit_or_model_is_refused():
    circuit = quote_closing()
    report = report_on(circuit, claim("sufficient", "confirmed"))
    with pytest.raises(ValueError, match="says nothing about 'other'"):
        draw(replace(circuit, name="other"), report)
    retrained = replace(circuit, model=replace(circuit.model, sha256="f" * 64))
    with pytest.raises(ValueError, match="says nothing about"):
        draw(retrained, report)


def test_signs_are_told_by_more_than_colour():
    weights = {
        ("L0.mlp.in[0]", "L0.mlp.neuron[0]"): 2.0,
        ("L0.mlp.in[1]", "L0.mlp.neuron[0]"): -0.5,
    }
    circuit = circuit_of({"in": "L0.mlp.in[0] L0.mlp.in[1]", "n": "L0.mlp.neuron[0]"}, weights)
    positive, negative = (line for line in draw(circuit).source.splitlines() if "id=e" in line)
    assert "arrowhead=normal" in positive
    assert "style=solid" in positive
    assert "+2 " in positive
    assert "arrowhead=tee" in negative
    assert "style=dashed" in negative
    assert "−0.5 " in negative
    assert "penwidth=3.00" in positive
    assert "penwidth=1.35" in negative


def test_nodes_of_a_group_at_one_place_are_told_apart_by_index():
    source = draw(
        circuit_of({"bracket": "L0.mlp.in[7] L0.mlp.in[9]", "one": "L1.attn.k[6]"})
    ).source
    assert "<B>bracket[7]</B>" in source
    assert "<B>bracket[9]</B>" in source
    assert "<B>one</B>" in source
    assert ">L1.h1.k[2]<" in source


def test_crowds_are_drawn_small_and_without_descriptions():
    few, many = draw(crowd(60)), draw(crowd(61))
    assert float(many.node_attr["fontsize"]) < float(few.node_attr["fontsize"])
    assert ">one of many<" in few.source
    assert ">one of many<" not in many.source


def test_small_unlisted_weights_that_are_left_out_are_counted(monkeypatch):
    monkeypatch.setattr(full_view, "_MOST_UNLISTED", 1)
    weights = {
        ("L0.mlp.in[0]", "L0.mlp.neuron[0]"): 0.5,
        ("L0.mlp.in[1]", "L0.mlp.neuron[0]"): -2.0,
    }
    groups = {"c": "L0.mlp.in[0] L0.mlp.in[1] L0.mlp.neuron[0]"}
    source = draw(circuit_of(groups, weights, listed=False)).source
    assert "The 1 largest weights are drawn, 1 others are not." in source
    assert "−2" in source
    assert "+0.5" not in source


def test_empty_circuit_is_drawn():
    assert "0 nodes" in draw(quote_closing().emptied()).source
