"""Where role claims look: tokens, the ends of prompts, and what stands inside of something."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from verify.toy import WORDS, toy_task

from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.roles.passages import Block, Passages, passages_of
from circuitspec.claims.roles.spots import at_spot, inside, on_tokens
from circuitspec.model.held_out import HeldOut
from circuitspec.model.tokenizer import train_tokenizer
from circuitspec.tasks.task import Pair, Task
from claims.interchanged import trial_of

TOKENIZER = train_tokenizer(["a = 'it'  # b\nc = (d, [e])"] * 3, 300)


def spelling(text: str, tokenizer: Tokenizer = TOKENIZER) -> Passages:
    """One sequence."""
    tokens = np.array([tokenizer.encode(text).ids])
    nowhere = np.zeros(tokens.shape, dtype=np.bool_)
    block = Block(tokens, np.zeros(1, dtype=np.int64), nowhere, nowhere[:, 0])
    return Passages("text", (block,), "windows", frozenset(), exact=False)


def marked(text: str, opening: str, closing: str) -> str:
    """The text with a `^` under every character whose token begins inside."""
    found = inside(spelling(text), (opening, closing), TOKENIZER)
    offsets = TOKENIZER.encode(text).offsets
    line = "".join(
        ("^" if is_in else " ") * (end - start)
        for is_in, (start, end) in zip(found, offsets, strict=True)
    )
    return line.rstrip()


@pytest.mark.parametrize(
    ("text", "ends", "expected"),
    [
        ("f(x)y", "()", "  ^"),
        ("f(x(y)z)w", "()", "  ^^^^^"),
        ("x)y(z", "()", "    ^"),
        ("(x(y", "()", " ^^^"),
        ("'x'y'z'", "''", " ^   ^"),
        ("'x\ny'z", "''", " ^   ^"),
        ("'x\ny'z", '""', ""),
        ("x'y", "''", "  ^"),
    ],
)
def test_inside_is_after_an_opening_and_before_what_closes_it(
    text: str, ends: str, expected: str
) -> None:
    assert marked(text, ends[0], ends[1]) == expected.rstrip()


def test_longer_marks_do_not_end_with_their_line() -> None:
    quotes = '"""'
    assert marked('x"""y\nz"""w', quotes, quotes) == "    ^^^"
    assert marked('x"""y\nz', '"', '"') == "    ^"


def test_a_token_that_holds_both_is_where_its_first_character_is() -> None:
    tokenizer = train_tokenizer(["x]), y]), z]),"] * 9, 300, brackets="closing-runs")
    text = "([x]), y"
    pieces = tokenizer.encode(text).tokens
    assert "])," in pieces
    found = inside(spelling(text, tokenizer), ("(", ")"), tokenizer)
    assert dict(zip(pieces, found.tolist(), strict=True)) == {
        "(": False, "[": True, "x": True, "]),": True, "Ġy": False,
    }  # fmt: skip


@given(st.text("()x\n'", max_size=30))
@settings(deadline=None)
def test_inside_brackets_is_where_more_were_opened_than_closed(text: str) -> None:
    if not text:
        return
    found = inside(spelling(text), ("(", ")"), TOKENIZER)
    for is_in, (start, _) in zip(found, TOKENIZER.encode(text).offsets, strict=True):
        depth = 0
        # A closing bracket that begins here is not inside of what it closes.
        for character in text[: start + 1] if text[start] == ")" else text[:start]:
            depth = max(depth + (character == "(") - (character == ")"), 0)
        assert is_in == (depth > 0)


def test_the_last_position_of_a_prompt_and_in_text_what_stands_before_an_answer() -> None:
    pairs = (Pair(("a f1", "b f1"), ("A", "B"), "t", ()), Pair(("a", "b"), ("A", "B"), "t", ()))
    text = HeldOut(np.array([[0, 2, 3, 4], [2, 5, 6, 3]]), "invented")
    trial = trial_of(Task("first_word", "", (), pairs), text=text)
    tokenizer = trial.circuit.model.tokenizer

    task, held_out = passages_of(trial, "task"), passages_of(trial, "text")
    assert task is not None
    assert held_out is not None
    # Shorter prompts come first.
    assert task.tokens.tolist() == [0, 1, 0, 5, 1, 5]
    assert at_spot(task, "last", tokenizer).tolist() == [True, True, False, True, False, True]
    assert at_spot(task, "difference", tokenizer).tolist() == [True, True, True, False, True, False]
    assert task.unit.tolist() == [1, 1, 0, 0, 0, 0]
    assert WORDS[2:4] == ("A", "B")
    assert at_spot(held_out, "last", tokenizer).reshape(2, 4).tolist() == [
        [True, True, False, False],
        [False, False, True, False],
    ]
    assert not at_spot(held_out, "difference", tokenizer).any()
    assert on_tokens(held_out, ("A", "f1"), tokenizer).reshape(2, 4).tolist() == [
        [False, True, False, False],
        [True, True, False, False],
    ]


def test_what_is_not_exactly_one_token_is_no_place() -> None:
    trial = trial_of(toy_task(4))
    passages = passages_of(trial, "task")
    assert passages is not None
    for text in ("a b", "unheard"):
        with pytest.raises(MeasurementError, match="is not exactly one token"):
            on_tokens(passages, (text,), trial.circuit.model.tokenizer)


def test_units_are_what_the_spec_says() -> None:
    pairs = tuple(Pair((f"a f{i}", f"b f{i}"), ("A", "B"), f"t{i % 2}", ()) for i in range(4))
    trial = trial_of(Task("first_word", "", (), pairs))
    object.__setattr__(trial, "unit", "templates")
    passages = passages_of(trial, "task")
    assert passages is not None
    assert (passages.unit_name, passages.units) == ("templates", 2)
    assert passages.unit.tolist() == [0] * 4 + [1] * 4 + [0] * 4 + [1] * 4
    text = passages_of(trial, "text")
    assert text is not None
    assert (text.unit_name, text.units) == ("windows", 40)
