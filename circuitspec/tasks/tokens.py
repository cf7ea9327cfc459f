"""Pairs as token ids, in batches of one length each so that nothing needs padding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.tasks.pair_tokens import PairTokens, encode_pairs
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
    pairs: Sequence[Pair],
    tokenizer: Tokenizer,
    *,
    batch_size: int = 64,
    called: Callable[[int], str] = lambda index: f"pair {index}",
) -> tuple[PairBatch, ...]:
    """`pairs` in batches of at most `batch_size`, equally long within a batch.

    Args:
        called: what messages call a pair, given its index.

    Raises:
        TaskError: see `encode_pairs`.
    """
    by_length: dict[int, list[tuple[int, PairTokens]]] = defaultdict(list)
    for index, pair in enumerate(encode_pairs(pairs, tokenizer, called=called)):
        by_length[len(pair)].append((index, pair))
    batches = []
    for _, group in sorted(by_length.items()):
        for first in range(0, len(group), batch_size):
            members, encoded = zip(*group[first : first + batch_size], strict=True)
            prompts = torch.tensor([pair.prompts for pair in encoded])
            answers = torch.tensor([pair.answers for pair in encoded])
            batches.append(PairBatch(members, prompts, answers))
    return tuple(batches)
