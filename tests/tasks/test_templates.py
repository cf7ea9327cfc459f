"""Filling templates: what a text becomes, and what happens when there are no more."""

from __future__ import annotations

from collections import Counter

import pytest

from circuitspec.tasks.task import Pair
from circuitspec.tasks.templates import TemplateSet, asking, fill

POOLS = {"name": ("x", "y"), "word": ("a", "b", "c")}
SIDE = TemplateSet(
    asking(("1", "2"), "<name> = «+|-»<word> <word2>", "<name>(«+|-»<word>, <word2>"), POOLS
)


def pairs(text: str, answers: tuple[str, str] = ("1", "2"), *, count: int = 1) -> tuple[Pair, ...]:
    return fill(TemplateSet(asking(answers, text), POOLS), count=count, seed=0)


def test_the_same_seed_fills_the_same_pairs() -> None:
    assert fill(SIDE, count=8, seed=1) == fill(SIDE, count=8, seed=1)
    assert fill(SIDE, count=8, seed=1) != fill(SIDE, count=8, seed=2)


def test_the_prompts_of_a_pair_differ_in_the_difference_alone() -> None:
    for pair in fill(SIDE, count=24, seed=0):
        first, second = pair.prompts
        assert first.count("+") == 1
        assert first.replace("+", "-") == second
        assert pair.answers == ("1", "2")


def test_slots_of_one_pool_are_filled_with_different_words() -> None:
    for pair in fill(SIDE, count=24, seed=0):
        assert len(set(pair.names)) == len(pair.names)


def test_a_slot_that_comes_twice_is_filled_twice_with_the_same() -> None:
    (pair,) = pairs("<name> «is|is not» <name>")
    assert pair.prompts in {("x is x", "x is not x"), ("y is y", "y is not y")}


def test_a_difference_may_hold_slots_and_line_breaks() -> None:
    (pair,) = pairs("«<name>\n|<name2>»<name>")
    first, second = pair.names
    assert pair.prompts == (f"{first}\n{first}", f"{second}{first}")


def test_answers_may_hold_slots() -> None:
    (pair,) = pairs("«<name>|<name2>» =", (" <name>", " <name2>"))
    assert [f" {prompt[0]}" for prompt in pair.prompts] == list(pair.answers)


def test_a_side_can_say_once_for_all_what_differs() -> None:
    side = TemplateSet(asking(("1", "2"), "<difference><word>"), POOLS, ("+", "-"))
    assert {pair.prompts for pair in fill(side, count=3, seed=0)} == {
        ("+a", "-a"),
        ("+b", "-b"),
        ("+c", "-c"),
    }


def test_pairs_are_spread_over_the_templates() -> None:
    counts = Counter(pair.template for pair in fill(SIDE, count=9, seed=0))
    assert sorted(counts.values()) == [4, 5]


def test_a_template_that_is_used_up_makes_way_for_the_others() -> None:
    side = TemplateSet(asking(("1", "2"), "«+|-»<name>", "«+|-»<word> <word2>"), POOLS)
    counts = Counter(pair.template for pair in fill(side, count=8, seed=0))
    assert sorted(counts.values()) == [2, 6]


def test_more_pairs_than_there_are_is_an_error() -> None:
    with pytest.raises(ValueError, match="make only 24 different pairs, not 25"):
        fill(SIDE, count=25, seed=0)
