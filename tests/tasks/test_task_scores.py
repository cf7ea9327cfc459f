"""How a run of pairs is scored."""

from __future__ import annotations

from math import exp, log

import pytest
import torch
from support.small_models import word_tokenizer
from torch import Tensor

from circuitspec.tasks.scores import logit_difference, score_pairs
from circuitspec.tasks.task import Pair
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs


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


def test_scores_are_in_the_order_of_the_task() -> None:
    """Every prompt's right token gets its own number as its logit, whatever batch it is in."""
    words = [5, 4, 3, 7, 6]
    starts = ["w0 " * (word % 3) for word in words]
    pairs = [
        Pair((f"{start}w{word}", f"{start}w8"), ("w1", "w2"), template="", names=())
        for start, word in zip(starts, words, strict=True)
    ]
    batches = tokenize_pairs(pairs, word_tokenizer(9), batch_size=2)
    assert [batch.members for batch in batches] != sorted(batch.members for batch in batches)

    def run(tokens: Tensor) -> Tensor:
        logits = torch.zeros(*tokens.shape, 9)
        logits[..., 1] = tokens.float()
        return logits

    scores = score_pairs(batches, run)
    assert scores.logit_diff[:, 0].tolist() == words
    assert scores.logit_diff[:, 1].tolist() == [-8.0] * 5
    assert scores.right[:, 0].all()


def test_the_logit_difference_is_right_minus_wrong() -> None:
    logits = torch.tensor([[[1.0, 5.0, 7.0], [1.0, 5.0, 7.0]]])
    assert logit_difference(logits, torch.tensor([[0, 2]])).tolist() == [[-6.0, 6.0]]
