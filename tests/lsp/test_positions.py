"""Offsets and positions: the same place, whatever the client counts in and the lines end with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitspec.lsp.positions import Positions

TEXTS = st.text(st.sampled_from("ab\n\r\té字\u0301😀\u2028\x0b\ud800"), max_size=40)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 9), ("utf-16", 6), ("utf-32", 5)])
def test_an_emoji_takes_as_many_units_as_the_encoding_says(encoding, character):
    text = 'a\n"é😀" x'
    positions = Positions(text, encoding)
    assert positions.position(text.index("x")) == (1, character)
    assert positions.offset(1, character) == text.index("x")


@given(TEXTS, ENCODINGS)
def test_every_offset_comes_back(text, encoding):
    positions = Positions(text, encoding)
    for offset in range(len(text) + 1):
        inside_line_ending = text[offset - 1 : offset + 1] == "\r\n"
        if not inside_line_ending:
            assert positions.offset(*positions.position(offset)) == offset


@given(TEXTS, ENCODINGS, st.integers(-3, 50), st.integers(-3, 50))
def test_any_position_is_somewhere_in_the_text(text, encoding, line, character):
    assert 0 <= Positions(text, encoding).offset(line, character) <= len(text)


def test_the_protocol_ends_lines_at_line_feeds_and_carriage_returns_only():
    text = "a\r\nb\rc\nd\u2028e\x0bf"
    assert Positions(text).position(text.index("b")) == (1, 0)
    assert Positions(text).position(text.index("c")) == (2, 0)
    assert Positions(text).position(text.index("f")) == (3, 4)


def test_past_the_end_of_a_line_is_its_end():
    positions = Positions("ab\r\ncd")
    assert positions.offset(0, 99) == 2
    assert positions.offset(1, 99) == 6
    assert positions.offset(99, 0) == 6


def test_inside_of_a_character_is_its_start():
    assert Positions("😀x", "utf-16").offset(0, 1) == 0
    assert Positions("😀x", "utf-8").offset(0, 3) == 0
