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

    @classmethod
    def of(cls, logit_diff: Tensor) -> PairScores:
        """The scores of right minus wrong logits [pair, 2]."""
        loss = torch.nn.functional.softplus(-logit_diff).mean(dim=1)
        return cls(loss=loss, right=logit_diff > 0, logit_diff=logit_diff)

    @property
    def first_minus_second(self) -> Tensor:
        """[pair, 2] the logit of the answer to the first prompt minus that to the second."""
        return self.logit_diff * _FIRST_IS_RIGHT

    def calibrated(self, scale: float, shift: float) -> PairScores:
        """As if `first_minus_second` were `scale` times that plus `shift`."""
        return PairScores.of(scale * self.logit_diff + shift * _FIRST_IS_RIGHT)


_FIRST_IS_RIGHT = torch.tensor([1.0, -1.0], dtype=torch.float64)
"""After the first prompt of a pair its first answer is right, after the second it is wrong."""


def score_pairs(batches: Sequence[PairBatch], run: Callable[[Tensor], Tensor]) -> PairScores:
    """Score `run`, which maps tokens [batch, position] to logits [batch, position, vocab]."""
    count = sum(len(batch.members) for batch in batches)
    diff = torch.full((count, 2), torch.nan, dtype=torch.float64)
    for batch in batches:
        logits = run(batch.tokens.flatten(0, 1))[:, -1].unflatten(0, (-1, 2))
        diff[list(batch.members)] = logit_difference(logits, batch.answers).double()
    return PairScores.of(diff)


def logit_difference(logits: Tensor, answers: Tensor) -> Tensor:
    """Right minus wrong logit [pair, 2], from last-position logits [pair, 2, vocab]."""
    right = logits.gather(-1, answers[..., None])[..., 0]
    wrong = logits.gather(-1, answers.flip(-1)[..., None])[..., 0]
    return right - wrong
