"""Pairs as token ids, in batches of one length each so that nothing needs padding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.model.tokenizer import SEPARATOR
from circuitspec.tasks.task import Pair


class TaskError(Exception):
    """A task that is not there or cannot be run on a model; `str()` of it is for the user.

    Attributes:
        help: what to do about it.
        unknown: there is no such task.
    """

    def __init__(
        self,
        message: str,
        help: str | None = None,  # noqa: A002
        *,
        unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.help = help
        self.unknown = unknown


@dataclass(frozen=True, eq=False)
class PairBatch:
    """Pairs whose prompts have equally many tokens.

    Attributes:
        members: which pairs these are, as indices into the list that was tokenised.
        tokens: [pair, 2, position].
        answers: [pair, 2]: the right token of each prompt; the wrong one is the other prompt's.
    """

    members: tuple[int, ...]
    tokens: Tensor
    answers: Tensor


def tokenize_pairs(
    pairs: Sequence[Pair], tokenizer: Tokenizer, *, batch_size: int = 64
) -> tuple[PairBatch, ...]:
    """`pairs` in batches of at most `batch_size`, equally long within a batch.

    Every prompt starts with the separator that files start with in training.

    Raises:
        TaskError: no pairs; an answer that is not one token; prompts of one pair that are not
            equally long or do not differ in exactly one token.
    """
    if not pairs:
        raise TaskError("the task has no pairs")
    by_length: dict[int, list[tuple[int, list[list[int]], list[int]]]] = defaultdict(list)
    for index, pair in enumerate(pairs):
        prompts = [_with_start(tokenizer, prompt) for prompt in pair.prompts]
        if len(prompts[0]) != len(prompts[1]):
            raise TaskError(
                f"pair {index}: its prompts are {len(prompts[0])} and {len(prompts[1])} tokens long"
            )
        if sum(a != b for a, b in zip(*prompts, strict=True)) != 1:
            raise TaskError(f"pair {index}: its prompts do not differ in exactly one token")
        answers = [_one_token(tokenizer, answer, index) for answer in pair.answers]
        if answers[0] == answers[1]:
            raise TaskError(f"pair {index}: its answers are the same token")
        by_length[len(prompts[0])].append((index, prompts, answers))
    batches = []
    for _, group in sorted(by_length.items()):
        for first in range(0, len(group), batch_size):
            indices, prompts_, answers_ = zip(*group[first : first + batch_size], strict=True)
            batches.append(PairBatch(indices, torch.tensor(prompts_), torch.tensor(answers_)))
    return tuple(batches)


def _with_start(tokenizer: Tokenizer, text: str) -> list[int]:
    start = tokenizer.token_to_id(SEPARATOR)
    ids: list[int] = tokenizer.encode(text).ids
    return ids if start is None else [start, *ids]


def _one_token(tokenizer: Tokenizer, answer: str, index: int) -> int:
    ids = tokenizer.encode(answer).ids
    if len(ids) != 1:
        raise TaskError(f"pair {index}: the answer {answer!r} is {len(ids)} tokens, not one")
    return int(ids[0])


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
