"""Fixes: what a message suggests, done, and only if it helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuitspec.language import parse_text
from circuitspec.language.load import load_file
from circuitspec.lsp.fixes import fixes_in
from lsp.texts import CHECKOUT, SPEC, document

INVALID = sorted(CHECKOUT.glob("tests/language/invalid/*.circ"))


def fixed(text: str, path: Path | None = None) -> list[str]:
    """The text with each of the fixes that are offered."""
    edits = [fix.edit for fix in fixes_in(document(text, path), 0, len(text))]
    return [text[: e.start] + e.text + text[e.end :] for e in edits]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("edge first -> pair.q", "edge frist -> pair.q"),
        ("edge first -> pair.q", "edge first -> pari.q"),
        ("L0.attn.in", "L0.attn.inn"),
        ("loss <=", "los <="),
        ("loss <=", "loss >="),
        ("sufficient", "suficient"),
        ("expect", "expct"),
        ("mean over", "maen over"),
        ("python-small", "pythn-small"),
        ("single_double_quote", "single_double_quotes"),
        ("pair.k : -", "pair.k : +"),
    ],
)
def test_a_misspelt_word_is_replaced(right: str, wrong: str) -> None:
    text = SPEC.replace(right, wrong, 1)
    assert text != SPEC
    assert fixed(text) == [SPEC]


def test_only_what_is_wrong_at_the_cursor_is_fixed() -> None:
    text = SPEC.replace("expect suf", "expct suf").replace("edge first -> s", "edge frist -> s")
    here = text.index("frist")
    (fix,) = fixes_in(document(text), here, here)
    assert fix.title == "Replace `frist` by `first`"
    assert fixes_in(document(text), 0, 0) == ()


def test_there_is_no_fix_that_is_only_a_guess() -> None:
    for wrong in ("edge nothing -> second", "edge first ->", "node first = L0.attn.in[445]"):
        assert fixed(SPEC.replace("edge first -> pair.q", wrong)) == []


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_every_fix_of_the_corpus_mends_something(path: Path) -> None:
    text = load_file(path).source.text
    before = _errors(text)
    for after in fixed(text):
        assert _errors(after) < before


def test_the_corpus_has_fixes() -> None:
    assert sum(len(fixed(load_file(path).source.text)) for path in INVALID) > 20


def _errors(text: str) -> int:
    return sum(diagnostic.severity == "error" for diagnostic in parse_text(text).diagnostics)
