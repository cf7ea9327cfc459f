"""Names and descriptions that mean something to DOT, HTML or XML are drawn as they stand."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from circuitspec.drawing import draw, render
from circuitspec.drawing.snippet_label import cropped_end, cropped_start
from circuitspec.drawing.text import balanced, one_line, shortened, verbatim
from circuitspec.evidence import Evidence, Example, Prediction, Snippet
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


@pytest.mark.parametrize("view", ["full", "compact"])
@pytest.mark.parametrize("words", _HOSTILE, ids=lambda words: repr(words[:12]))
def test_snippets_and_prompts_may_hold_anything(words, view, tmp_path):
    circuit = _circuit(words)
    example = Example(
        candidates=(words, "x"),
        ids=(1, 2),
        predictions=(Prediction(words, (0.5, 0.1), (1.0, 0.0)),) * 2,
    )
    snippets = {node: (Snippet(words, words, words, -1.0),) for node in circuit.nodes}
    sha256 = circuit.model.sha256
    evidence = Evidence(circuit.name, sha256, words, snippets, example)
    circuit.model.transformer.unembed[:, 0] = 1.0
    render(draw(circuit, evidence=evidence, view=view), tmp_path / "drawing.svg")
    root = ET.parse(tmp_path / "drawing.svg").getroot()
    texts = {element.text for element in root.iter(f"{_SVG}text")}
    if view == "full":
        assert cropped_end(verbatim(words, all_blanks=True), 14) in texts


def test_white_space_is_to_be_seen():
    assert verbatim("\n    x = 1\ty ") == "⏎····x = 1⇥y·"
    assert verbatim(" name", all_blanks=True) == "·name"
    assert verbatim("a\r\nb\u2028") == "a⏎b⏎"


def test_text_around_a_token_is_cropped():
    assert cropped_start("abcdef", 4) == "…def"
    assert cropped_end("abcdef", 4) == "abc…"
    assert cropped_start("abcdef", 0) == cropped_end("abcdef", 0) == ""


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
