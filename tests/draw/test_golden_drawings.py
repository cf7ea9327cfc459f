"""The DOT of a few drawings, word by word. `UPDATE_GOLDEN=1 pytest tests/draw` accepts new ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.drawing import draw
from draw.sample_circuits import (
    claim,
    evidence_on,
    many_layers,
    quote_closing,
    report_on,
    unlisted_weights,
    wide,
)

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
    ("name", "source"),
    [
        ("listed_edges", draw(quote_closing()).source),
        ("refuted", draw(*_refuted()).source),
        ("unlisted_weights", draw(unlisted_weights()).source),
        ("with_evidence", draw(quote_closing(), evidence=evidence_on(quote_closing())).source),
        ("to_the_right", draw(wide(), evidence=evidence_on(wide())).source),
        ("compact", draw(*_refuted(), view="compact").source),
        (
            "compact_many_layers",
            draw(many_layers(), evidence=evidence_on(many_layers()), view="compact").source,
        ),
    ],
)
def test_drawing_is_as_before(name, source):
    path = _GOLDEN / f"{name}.dot"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(source, encoding="utf-8")
    assert source == path.read_text(encoding="utf-8")
