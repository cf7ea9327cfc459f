"""Names and descriptions that mean something to DOT, HTML or XML are drawn as they stand."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from circuitspec.drawing import draw, render
from circuitspec.drawing.text import balanced, one_line, shortened
from draw.sample_circuits import circuit_of, claim, report_on

pytest.importorskip("pygraphviz")

_SVG = "{http://www.w3.org/2000/svg}"
_TOOLTIP = "{http://www.w3.org/1999/xlink}title"

_HOSTILE = [
    'say "hello"',
    "<b>bold</b>",
    "<<TABLE>>",
    "<not closed",
    "a & b &amp; c",
    "back\\slash \\N \\G \\l",
    "ends in a backslash\\",
    'quote after backslash \\"',
    "two\nlines\r\nand\ttabs",
    "größer × 数字 🙂",
    "nul \0, escape \x1b, surrogate \ud800, noncharacter \ufffe",
    "n0:s -> n1; }",
    "// comment */ #",
    "]]> <!-- -->",
    " ",
    "word " * 400,
    "x" * 5000,
]


def _circuit(words):
    circuit = circuit_of(
        {words: ("L0.mlp.in[0] L0.mlp.in[1]", words), "n": ("L0.mlp.neuron[0]", words)},
        {("L0.mlp.in[0]", "L0.mlp.neuron[0]"): 1.0},
        name=words,
        description=words,
    )
    return replace(circuit, model=replace(circuit.model, name=words))


@pytest.mark.parametrize("words", _HOSTILE, ids=lambda words: repr(words[:12]))
def test_drawn_as_they_stand(words, tmp_path):
    circuit = _circuit(words)
    report = report_on(circuit, claim("sufficient", "vacuous", reason=words))
    render(draw(circuit, report), tmp_path / "drawing.svg")
    root = ET.parse(tmp_path / "drawing.svg").getroot()

    literal = one_line(words)
    texts = {element.text for element in root.iter(f"{_SVG}text")}
    assert literal == "" or shortened(words, 40) in texts  # the circuit's name
    assert shortened(f"{words}[0]", 28) in texts  # a node's name
    tooltips = {element.get(_TOOLTIP) for element in root.iter()}
    assert f"n, L0.mlp.neuron[0]{literal and ': '}{literal}" in tooltips
    ids = [element.get("id", "") for element in root.iter()]
    assert sorted(name for name in ids if name.startswith("n")) == ["n0", "n1", "n2"]


def test_long_words_are_shortened_in_the_middle():
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghijk", 10) == "abcde…hijk"


def test_lines_are_balanced():
    assert balanced("fires on an opening single quote", 28) == [
        "fires on an opening",
        "single quote",
    ]
    assert balanced("", 28) == []
    assert balanced("x" * 30, 28) == ["x" * 15, "x" * 15]
