"""The DOT of a few drawings, word by word. `UPDATE_GOLDEN=1 pytest tests/draw` accepts new ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.drawing import draw
from draw.sample_circuits import claim, quote_closing, report_on, unlisted_weights

_GOLDEN = Path(__file__).with_name("golden")


def _refuted():
    circuit = quote_closing()
    return circuit, report_on(
        circuit,
        claim("sufficient", "confirmed"),
        claim("necessary", "refuted", comparison=">=", threshold=0.6),
        claim(
            "minimal",
            "vacuous",
            metric="cost",
            unit="node",
            comparison=">=",
            threshold=0.02,
            estimate=None,
            interval=None,
            reason="the node sees_double never differs from its mean",
        ),
    )


@pytest.mark.parametrize(
    ("name", "circuit", "report"),
    [
        ("listed_edges", quote_closing(), None),
        ("refuted", *_refuted()),
        ("unlisted_weights", unlisted_weights(), None),
    ],
)
def test_drawing_is_as_before(name, circuit, report):
    path = _GOLDEN / f"{name}.dot"
    source = draw(circuit, report).source
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(source, encoding="utf-8")
    assert source == path.read_text(encoding="utf-8")
