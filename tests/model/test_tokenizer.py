"""The tokenizer: quotes and brackets stand alone, and text comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from circuitspec.model.tokenizer import SEPARATOR, train_tokenizer

TEXTS = ["def f(x):\n    return g(\"a\", [x, {1: 'b'}])\n", 'print("hello world")\n' * 20]
VOCAB_SIZE = 280


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(TEXTS, VOCAB_SIZE)


def test_it_has_the_size_that_was_asked_for(tokenizer: Tokenizer) -> None:
    assert tokenizer.get_vocab_size() == VOCAB_SIZE
    assert tokenizer.token_to_id(SEPARATOR) is not None


def test_the_same_texts_give_the_same_tokenizer(tokenizer: Tokenizer) -> None:
    assert train_tokenizer(iter(TEXTS), VOCAB_SIZE).to_str() == tokenizer.to_str()


@given(text=st.text() | st.text(alphabet="ab ()[]{}'\"\n\\_1:,"))
def test_text_comes_back_as_it_was(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


@given(text=st.text(alphabet="ab ()[]{}'\"\n"))
def test_a_quote_or_bracket_is_always_a_token_of_its_own(tokenizer: Tokenizer, text: str) -> None:
    tokens = tokenizer.encode(text).tokens
    for mark in "()[]{}'\"":
        assert text.count(mark) == tokens.count(mark)


@pytest.fixture(scope="module")
def closing() -> Tokenizer:
    """A tokenizer in which closing brackets merge."""
    texts = ["x = [[1, 2], [3]]\nf(g(x), [y[0]], {1: 2})\ndef f(x):\n    y\n" * 20]
    return train_tokenizer(texts, VOCAB_SIZE, brackets="closing-runs")


@given(text=st.text(alphabet="ab ()[]{}'\"\n:,"))
def test_quotes_and_opening_brackets_stay_single_where_closing_ones_merge(
    closing: Tokenizer, text: str
) -> None:
    tokens = closing.encode(text).tokens
    assert closing.decode(closing.encode(text).ids) == text
    for mark in "([{'\"":
        assert text.count(mark) == tokens.count(mark)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("[1]", "]"),
        ("[[1]]", "]]"),
        ("[[1], 2", "Ġ2"),
        ("[1],", "],"),
        ("f(x):", "):"),
        ("f(x)\n", "Ċ"),
        ("x:", ":"),
    ],
)
def test_closing_brackets_merge_with_each_other_and_one_sign(
    closing: Tokenizer, text: str, last: str
) -> None:
    assert closing.encode(text).tokens[-1] == last


def test_frequent_words_are_one_token_with_the_space_before_them(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode("print").ids) == 1
    assert tokenizer.encode("hello world").tokens[-1] == "Ġworld"


def test_text_that_spells_the_separator_is_the_separator(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode(SEPARATOR).ids == [tokenizer.token_to_id(SEPARATOR)]
