"""From DOT to files: every format, by whatever is installed, whole or not at all."""

from __future__ import annotations

import stat
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from circuitspec.drawing import DrawError, backends, draw, render
from draw.sample_circuits import (
    claim,
    crowd,
    evidence_on,
    many_layers,
    quote_closing,
    report_on,
    unlisted_weights,
    wide,
)

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def no_programs(monkeypatch):
    """Neither a program of Graphviz nor pygraphviz."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    "circuit",
    [quote_closing(), unlisted_weights(), wide(), many_layers(), crowd(150)],
    ids=lambda circuit: circuit.name,
)
def test_everything_is_in_the_svg_exactly_once(circuit, tmp_path):
    pytest.importorskip("pygraphviz")
    figure = draw(circuit, evidence=evidence_on(circuit))
    render(figure, tmp_path / "drawing.svg")
    root = ET.parse(tmp_path / "drawing.svg").getroot()

    ids = Counter(e.get("id") for e in root.iter(f"{_SVG}g") if e.get("id"))
    assert set(ids.values()) == {1}
    declared = {
        line.split(" id=")[1].split()[0].rstrip("]")
        for line in figure.source.splitlines()
        if " id=" in line
    }
    assert declared <= set(ids)
    assert {f"n{i}" for i in range(len(circuit.nodes))} <= declared
    edges = [e for e in root.iter(f"{_SVG}g") if "weight" in (e.get("class") or "").split()]
    assert len(edges) == (4 if circuit.edges is None else len(circuit.edges))
    numbers = " ".join(e.get("d", "") + e.get("points", "") for e in root.iter())
    assert "nan" not in numbers.lower()


def test_svg_says_in_words_what_it_shows(tmp_path):
    pytest.importorskip("pygraphviz")
    circuit = quote_closing()
    report = report_on(circuit, claim("necessary", "refuted"))
    render(draw(circuit, report), tmp_path / "drawing.svg")
    root = ET.parse(tmp_path / "drawing.svg").getroot()
    words = (
        "Circuit quote_closing of small. Close a string literal with the quote that opened it. "
        "Verdict: refuted."
    )
    assert root[0].tag == f"{_SVG}title"
    assert root[0].text == root.get("aria-label") == words


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("PDF", b"%PDF")])
def test_pictures(suffix, start, tmp_path, capfd):
    pytest.importorskip("pygraphviz")
    path = tmp_path / f"drawing.{suffix}"
    render(draw(quote_closing()), path)
    assert path.read_bytes().startswith(start)
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("no_programs")
def test_dot_is_written_with_nothing_installed(tmp_path):
    figure = draw(quote_closing())
    for suffix in ("dot", "gv"):
        render(figure, tmp_path / f"drawing.{suffix}")
        assert (tmp_path / f"drawing.{suffix}").read_text(encoding="utf-8") == figure.source


@pytest.mark.usefixtures("no_programs")
def test_with_nothing_installed_the_error_says_how_to_get_it(tmp_path):
    with pytest.raises(DrawError, match="nothing is installed here that draws SVG") as caught:
        render(draw(quote_closing()), tmp_path / "drawing.svg")
    diagnostic = caught.value.diagnostic
    assert diagnostic.code == "no-graphviz"
    for way in ("pip install 'circuitspec[graphviz]'", "apt-get install", "brew install"):
        assert way in diagnostic.help
    assert list(tmp_path.iterdir()) == []


def test_unknown_suffix(tmp_path):
    with pytest.raises(DrawError, match=r"`\.jpg` is not a format") as caught:
        render(draw(quote_closing()), tmp_path / "drawing.jpg")
    assert "`.svg`, `.png`, `.pdf`, `.dot`, `.gv`" in caught.value.diagnostic.help


@pytest.mark.usefixtures("no_programs")
def test_backend_that_fails_leaves_it_to_the_next(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    _program(programs, "dot", "echo 'no plugin for this format' >&2; exit 1")
    with pytest.raises(DrawError) as caught:
        render(draw(quote_closing()), tmp_path / "drawing.svg")
    assert caught.value.diagnostic.notes == ("dot: no plugin for this format",)

    _program(programs, "graphviz-pure", "echo '<svg width=\"1\">drawn</svg>'")
    render(draw(quote_closing()), tmp_path / "drawing.svg")
    assert ">drawn</svg>" in (tmp_path / "drawing.svg").read_text()
    with pytest.raises(DrawError):  # it knows no PDF
        render(draw(quote_closing()), tmp_path / "drawing.pdf")


@pytest.mark.parametrize("event", [KeyboardInterrupt(), subprocess.TimeoutExpired("dot", 300)])
def test_interrupted_render_leaves_the_old_file(event, tmp_path, monkeypatch):
    path = tmp_path / "drawing.svg"
    path.write_text("old")

    def interrupted(*args, **kwargs):
        raise event

    monkeypatch.setattr(backends.subprocess, "run", interrupted)
    with pytest.raises((KeyboardInterrupt, DrawError)):
        render(draw(quote_closing()), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
