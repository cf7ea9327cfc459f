"""Tokens and outline: right on specs, and never failing on anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitspec.language import load_file
from circuitspec.language.claims import nodes_of
from circuitspec.language.parse import LARGEST_TEXT
from circuitspec.lsp.outline import outline_of, unquoted
from circuitspec.lsp.tokens import tokens_of
from lsp.texts import CHECKOUT, SPEC

VALID = sorted([*CHECKOUT.glob("specs/**/*.circ"), *CHECKOUT.glob("tests/language/valid/*.circ")])
PIECES = st.sampled_from(
    (
        *("circuit", " c", "{", "}", " node", " edge", " a", ".q", "->", " every", " model"),
        *(" expect", " in", " over", " swapping", " fires", " predict", " task", " at", ", b"),
        *('"', "\\", "#", "\n", "\r\n", " ./x-y", " L0.h1.k", "[", "3", "..", "]", "😀", ":", ","),
    )
)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_outline_of_a_valid_file_is_that_of_its_specs(path: Path) -> None:
    result = load_file(path)
    outline = outline_of(tokens_of(result.source.text))
    specs = result.unwrap().circuits
    assert [c.name.text for c in outline.circuits if c.name] == [spec.name for spec in specs]
    for circuit, spec in zip(outline.circuits, specs, strict=True):
        assert spec.span is not None
        assert (circuit.start, circuit.end, circuit.closed) == (
            spec.span.start,
            spec.span.end,
            True,
        )
        assert (circuit.setting("model"), circuit.setting("task")) == (spec.model, spec.task)
        declared = (*spec.nodes, *spec.outside)
        assert set(circuit.declarations()) == {node.name for node in declared}
        assert list(circuit.declarations("node")) == [node.name for node in spec.nodes]
        for node in declared:
            name = circuit.declarations()[node.name]
            assert node.span is not None
            assert (name.start, name.end) == (node.span.start, node.span.end)
        ends = {ref.name for edge in spec.edges for ref in (edge.source, edge.target)}
        claimed = {name for claim in spec.claims for name in nodes_of(claim)}
        named = {token.text for token in circuit.names()}
        assert named == ends | claimed | set(circuit.declarations())


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_has_an_outline_inside_of_it(text: str) -> None:
    tokens = tokens_of(text)
    for token in tokens:
        assert text[token.start : token.end] == token.text != ""
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)
    outline = outline_of(tokens)
    for offset in range(len(text) + 1):
        outline.token_at(offset)
        outline.statement_at(offset)
    for circuit in outline.circuits:
        assert 0 <= circuit.start <= circuit.end <= len(text)


def test_a_bare_word_after_model_or_task_is_one_token() -> None:
    tokens = tokens_of("model  # which?\n ./a-b:c.d task hf:gpt2")
    assert [t.text for t in tokens if t.kind == "bare"] == ["./a-b:c.d", "hf:gpt2"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_comment_ends_with_its_line(line_end: str) -> None:
    tokens = tokens_of(f"# why{line_end}node")
    assert [t.text for t in tokens] == ["# why", "node"]


def test_a_string_ends_with_its_line() -> None:
    for line_end in ("\n", "\r\n", ""):
        string, *_ = tokens_of(f'"never closed{line_end}')
        assert string.text == '"never closed'
        assert string.unterminated
    assert not tokens_of(r'"a \" b"')[0].unterminated
    assert tokens_of('"\\')[0].unterminated


def test_a_circuit_without_end_is_ended_by_the_next() -> None:
    first, second = outline_of(tokens_of("circuit a { node x circuit b { edge x }")).circuits
    assert not first.closed
    assert second.closed
    assert [s.word.text for s in first.statements] == ["node"]


def test_the_unit_of_a_claim_begins_no_statement() -> None:
    outline = outline_of(tokens_of(SPEC.replace("loss <=", "every node costs >=")))
    assert [s.word.text for s in outline.circuits[0].statements][-2:] == ["edge", "expect"]


def test_strings_lose_their_quotes() -> None:
    assert unquoted(tokens_of(r'"a \"b\" \\c"')[0]) == r'a "b" \c'
    assert unquoted(tokens_of('"open')[0]) == "open"
    assert unquoted(tokens_of('"')[0]) == ""


def test_a_text_that_is_too_large_has_no_tokens() -> None:
    assert tokens_of("a " * LARGEST_TEXT) == ()
