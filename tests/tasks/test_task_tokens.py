"""Pairs as tokens: what is refused, how they are batched; and how a run of them is scored."""

from __future__ import annotations

from math import exp, log

import pytest
import torch
from tokenizers import AddedToken, Tokenizer
from torch import Tensor

from circuitspec.model.tokenizer import SEPARATOR
from circuitspec.tasks.task import Pair
from circuitspec.tasks.tokens import (
    PairBatch,
    TaskError,
    logit_difference,
    score_pairs,
    tokenize_pairs,
)
from support.small_models import word_tokenizer


def pair(first: str, second: str, answers: tuple[str, str] = ("w1", "w2")) -> Pair:
    return Pair((first, second), answers, template="", names=())


@pytest.fixture
def tokenizer() -> Tokenizer:
    """Words `w0` to `w8`, and the separator as number 9."""
    tokenizer = word_tokenizer(9)
    tokenizer.add_special_tokens([AddedToken(SEPARATOR, normalized=False)])
    return tokenizer


def test_prompts_start_with_the_separator(tokenizer: Tokenizer) -> None:
    (batch,) = tokenize_pairs([pair("w3 w4", "w3 w5", ("w1", "w2"))], tokenizer)
    assert batch.tokens.tolist() == [[[9, 3, 4], [9, 3, 5]]]
    assert batch.answers.tolist() == [[1, 2]]
    assert batch.members == (0,)


def test_a_tokenizer_without_separator_starts_with_the_prompt() -> None:
    (batch,) = tokenize_pairs([pair("w3 w4", "w3 w5")], word_tokenizer(9))
    assert batch.tokens.tolist() == [[[3, 4], [3, 5]]]


def test_pairs_are_grouped_by_length_and_keep_track_of_their_place(tokenizer: Tokenizer) -> None:
    lengths = [2, 4, 2, 3, 2, 4, 2]
    pairs = [pair("w0 " * (n - 1) + "w1", "w0 " * (n - 1) + "w2") for n in lengths]
    batches = tokenize_pairs(pairs, tokenizer, batch_size=3)
    assert [batch.members for batch in batches] == [(0, 2, 4), (6,), (3,), (1, 5)]
    for batch in batches:
        assert batch.tokens.shape[:2] == (len(batch.members), 2)
        for member in batch.members:
            assert batch.tokens.shape[2] == lengths[member] + 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (pair("w3 w4", "w3"), "pair 1: its prompts are 3 and 2 tokens long"),
        (pair("w3 w4", "w3 w4"), "pair 1: its prompts do not differ in exactly one token"),
        (pair("w3 w4", "w4 w3"), "pair 1: its prompts do not differ in exactly one token"),
        (pair("w3", "w4", ("w1 w2", "w2")), "pair 1: the answer 'w1 w2' is 2 tokens, not one"),
        (pair("w3", "w4", ("w1", "")), "pair 1: the answer '' is 0 tokens, not one"),
        (pair("w3", "w4", ("w1", "w1")), "pair 1: its answers are the same token"),
    ],
)
def test_a_pair_that_is_none_is_named(tokenizer: Tokenizer, wrong: Pair, message: str) -> None:
    with pytest.raises(TaskError) as caught:
        tokenize_pairs([pair("w3", "w4"), wrong], tokenizer)
    assert str(caught.value) == message


def test_a_task_without_pairs_is_refused(tokenizer: Tokenizer) -> None:
    with pytest.raises(TaskError, match="no pairs"):
        tokenize_pairs([], tokenizer)


def says(*last_logits: list[float]) -> Tensor:
    """Logits of sequences of three tokens whose last positions say this."""
    last = torch.tensor(last_logits)
    return torch.stack([torch.full_like(last, 99.0), torch.full_like(last, -99.0), last], dim=1)


def one_pair() -> PairBatch:
    return PairBatch((0,), torch.zeros(1, 2, 3, dtype=torch.long), torch.tensor([[1, 2]]))


def test_the_loss_is_the_mean_of_both_prompts_two_token_cross_entropies() -> None:
    """After the first prompt token 1 is right and 2 wrong; after the second the other way round."""
    scores = score_pairs([one_pair()], lambda tokens: says([9.0, 2.0, 0.5], [9.0, 1.0, -1.0]))
    first = log(1 + exp(0.5 - 2.0))
    second = log(1 + exp(1.0 - -1.0))
    assert scores.loss.tolist() == pytest.approx([(first + second) / 2])
    assert scores.logit_diff.tolist() == [[1.5, -2.0]]
    assert scores.right.tolist() == [[True, False]]


def test_other_tokens_do_not_count() -> None:
    quiet = score_pairs([one_pair()], lambda tokens: says([-50.0, 2.0, 0.0], [-50.0, 0.0, 3.0]))
    loud = score_pairs([one_pair()], lambda tokens: says([50.0, 2.0, 0.0], [50.0, 0.0, 3.0]))
    assert quiet.loss.equal(loud.loss)
    assert loud.right.all()


def test_a_tie_is_wrong_and_costs_log_two() -> None:
    scores = score_pairs([one_pair()], lambda tokens: says([0.0, 4.0, 4.0], [0.0, -1.0, -1.0]))
    assert scores.right.tolist() == [[False, False]]
    assert scores.loss.tolist() == pytest.approx([log(2)])


def test_a_run_that_says_nothing_sensible_is_wrong() -> None:
    nan = float("nan")
    scores = score_pairs([one_pair()], lambda tokens: says([nan] * 3, [0.0, nan, 1.0]))
    assert not scores.right.any()
    assert scores.loss.isnan().all()


def test_large_differences_neither_overflow_nor_vanish() -> None:
    scores = score_pairs([one_pair()], lambda tokens: says([0.0, 0.0, 1e4], [0.0, 0.0, 1e4]))
    assert scores.loss.tolist() == pytest.approx([5e3])


def test_scores_are_in_the_order_of_the_task(tokenizer: Tokenizer) -> None:
    """Every prompt's right token gets its own number as its logit, whatever batch it is in."""
    words = [3, 4, 5, 6, 7]
    pairs = [pair("w0 " * (word % 3) + f"w{word}", "w0 " * (word % 3) + "w8") for word in words]
    batches = tokenize_pairs(pairs, tokenizer, batch_size=2)

    def run(tokens: Tensor) -> Tensor:
        logits = torch.zeros(*tokens.shape, 10)
        logits[..., 1] = tokens.float()
        return logits

    scores = score_pairs(batches, run)
    assert scores.logit_diff[:, 0].tolist() == words
    assert scores.logit_diff[:, 1].tolist() == [-8.0] * 5
    assert scores.right[:, 0].all()


def test_the_logit_difference_is_right_minus_wrong() -> None:
    logits = torch.tensor([[[1.0, 5.0, 7.0], [1.0, 5.0, 7.0]]])
    assert logit_difference(logits, torch.tensor([[0, 2]])).tolist() == [[-6.0, 6.0]]
