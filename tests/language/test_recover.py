"""One mistake in the syntax gets one message, and hides no other."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from circuitspec.diagnostics import Code
from circuitspec.language import parse_text

TEXT = (Path(__file__).parent / "valid" / "quote_closing.circ").read_text(encoding="utf-8")
LINES = TEXT.split("\n")
STATEMENTS = [
    number
    for number, line in enumerate(LINES)
    if re.match(r"  (model|task|ablate|node|edge|expect) ", line)
]
HARMLESS = re.compile(r'#.*|"[^"]*"')
"""Where a sign that means nothing is no mistake."""


@st.composite
def spoilt(draw: st.DrawFn, number: int, *, first: bool = False) -> str:
    """A line with a sign that the language does not have after one of its words.

    Args:
        first: or before the first of them.
    """
    line = LINES[number]
    words = HARMLESS.sub(lambda match: "x" * len(match[0]), line)
    at = draw(
        st.sampled_from(
            [m.start() for m in re.finditer(r" (?=\S)", words) if first or m.start() > 2]
        )
    )
    return f"{line[:at]} @ {line[at:]}"


def codes(lines: list[str]) -> list[Code]:
    return [diagnostic.code for diagnostic in parse_text("\n".join(lines)).diagnostics]


@given(st.data())
def test_every_broken_statement_gets_one_message(data: st.DataObject) -> None:
    broken = data.draw(st.sets(st.sampled_from(STATEMENTS), min_size=1, max_size=3))
    lines = [data.draw(spoilt(n)) if n in broken else line for n, line in enumerate(LINES)]
    assert codes(lines) == [Code.SYNTAX] * len(broken)


@given(st.sampled_from(STATEMENTS), st.data())
def test_a_statement_may_be_broken_before_its_first_word(number: int, data: st.DataObject) -> None:
    lines = [*LINES]
    lines[number] = data.draw(spoilt(number, first=True))
    assert codes(lines) == [Code.SYNTAX]


def test_a_broken_statement_does_not_hide_what_is_wrong_elsewhere() -> None:
    text = TEXT.replace("expect necessary:", "expect necessary").replace("match.k", "mathc.k")
    found = parse_text(text).diagnostics
    assert [diagnostic.code for diagnostic in found] == [Code.UNKNOWN_NAME, Code.SYNTAX]


def test_names_that_a_broken_statement_declares_are_known() -> None:
    broken = re.sub(r"node carry( *)=", r"node carry\1-", TEXT)
    assert broken != TEXT
    assert codes(broken.split("\n")) == [Code.SYNTAX]


def test_what_may_stand_in_the_broken_statement_is_not_missing() -> None:
    broken = TEXT.replace("model   ", "modle   ")
    assert broken != TEXT
    assert codes(broken.split("\n")) == [Code.SYNTAX]


def test_a_circuit_that_is_not_closed_is_told_beside_a_broken_statement() -> None:
    text = TEXT.rstrip().removesuffix("}") + "circuit b {"
    assert codes(text.split("\n")) == [Code.SYNTAX]
    assert codes(text.replace("task    ", "tsak    ").split("\n")) == [Code.SYNTAX] * 2


def test_a_prediction_whose_task_stands_on_a_line_of_its_own_is_one_statement() -> None:
    text = TEXT.rstrip().removesuffix("}")
    prediction = 'predict "it breaks":\n  task another, accuracy <= 0.5\n}'
    assert codes((text + prediction).split("\n")) == []
    for broken in (prediction.replace(",", ""), prediction.replace(":", "")):
        assert codes((text + broken).split("\n")) == [Code.SYNTAX]


def test_an_ablation_for_a_claim_that_cannot_be_read_is_not_unused() -> None:
    text = re.sub(r"(ablate .*)", r"\1\n  also resample", TEXT)
    text = text.replace("expect necessary:  loss >= 0.60", "")
    assert codes(text.split("\n")) == []
    assert codes(text.replace("sufficient:", "sufficient").split("\n")) == [Code.SYNTAX]


def test_a_file_full_of_mistakes_is_given_up() -> None:
    lines = [*LINES[: STATEMENTS[-1]], *(f"  node {n} = L0" for n in range(1000)), "}"]
    assert 1 < len(codes(lines)) < 30


def test_statements_whose_first_words_are_misspelt_get_a_message_each() -> None:
    text = TEXT.replace("  node ", "  nod ").replace("  edge ", "  egde ")
    found = parse_text(text).diagnostics
    assert {d.code for d in found} == {Code.SYNTAX}
    assert [d.span.line for d in found if d.span] == [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if "  nod " in line or "egde" in line
    ]


def test_a_claim_in_the_wrong_form_is_found_beside_a_broken_statement() -> None:
    text = TEXT.replace("every node", "every nodes").replace("task  ", "tsak  ")
    assert codes(text.split("\n")) == [Code.SYNTAX, Code.INVALID_CLAIM]
