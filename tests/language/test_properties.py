"""What holds of every text and of every spec."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circuitspec.diagnostics import render_all
from circuitspec.document import print_file
from circuitspec.language import ParseResult, Spec, SpecFile, parse_text
from circuitspec.language.words import RESERVED

from .strategies import spec_files, specs

VALID = [
    path.read_text(encoding="utf-8-sig")
    for path in sorted((Path(__file__).parent / "valid").glob("*.circ"))
]
SOUP = st.sampled_from(
    [
        *sorted(RESERVED),
        *'{}[]:,."#%+-\n',
        "->",
        "<=",
        ">=",
        "..",
        "L0.mlp.in",
        "a",
        "b",
        "7",
        "0.5",
    ]
)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Whole specs take long to draw; these are the number of them that a change is tested with.
FEWER = settings(SLOW, max_examples=40)


def check(result: ParseResult) -> None:
    """A text gives circuits or errors, and errors lie inside the text."""
    errors = [d for d in result.diagnostics if d.severity == "error"]
    assert (result.file is None) == bool(errors)
    for diagnostic in result.diagnostics:
        spans = [span for span, _ in diagnostic.secondary]
        for span in [diagnostic.span, *spans] if diagnostic.span is not None else spans:
            assert 0 <= span.start <= span.end <= len(result.source.text)
            assert result.source.position(span.start) == (span.line, span.column)
            assert result.source.position(span.end) == (span.end_line, span.end_column)
    assert bool(render_all(result.diagnostics, result.source)) == bool(result.diagnostics)


@SLOW
@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    check(parse_text(text))
    check(parse_text("circuitspec 1\n" + text))


@SLOW
@given(st.text(st.characters(exclude_categories=())))
def test_any_string_in_a_spec_is_read_without_an_exception(text: str) -> None:
    check(parse_text(VALID[-1].replace("863", text).replace('"', f'"{text}')))


@SLOW
@given(st.lists(SOUP, max_size=30))
def test_words_in_any_order_are_read_without_an_exception(words: list[str]) -> None:
    check(parse_text("circuitspec 1 circuit a { " + " ".join(words)))


@SLOW
@given(st.sampled_from(VALID), st.data())
def test_mutilated_specs_are_read_without_an_exception(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.text(max_size=4) | SOUP) + text[end:]
    check(parse_text(text))


@FEWER
@given(spec_files)
def test_reading_what_was_printed_gives_the_same_specs(file: SpecFile) -> None:
    text = print_file(file)
    assert parse_text(text).unwrap() == file
    assert all(line == line.rstrip() for line in text.replace('"', "").split("\n") if "{" in line)


@FEWER
@given(specs())
def test_specs_survive_json(spec: Spec) -> None:
    text = spec.model_dump_json()
    assert Spec.model_validate_json(text) == spec
    assert "span" not in spec.model_dump()


@pytest.mark.parametrize(
    "garbage",
    [
        "{" * 100_000,
        "[" * 100_000,
        '"' * 99_999,
        "circuit a { " * 10_000,
        "circuit a { node a = L0.mlp.in[" + "1, " * 10_000,
        "circuit a { node a = L0.mlp.in[" + "9" * 100_000 + "] level " + "9" * 100_000,
        "circuit a { model " + "a" * 500_000 + " }",
        "circuit a { edge " + "a, " * 5_000 + "a -> " + "a, " * 5_000 + "a }",
        "".join(f"circuit a {{ edge b{i} -> c{i} }}" for i in range(300)),
    ],
    ids=lambda text: text[:20],
)
def test_long_garbage_is_read_without_an_exception(garbage: str) -> None:
    check(parse_text("circuitspec 1 " + garbage))
