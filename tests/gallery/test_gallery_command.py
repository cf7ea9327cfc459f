"""`circuitspec gallery`, on a circuit of the shipped model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.planted import planted_model, quote_task
from typer.testing import CliRunner

from circuitspec.circuit.compile import compile_spec
from circuitspec.cli.app import app
from circuitspec.cli.gallery import DATA, INDEX
from circuitspec.gallery.baseline import (
    AttributionBaseline,
    attribution_baseline,
    baseline_key,
)
from circuitspec.language import parse_text

SPEC = """\
circuitspec 1

circuit double_quotes {
  model   python-small
  task    single_double_quote
  ablate  mean over pretraining

  node double      = L0.attn.in[171, 186, 224, 234, 333, 448]
  node double_keys = L0.h18.k[1, 4..6, 8, 11, 14, 15]
  node not_double  = L0.h18.v[11]
  node say_double  = L0.attn.out[261]

  expect sufficient: accuracy >= 95%
}
"""


def run(*arguments: str | Path):
    return CliRunner().invoke(app, ["gallery", *map(str, arguments)])


def test_pages_table_and_data_are_written_and_words_stay(tmp_path: Path):
    spec, out = tmp_path / "quotes.circ", tmp_path / "out"
    spec.write_text(SPEC)
    result = run(spec, "--out", out, "--no-baseline")
    assert result.exit_code == 0, result.output
    page = out / "double_quotes.md"
    assert "## Verdicts" in page.read_text()
    assert "[double_quotes](double_quotes.md)" in (out / INDEX).read_text()
    (row,) = json.loads((out / DATA).read_text())["rows"]
    assert row["circuit"]["nodes"] == 16
    assert (out / "double_quotes.compact.svg").read_text().count("L0 head 18")
    assert "](double_quotes.compact.svg)](double_quotes.md)" in (out / INDEX).read_text()
    assert row["baseline"] is None
    page.write_text(page.read_text().replace("<!-- What does it compute?", "Words.\n<!-- W"))
    assert run(spec, "--out", out, "--no-baseline").exit_code == 0
    assert "Words." in page.read_text()


def test_a_spec_with_a_mistake_has_no_page(tmp_path: Path):
    spec, out = tmp_path / "quotes.circ", tmp_path / "out"
    spec.write_text(SPEC.replace("L0.h18", "L9.h18"))
    result = run(spec, "--out", out)
    assert result.exit_code == 2
    assert "layer-out-of-range" in result.output
    assert not (out / "double_quotes.md").exists()


def test_the_baseline_of_a_planted_circuit():
    text = SPEC.split("node double ")[0] + (
        "node kind = L0.attn.in[0, 1]\n  node look = L0.attn.q[0], L0.attn.k[0]\n"
        "  node answer = L0.attn.v[0], L0.attn.out[2]\n"
        "  expect sufficient: accuracy >= 95%\n}\n"
    )
    (spec,) = parse_text(text).unwrap().circuits
    circuit = compile_spec(spec, planted_model()).circuit
    assert circuit is not None
    baseline = attribution_baseline(circuit, quote_task())
    assert baseline is not None
    assert baseline.nodes >= 3
    assert baseline.keep < 0.1 < baseline.drop
    key = baseline_key(circuit, quote_task())
    assert key == baseline_key(replace(circuit, name="another"), quote_task())
    smaller = circuit.without_node(circuit.nodes[0])
    fewer = replace(quote_task(), verifying=quote_task().verifying[1:])
    assert len({key, baseline_key(smaller, quote_task()), baseline_key(circuit, fewer)}) == 3


def test_a_baseline_is_kept_until_the_circuit_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It takes minutes; the second run finds it in the data of the first."""
    asked: list[str] = []

    def baseline(circuit, task):
        asked.append(circuit.name)
        return AttributionBaseline(nodes=7, edges=8, keep=0.1, drop=0.2)

    monkeypatch.setattr("circuitspec.gallery.baseline.attribution_baseline", baseline)
    spec, out = tmp_path / "quotes.circ", tmp_path / "out"
    spec.write_text(SPEC)
    assert run(spec, "--out", out).exit_code == 0
    spec.write_text(SPEC.replace("node say_double", "node says_double"))
    assert run(spec, "--out", out).exit_code == 0
    assert asked == ["double_quotes"]
    assert "| 7 | 8 | 0.100 | 0.200 |" in (out / INDEX).read_text()
    spec.write_text(SPEC.replace("186, 224, ", "186, "))
    assert run(spec, "--out", out).exit_code == 1  # this one no longer does the task
    assert asked == ["double_quotes"] * 2
