"""What `draw` promises about every drawing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuitspec.drawing import draw, full_view
from circuitspec.report.report import FittedLogits
from draw.sample_circuits import (
    circuit_of,
    claim,
    crowd,
    evidence_on,
    many_layers,
    quote_closing,
    report_on,
    wide,
)


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


def test_a_calibration_is_told_and_nothing_where_there_is_none():
    circuit = quote_closing()
    report = report_on(circuit, claim("sufficient", "confirmed"))
    fitted = FittedLogits(
        scale=2.31,
        shift=-0.04,
        problem=None,
        pairs=512,
        pairs_sha256="3" * 64,
        loss_before=0.41,
        loss_after=0.12,
        uncalibrated=report.baseline.keep,
    )
    calibrated = draw(circuit, report.model_copy(update={"calibration": fitted})).source
    assert "calibrated: logits of the circuit x 2.31 - 0.04" in calibrated
    assert "calibrated" not in draw(circuit, report).source


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


def test_evidence_on_another_circuit_or_model_is_refused():
    circuit = quote_closing()
    with pytest.raises(ValueError, match="evidence on 'quote_closing'"):
        draw(replace(circuit, name="other"), evidence=evidence_on(circuit))


def test_a_view_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="no view 'fancy'; choose one of full, compact"):
        draw(quote_closing(), view="fancy")


def test_snippets_and_predictions_are_drawn():
    circuit = quote_closing()
    source = draw(circuit, evidence=evidence_on(circuit)).source
    assert ">⏎····<" in source  # the marked token
    assert ">62%<" in source
    assert "/&#160;90%" in source
    assert "marked token" in source
    plain = draw(circuit).source
    assert "marked token" not in plain
    assert "%" not in plain


def test_channels_lead_to_the_candidates_that_they_speak_for_or_against():
    circuit = quote_closing()
    circuit.model.transformer.unembed[2, 11] = -1.0
    source = draw(circuit, evidence=evidence_on(circuit)).source
    first, second = (line for line in source.splitlines() if "-> logits" in line and "id=w" in line)
    assert 'headport="c0:s"' in first
    assert "arrowhead=normal" in first
    assert 'headport="c1:s"' in second
    assert "arrowhead=tee" in second


def test_a_key_that_meets_a_constant_query_shows_its_sign():
    lines = draw(wide()).source.splitlines()
    (first,) = (line for line in lines if "n1 -> h0" in line)
    (last,) = (line for line in lines if "n8 -> h1" in line)
    assert 'label=" q=−1 "' in first
    assert "style=dashed" in first
    assert 'label=" q=0.27 "' in last
    assert "style=solid" in last


def test_values_go_through_the_softmax_of_their_head():
    lines = draw(wide()).source.splitlines()
    assert any("n9 -> h0" in line and 'headport="v1:' in line for line in lines)
    (written,) = (line for line in lines if "h0 -> n10" in line)
    assert 'class="weight positive"' in written


def test_wide_circuits_run_to_the_right_and_deep_ones_up():
    assert draw(wide()).graph_attr["rankdir"] == "LR"
    assert draw(quote_closing()).graph_attr["rankdir"] == "BT"
    assert draw(many_layers()).graph_attr["rankdir"] == "BT"


def test_the_name_of_a_channel_stands_where_it_is_written():
    source = draw(quote_closing()).source
    assert source.count("<B>is_quote</B>") == 1
    assert ">L2.attn.in[8]<" in source


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
