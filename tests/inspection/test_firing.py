"""Shares, means and examples of values that are made up, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from support.small_models import word_tokenizer

from circuitspec.inspection.examples import ExampleFinder
from circuitspec.inspection.firing import FiringReader, spread_of
from circuitspec.inspection.texts import AskedPair, Document, Text, Values, text_of_documents
from circuitspec.tasks.task import Pair

TOKENIZER = word_tokenizer(9)


def text_of(*documents: str, window: int = 100) -> Text:
    named = [Document(f"d{n}.py", text) for n, text in enumerate(documents)]
    return text_of_documents("made up", named, TOKENIZER, window=window, most=10**5)


def values_of(*values: float) -> Values:
    return np.array(values, dtype=np.float32)


def test_a_spread_is_what_it_says() -> None:
    spread = spread_of(values_of(0, 0, 0, 2, 4, -1, 0, 0))
    assert spread.nonzero == 3 / 8
    assert spread.mean == 5 / 8
    assert spread.deviation == pytest.approx(np.sqrt(21 / 8 - 25 / 64))
    assert (spread.minimum, spread.maximum) == (-1, 4)
    assert dict(spread.quantiles)[0.5] == 0
    assert sum(spread.bars) == 3
    assert (spread.bars[0], spread.bars[-1]) == (1, 1)


def test_a_constant_has_no_bars() -> None:
    assert spread_of(values_of(3, 3)).bars == ()


def test_tokens_are_listed_by_their_mean_on_either_side_of_rest() -> None:
    text = text_of("w1 w2 w3 w1 w2 w4 w4 w4 w4")
    values = values_of(4, -1, 1, 2, -1, 0, 0, 0, 0)
    firing = FiringReader(text, TOKENIZER).firing(values, by_next=False)
    assert [(t.token, t.mean, t.count, t.nonzero) for t in firing.highest_tokens] == [
        ("w1", 3, 2, 1),
        ("w3", 1, 1, 1),
    ]
    assert [t.share for t in firing.highest_tokens] == [6 / 7, 1 / 7]
    assert [(t.token, t.mean, t.share) for t in firing.lowest_tokens] == [("w2", -1, 1)]
    assert firing.highest_before == firing.lowest_before == ()


def test_a_node_that_never_rests_has_its_median_between_the_sides() -> None:
    text = text_of("w1 w2 w3")
    firing = FiringReader(text, TOKENIZER).firing(values_of(5, 6, 8), by_next=False)
    assert [t.token for t in firing.highest_tokens] == ["w3"]
    assert [t.token for t in firing.lowest_tokens] == ["w1"]
    assert [e.value for e in firing.highest] == [8]
    assert [e.value for e in firing.lowest] == [5]


def test_tokens_that_come_next_are_those_of_the_same_sequence() -> None:
    text = text_of("w1 w2 w3 w4", window=2)
    firing = FiringReader(text, TOKENIZER).firing(values_of(1, 9, 0, 0), by_next=True)
    assert [(t.token, t.mean) for t in firing.highest_before] == [("w2", 1)]
    assert firing.lowest_before == ()  # it is silent where w4 comes next


def test_rare_tokens_are_not_listed() -> None:
    text = text_of(" ".join(["w1"] * 9999 + ["w2"]))
    reader = FiringReader(text, TOKENIZER)
    assert reader.least_count == 2
    values = values_of(*[1.0] * 4000, *[0.0] * 5999, 7.0)
    assert [t.token for t in reader.firing(values, by_next=False).highest_tokens] == ["w1"]


def test_a_token_that_makes_up_much_of_it_is_always_listed() -> None:
    text = text_of("w1 w2 w3 w3 w3 w3 w4 w0 w0 w0 w0 w0 w0 w0 w0")
    values = values_of(4, 3, 2, 2, 2, 2, 1, *[0] * 8)
    firing = FiringReader(text, TOKENIZER, most=1).firing(values, by_next=False)
    assert [(t.token, t.share) for t in firing.highest_tokens] == [
        ("w1", 4 / 16),
        ("w2", 3 / 16),
        ("w3", 8 / 16),
    ]


def test_a_silent_node_has_nothing_to_show() -> None:
    firing = FiringReader(text_of("w1 w2"), TOKENIZER).firing(values_of(0, 0), by_next=True)
    assert firing.spread.nonzero == 0
    assert not firing.highest_tokens
    assert not firing.lowest_tokens
    assert not firing.highest
    assert not firing.lowest
    assert not firing.drawn


def finder(text: Text, *, most: int = 8, seed: int = 0) -> ExampleFinder:
    return ExampleFinder(text, TOKENIZER, most=most, seed=seed)


def test_an_example_says_where_it_is() -> None:
    text = text_of("w1 w2\nw3 w4\n")
    (example,) = finder(text).highest(values_of(0, 0, 5, 0), above=0)
    assert (example.document, example.line, example.value) == ("d0.py", 2, 5)
    assert (example.before, example.token, example.after) == ("w1 w2\n", "w3", " w4\n")


def test_no_two_examples_are_of_the_same_two_tokens() -> None:
    text = text_of("w1 w2 w1 w2 w1 w2 w3 w2")
    examples = finder(text).highest(values_of(0, 5, 0, 4, 0, 3, 0, 2), above=0)
    assert [example.value for example in examples] == [5, 2]


def test_few_examples_are_of_one_token_unless_there_is_no_other() -> None:
    words = text_of("w1 w8 w2 w8 w3 w8 w4 w8 w5 w6 w7")
    values = values_of(0, 9, 0, 8, 0, 7, 0, 6, 0, 1, 2)
    found = [e.value for e in finder(words, most=4).highest(values, above=0)]
    assert found == [9, 8, 2, 1]
    found = [e.value for e in finder(words, most=5).highest(values, above=0)]
    assert found == [9, 8, 7, 2, 1]


def test_few_examples_are_of_one_file_where_there_are_others() -> None:
    text = text_of("w1 w2 w3 w4 w5", "w6 w7 w8", "w1 w3")
    values = values_of(9, 8, 7, 6, 5, 1, 2, 3, 0.5, 0.25)
    assert [e.value for e in finder(text, most=6).highest(values, above=0)] == [
        9,
        8,
        3,
        2,
        0.5,
        0.25,
    ]


def test_the_lowest_come_first_among_the_lowest() -> None:
    examples = finder(text_of("w1 w2 w3")).lowest(values_of(-1, -3, 2), below=0)
    assert [example.value for example in examples] == [-3, -1]


def test_examples_are_drawn_from_what_is_not_zero_and_alike_for_a_seed() -> None:
    text = text_of("w1 w2 w3 w4 w5 w6 w7 w8")
    values = values_of(1, 0, 2, 0, 3, 4, 5, 6)
    drawn = finder(text).drawn(values)
    assert len(drawn) == 4
    assert 0 not in [example.value for example in drawn]
    assert drawn == finder(text).drawn(values)
    assert drawn != finder(text, seed=1).drawn(values)


def test_a_task_tells_its_prompts_apart() -> None:
    rows = np.array([1, 2, 3, 1, 4, 3, 5, 2, 5, 4])
    pairs = [
        AskedPair(Pair(("a", "b"), ("w7", "w8"), "one", ()), (0, 1)),
        AskedPair(Pair(("c", "d"), ("w7", "w8"), "two", ()), (2, 3)),
    ]
    zeros = np.zeros(10, dtype=np.int64)
    text = Text(
        source="pairs",
        documents=(Document("one", "abc"),),
        ids=rows,
        document=zeros,
        start=zeros,
        end=zeros,
        sequences=((0, 3), (3, 6), (6, 8), (8, 10)),
        pairs=tuple(pairs),
    )
    values = values_of(0, 3, 1, 0, -1, 1, 0, 5, 0, 1)
    firing = FiringReader(text, TOKENIZER).firing(values, by_next=False)
    difference, end = firing.pair_means
    assert (difference.where, difference.answers) == ("difference", ("w7", "w8"))
    assert (difference.first, difference.second) == (4, 0)
    assert (difference.first_higher, difference.second_higher) == (1, 0)
    assert (end.first, end.second) == (3, 1)
    assert (end.first_higher, end.second_higher) == (0.5, 0)
    assert [pair.template for pair in firing.pairs] == ["one", "two"]
    assert firing.pairs[0].prompts[0].tokens == ("w1", "w2", "w3")
    assert firing.pairs[0].prompts[0].values == (0, 3, 1)
    assert firing.pairs[0].prompts[1].answer == "w8"
