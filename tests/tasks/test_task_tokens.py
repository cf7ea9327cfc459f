"""Pairs as tokens: what is refused, and how the rest is batched."""

from __future__ import annotations

import pytest
from support.small_models import word_tokenizer
from tokenizers import Tokenizer

from circuitspec.tasks.error import TaskError
from circuitspec.tasks.task import Pair
from circuitspec.tasks.tokens import tokenize_pairs


def pair(first: str, second: str, answers: tuple[str, str] = ("w1", "w2")) -> Pair:
    return Pair((first, second), answers, template="", names=())


@pytest.fixture
def tokenizer() -> Tokenizer:
    """The words `w0` to `w8`."""
    return word_tokenizer(9)


def test_prompts_are_taken_as_they_are(tokenizer: Tokenizer) -> None:
    (batch,) = tokenize_pairs([pair("w3 w4", "w3 w5", ("w1", "w2"))], tokenizer)
    assert batch.tokens.tolist() == [[[3, 4], [3, 5]]]
    assert batch.answers.tolist() == [[1, 2]]
    assert batch.members == (0,)


def test_pairs_are_grouped_by_length_and_keep_track_of_their_place(tokenizer: Tokenizer) -> None:
    lengths = [2, 4, 2, 3, 2, 4, 2]
    pairs = [pair("w0 " * (n - 1) + "w1", "w0 " * (n - 1) + "w2") for n in lengths]
    batches = tokenize_pairs(pairs, tokenizer, batch_size=3)
    assert [batch.members for batch in batches] == [(0, 2, 4), (6,), (3,), (1, 5)]
    for batch in batches:
        assert batch.tokens.shape[:2] == (len(batch.members), 2)
        for member in batch.members:
            assert batch.tokens.shape[2] == lengths[member]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (pair("w3 w4", "w3"), "in pair 1, the prompts are 2 and 1 tokens long"),
        (pair("w3 w4", "w3 w4"), "in pair 1, the prompts are the same tokens"),
        (pair("", ""), "in pair 1, the prompts are the same tokens"),
        (pair("w3", "w4", ("w1 w2", "w2")), "in pair 1, the answer 'w1 w2' is 2 tokens, not one"),
        (pair("w3", "w4", ("w1", "")), "in pair 1, the answer '' is 0 tokens, not one"),
        (pair("w3", "w4", ("w1", "w1")), "in pair 1, the answers are the same token"),
    ],
)
def test_a_pair_that_is_none_is_named(tokenizer: Tokenizer, wrong: Pair, message: str) -> None:
    with pytest.raises(TaskError) as caught:
        tokenize_pairs([pair("w3", "w4"), wrong], tokenizer)
    assert str(caught.value) == f"the task cannot be put to this model: {message}"


def test_prompts_may_differ_in_more_than_one_token(tokenizer: Tokenizer) -> None:
    (batch,) = tokenize_pairs([pair("w0 w3 w4 w5", "w0 w6 w4 w7")], tokenizer)
    assert batch.tokens.tolist() == [[[0, 3, 4, 5], [0, 6, 4, 7]]]


def test_a_task_without_pairs_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(TaskError, match="no pairs"):
        tokenize_pairs([], tokenizer)
