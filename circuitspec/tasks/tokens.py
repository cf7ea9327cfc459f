"""Pairs as token ids, in batches of one length each so that nothing needs padding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.tasks.error import TaskError
from circuitspec.tasks.task import Pair


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

    Prompts are taken as they are, with no token before them: in training, too, most windows start
    in the middle of a file.

    Raises:
        TaskError: no pairs; an answer that is not one token; prompts of one pair that are not
            equally long or do not differ in exactly one token.
    """
    if not pairs:
        raise TaskError("the task has no pairs")
    by_length: dict[int, list[tuple[int, list[list[int]], list[int]]]] = defaultdict(list)
    for index, pair in enumerate(pairs):
        prompts = [tokenizer.encode(prompt).ids for prompt in pair.prompts]
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


def _one_token(tokenizer: Tokenizer, answer: str, index: int) -> int:
    ids = tokenizer.encode(answer).ids
    if len(ids) != 1:
        raise TaskError(f"pair {index}: the answer {answer!r} is {len(ids)} tokens, not one")
    return int(ids[0])
