"""Formatting: one small edit that gives what `circuitspec fmt` would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitspec.document import format_text
from circuitspec.lsp.formatting import format_edit, smallest_edit
from lsp.texts import SPEC, document

TEXTS = st.text(st.sampled_from("ab\n\r "), max_size=30)


def test_a_text_in_order_is_left_alone() -> None:
    formatted = format_text(SPEC).text
    assert formatted is not None
    assert format_edit(document(formatted)) is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_edit_is_of_the_lines_that_change(line_end: str) -> None:
    crowded = "  edge   first->pair.q\n"
    text = SPEC.replace("  edge first -> pair.q\n", crowded).replace("\n", line_end)
    edit = format_edit(document(text))
    assert edit is not None
    assert text[edit.start : edit.end] == crowded.replace("\n", line_end)
    assert edit.text == f"  edge first -> pair.q{line_end}"


def test_a_text_that_cannot_be_read_is_left_alone() -> None:
    assert format_edit(document(SPEC[:-3])) is None


@given(TEXTS, TEXTS)
def test_an_edit_turns_one_text_into_the_other(old: str, new: str) -> None:
    edit = smallest_edit(old, new)
    if edit is None:
        assert old == new
    else:
        assert old[: edit.start] + edit.text + old[edit.end :] == new


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", "b\n"),
        ("a\nb\nc\n", "a\nc\n", "b\n"),
        ("a\nc\n", "a\nb\nc\n", ""),
        ("a\na\na\n", "a\na\n", "a\n"),
        ("a\r\nb", "a\r\nb\r\n", "b"),
    ],
)
def test_an_edit_is_as_small_as_lines_allow(old: str, new: str, replaced: str) -> None:
    edit = smallest_edit(old, new)
    assert edit is not None
    assert old[edit.start : edit.end] == replaced
