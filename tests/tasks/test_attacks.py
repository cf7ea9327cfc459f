"""Tasks made to break circuits: what is in the way, and that the answers are Python's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from circuitspec.model.shipped import load_blueprint
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.shipped import attack_tasks, load_task
from circuitspec.tasks.task import Pair


def prompts(name: str) -> Iterator[tuple[str, str]]:
    task = load_task(name)
    for pair in (*task.finding, *task.verifying):
        yield from zip(pair.prompts, pair.answers, strict=True)


def pairs(name: str) -> tuple[Pair, ...]:
    task = load_task(name)
    return (*task.finding, *task.verifying)


def open_string(prompt: str) -> str | None:
    """The quote of the string in which a text ends, as Python reads it."""
    quote, comment = None, False
    for mark in prompt:
        if mark == "\n":
            assert quote is None, "no string goes over a line"
            comment = False
        elif comment:
            continue
        elif quote is None and mark == "#":
            comment = True
        elif quote is None and mark in "\"'":
            quote = mark
        elif mark == quote:
            quote = None
    return quote


def open_brackets(prompt: str) -> int:
    """How many `[` are open, outside of strings and comments."""
    code = re.sub(r"\"[^\"\n]*\"|#[^\n]*", "", prompt)
    return code.count("[") - code.count("]")


QUOTES = [name for name in attack_tasks() if name.startswith("single_double_quote")]
BRACKETS = [name for name in attack_tasks() if name.startswith("bracket_counting")]


@pytest.mark.parametrize("name", QUOTES)
def test_the_string_that_is_open_says_which_quote_comes(name: str) -> None:
    for prompt, answer in prompts(name):
        assert open_string(prompt) == answer, prompt


@pytest.mark.parametrize("name", BRACKETS)
def test_the_brackets_that_are_open_say_how_many_come(name: str) -> None:
    for prompt, answer in prompts(name):
        assert "]" * open_brackets(prompt) == answer, prompt


def test_one_closed_string_has_the_other_quote_or_the_same() -> None:
    for name, other in (("distractor", True), ("repeated", False)):
        for prompt, answer in prompts(f"single_double_quote_{name}"):
            quotes = re.findall("[\"']", prompt)
            assert len(quotes) == 3
            assert quotes[2] == answer
            assert (quotes[0] == quotes[1] != answer) == other


def test_distractor_and_repeated_differ_in_quotes_alone() -> None:
    def without(name: str) -> list[str]:
        first = (pair.prompts[0] for pair in load_task(f"single_double_quote_{name}").verifying)
        return [re.sub("[\"']", "", prompt) for prompt in first]

    assert without("distractor") == without("repeated")


def test_an_apostrophe_is_in_a_comment_in_both_prompts() -> None:
    for prompt, _ in prompts("single_double_quote_comment"):
        assert len(re.findall(r"#[^\n]*'", prompt)) == 1
        assert len(re.findall("[\"']", prompt)) == 2


def test_one_bracket_that_opens_nothing_is_in_both_prompts() -> None:
    for prompt, answer in prompts("bracket_counting_distractor"):
        assert prompt.count("[") - prompt.count("]") == len(answer) + 1


def test_a_diluted_list_has_few_brackets_among_many_tokens() -> None:
    tokenizer = load_blueprint("python-base").tokenizer
    encoded = encode_pairs(pairs("bracket_counting_dilution"), tokenizer)
    short = encode_pairs(pairs("bracket_counting"), tokenizer)
    assert min(map(len, encoded)) > max(map(len, short))
    bracket = tokenizer.encode("[").ids[0]
    for pair in encoded:
        nested, flat = (prompt.count(bracket) for prompt in pair.prompts)
        assert nested == flat + 1
        assert nested / len(pair) < 0.09  # what a flat list of the task itself has


# What was predicted of them was predicted of these pairs.
@pytest.mark.parametrize("name", attack_tasks())
def test_the_pairs_stay_as_they_are(name: str) -> None:
    known = {
        "bracket_counting_dilution": "f490a1cdb3989482",
        "bracket_counting_distractor": "8fdd6d8c353b446a",
        "single_double_quote_comment": "e2db49bf976a6837",
        "single_double_quote_distractor": "0ea17a935ef71180",
        "single_double_quote_repeated": "69c825ae6400afa9",
    }
    assert load_task(name).sha256[:16] == known[name]
