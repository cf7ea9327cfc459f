"""Carets stand under what they mean, whatever is on the line before it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitspec.diagnostics import Diagnostic, Source, render, render_concise

LINES = st.text(
    alphabet=st.sampled_from("ab \t\u00e9e\u0301\u5b57\U0001f600\r\x07\u202e"), max_size=40
)


def diagnostic(source: Source, start: int, end: int, **more: object) -> Diagnostic:
    return Diagnostic(code="some-code", message="headline", span=source.span(start, end), **more)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes, character by character."""
    zero = ("Mn", "Me", "Cf")
    return sum(
        0
        if unicodedata.category(c) in zero
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


@pytest.mark.parametrize(
    ("glyph", "width"),
    [
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", 2),  # a family
        ("\u2764\ufe0f", 2),  # a heart, as an emoji
        ("\u2764", 1),  # a heart
        ("e\u0301", 1),
        ("\u5b57", 2),
        ("\u5b57\x07", 3),  # with a stand-in for what has no width
    ],
)
@pytest.mark.parametrize("tab", ["", "\t"])
def test_a_glyph_of_several_characters_takes_the_columns_of_one(
    glyph: str, width: int, tab: str
) -> None:
    source = Source("a.circ", f"{glyph}{tab}x")
    end = len(source.text)
    carets = render(diagnostic(source, end - 1, end), source).split("\n")[4]
    assert carets == f"  | {' ' * (4 if tab else width)}^"


def test_the_whole_layout() -> None:
    source = Source("a.circ", "one two\nthree\nfour\nfive six\n")
    found = Diagnostic(
        code="some-code",
        message="headline",
        span=source.span(24, 27),
        label="here",
        secondary=((source.span(0, 3), "there"),),
        help="do this\nor that",
        notes=("a fact", "another"),
    )
    assert render(found, source) == (
        "error[some-code]: headline\n"
        " --> a.circ:4:6\n"
        "  |\n"
        "1 | one two\n"
        "  | --- there\n"
        "...\n"
        "4 | five six\n"
        "  |      ^^^ here\n"
        "  |\n"
        "  = help: do this\n"
        "          or that\n"
        "  = note: a fact\n"
        "  = note: another"
    )


def test_one_line_form() -> None:
    source = Source("a.circ", "one\ntwo")
    assert render_concise(diagnostic(source, 5, 6), source) == "a.circ:2:2: some-code headline"
    whole = Diagnostic(code="some-code", message="headline")
    assert render_concise(whole, source) == "a.circ: some-code headline"


def test_without_a_place() -> None:
    found = Diagnostic(code="some-code", message="headline", severity="warning", help="do this")
    assert render(found, Source("a.circ", "")) == (
        "warning[some-code]: headline\n --> a.circ\n  = help: do this"
    )


@given(before=LINES, marked=st.text("xyz", min_size=1, max_size=8), after=LINES)
def test_carets_stand_under_their_text(before: str, marked: str, after: str) -> None:
    source = Source("a.circ", f"first\n{before}{marked}{after}\nlast")
    start = len("first\n") + len(before)
    lines = render(diagnostic(source, start, start + len(marked)), source).split("\n")
    shown, carets = lines[3], lines[4]
    assert columns(shown[: shown.index(marked)]) == carets.index("^")
    assert carets.count("^") == len(marked)
    assert not any(unicodedata.category(c) == "Cc" or c == "\u202e" for c in shown)


@given(st.text(max_size=60), st.data())
def test_any_span_can_be_shown(text: str, data: st.DataObject) -> None:
    source = Source("a.circ", text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert "^" in render(diagnostic(source, start, end), source)


def test_a_place_between_characters_gets_a_caret() -> None:
    source = Source("a.circ", "edge a ->")
    assert "  |          ^" in render(diagnostic(source, 9, 9), source).split("\n")


def test_the_carriage_return_of_a_line_ending_is_not_shown() -> None:
    source = Source("a.circ", "one\r\ntwo\r\n")
    assert render(diagnostic(source, 5, 8), source).split("\n")[3:] == ["2 | two", "  | ^^^"]


def test_long_lines_are_shown_in_part() -> None:
    source = Source("a.circ", "x" * 500 + "here" + "y" * 500)
    _, _, _, shown, carets = render(diagnostic(source, 500, 504), source).split("\n")
    assert len(shown) < 120
    assert shown.index("here") == carets.index("^")
    assert shown.endswith("...")


@pytest.mark.parametrize("offset", [0, 250, 499])
def test_two_places_on_a_long_line_are_both_shown(offset: int) -> None:
    source = Source("a.circ", "x" * 1000)
    other = (source.span(offset, offset + 1), "other")
    found = diagnostic(source, 900, 910, secondary=(other,))
    assert render(found, source).count("1 | ") == 2


def test_marks_stand_right_after_tabs_wide_letters_and_accents() -> None:
    source = Source("a.circ", "\tno\u0301de\t\u5b57 \U0001f600 bad")
    start = source.text.index("bad")
    assert render(diagnostic(source, start, start + 3), source).split("\n")[3:] == [
        "1 |     no\u0301de    \u5b57 \U0001f600 bad",
        "  |                   ^^^",
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_lines_are_counted_right_among_mixed_line_endings(ending: str) -> None:
    source = Source("a.circ", f"one\r\ntwo\n\r\nfour{ending}five bad{ending}")
    start = source.text.index("bad")
    assert render(diagnostic(source, start, start + 3), source).split("\n")[1:] == [
        " --> a.circ:5:6",
        "  |",
        "5 | five bad",
        "  |      ^^^",
    ]


def test_a_line_of_a_million_characters_is_shown_in_part() -> None:
    source = Source("a.circ", "\t\u5b57x" * 333_333 + "bad")
    whole = (source.span(0, len(source.text)), "all of it")
    found = diagnostic(source, 999_999, 1_000_002, secondary=(whole,))
    assert len(render(found, source)) < 2_000


def test_a_word_of_a_million_characters_is_quoted_in_part() -> None:
    source = Source("a.circ", "x" * 1_000_000)
    found = Diagnostic(
        code="some-code",
        message=f"no node is called `{source.text}`",
        span=source.span(0, 1_000_000),
        label=f"`{source.text}` is not a node",
        help=f"write `{source.text}_` or `y`",
        notes=(f"`{source.text}`",),
    )
    assert len(render(found, source)) < 1_500
    assert len(render_concise(found, source)) < 250
    assert f"help: write `{'x' * 160}...` or `y`" in render(found, source)


def test_nothing_that_a_message_quotes_reaches_the_terminal_as_a_command() -> None:
    source = Source("evil\x1b]0;.circ", "text")
    found = diagnostic(source, 0, 4, label="\x1b[31m", help="`\x1b[2J`", notes=("a\u202eb",))
    for text in (render(found, source), render_concise(found, source)):
        assert "\x1b" not in text
        assert "\u202e" not in text
