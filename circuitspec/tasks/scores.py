"""How well a run does on pairs: loss, right answers, logit differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from circuitspec.tasks.tokens import PairBatch


@dataclass(frozen=True, eq=False)
class PairScores:
    """How a run did, pair by pair, in the order of the task.

    Attributes:
        loss: [pair] two-token cross-entropy in nats, averaged over both prompts of a pair (Gao et
            al. 2025 store the sum, which is twice this).
        right: [pair, 2] whether the right token has the larger logit; a tie is wrong.
        logit_diff: [pair, 2] right minus wrong logit.
    """

    loss: Tensor
    right: Tensor
    logit_diff: Tensor


def score_pairs(batches: Sequence[PairBatch], run: Callable[[Tensor], Tensor]) -> PairScores:
    """Score `run`, which maps tokens [batch, position] to logits [batch, position, vocab]."""
    count = sum(len(batch.members) for batch in batches)
    diff = torch.full((count, 2), torch.nan, dtype=torch.float64)
    for batch in batches:
        logits = run(batch.tokens.flatten(0, 1))[:, -1].unflatten(0, (-1, 2))
        diff[list(batch.members)] = logit_difference(logits, batch.answers).double()
    loss = torch.nn.functional.softplus(-diff).mean(dim=1)
    return PairScores(loss=loss, right=diff > 0, logit_diff=diff)


def logit_difference(logits: Tensor, answers: Tensor) -> Tensor:
    """Right minus wrong logit [pair, 2], from last-position logits [pair, 2, vocab]."""
    right = logits.gather(-1, answers[..., None])[..., 0]
    wrong = logits.gather(-1, answers.flip(-1)[..., None])[..., 0]
    return right - wrong
