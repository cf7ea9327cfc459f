"""What holds of every text that is formatted, and of every document."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from language.strategies import spec_files

from circuitspec.diagnostics import Source
from circuitspec.document import (
    document_to_json,
    format_text,
    print_document,
    print_file,
    read_document,
    read_json,
)
from circuitspec.language import SpecFile, parse_text
from circuitspec.language.parse import parse

from .comments import lexed_comments
from .from_grammar import texts_of_the_grammar
from .scattered import TEXTS, scattered, texts

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEWER = settings(SLOW, max_examples=50)


@FEWER
@given(spec_files)
def test_printed_specs_are_in_the_style_and_read_back_equal(file: SpecFile) -> None:
    printed = print_file(file)
    assert format_text(printed).text == printed
    assert parse_text(printed).unwrap() == file


@SLOW
@given(scattered())
def test_white_space_and_comments_do_not_change_what_a_text_says(pair: tuple[str, str]) -> None:
    plain, odd = pair
    result = format_text(odd)
    assert result.text is not None
    assert parse(Source("", result.text)).whole == parse(Source("", plain)).whole
    assert lexed_comments(result.text) == lexed_comments(odd)
    assert format_text(result.text).text == result.text
    assert read_document(result.text).document == read_document(odd).document


@SLOW
@given(texts_of_the_grammar)
def test_every_construct_of_the_grammar_is_formatted(text: str) -> None:
    result = format_text(text)
    assert result.text is not None
    assert lexed_comments(result.text) == lexed_comments(text)
    assert format_text(result.text).text == result.text
    document = read_document(text).document
    assert document is not None
    assert read_document(result.text).document == document
    assert read_json(document_to_json(document)).document == document


@SLOW
@given(scattered())
def test_every_document_survives_json(pair: tuple[str, str]) -> None:
    document = read_document(pair[1]).document
    assert document is not None
    written = document_to_json(document)
    assert read_json(written).document == document
    assert document_to_json(document) == written


@SLOW
@given(texts)
def test_a_formatted_text_survives_json(text: str) -> None:
    formatted = format_text(text).text
    assert formatted is not None
    document = read_document(formatted).document
    assert document is not None
    again = read_json(document_to_json(document)).document
    assert again is not None
    assert print_document(again) == formatted


@SLOW
@given(st.sampled_from(TEXTS), st.data())
def test_any_text_is_formatted_or_told_what_is_wrong(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 8)))
        inserted = data.draw(st.text(st.characters(exclude_categories=()), max_size=4))
        text = text[:start] + inserted + text[end:]
    result = format_text(text)
    assert (result.text is None) == bool(result.diagnostics)
    if result.text is not None:
        assert result.changed == (result.text != text)
        assert format_text(result.text).text == result.text


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_of_the_corpora_survives_json(text: str) -> None:
    formatted = format_text(text).text
    document = read_document(text).document
    assert document is not None
    again = read_json(document_to_json(document)).document
    assert again is not None
    assert print_document(again) == formatted
