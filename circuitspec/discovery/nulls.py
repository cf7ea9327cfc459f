"""What cannot be there to be found: a nonsense task, shuffled answers, a model of redrawn weights.

What a search finds in one of these it has made up; see `null_search`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch

from circuitspec.model.folder import Model
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.task import Pair, Task

_WORD = re.compile(r" ?[a-z]{2,}", re.ASCII)
_COINS = 0x7363
_WEIGHTS = 0x7277
_WINDOWS, _BATCH = 64, 16


def nonsense_answers(model: Model, task: Task) -> Iterator[tuple[str, str]]:
    """Pairs of words for answers that have nothing to do with a task, the easiest to say first.

    Words are tokens of lower-case letters, with or without a space before, that occur in no prompt
    and no answer of the task. The easiest to say are those that the most channels write to, and of
    these those with the largest weights: a token that no channel writes to cannot be said at all,
    and not to find out how would prove nothing.
    """
    used = {token for pair in (*task.finding, *task.verifying) for token in _tokens(model, pair)}
    rows = model.transformer.unembed.detach()
    channels, sizes = (rows != 0).sum(dim=1).tolist(), rows.norm(dim=1).tolist()
    words = [
        (-channels[token], -sizes[token], token, text)
        for token in range(len(channels))
        if token not in used and channels[token] and (text := _word(model, token)) is not None
    ]
    texts = [text for *_, text in sorted(words)]
    yield from zip(texts[::2], texts[1::2], strict=False)


def with_answers(task: Task, answers: tuple[str, str]) -> Task:
    """The same prompts, and the same answers to all pairs: `answers[0]` to the first prompt."""

    def changed(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        return tuple(replace(pair, answers=answers) for pair in pairs)

    return replace(
        task,
        name=f"{task.name}, nonsense",
        finding=changed(task.finding),
        verifying=changed(task.verifying),
    )


def with_shuffled_answers(task: Task, seed: int) -> Task:
    """The same prompts, and of each pair a coin says which answer is right: there is nothing to
    find out but each pair by heart."""
    rng = np.random.default_rng([seed, _COINS])

    def changed(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        coins = rng.random(len(pairs)) < 0.5
        return tuple(
            replace(pair, answers=pair.answers[::-1]) if coin else pair
            for pair, coin in zip(pairs, coins, strict=True)
        )

    return replace(
        task,
        name=f"{task.name}, answers shuffled",
        finding=changed(task.finding),
        verifying=changed(task.verifying),
    )


def with_redrawn_weights(model: Model, seed: int) -> Model:
    """A model of the same shape and the same zeros, which has learnt nothing.

    The nonzero numbers of every parameter change places among themselves, so that each matrix has
    the very same values, elsewhere. Its reference means are its own, over held-out text.

    Raises:
        ValueError: the model comes with no held-out text.
    """
    if model.held_out is None:
        raise ValueError(f"{model.name} comes with no held-out text to measure means on")
    transformer = _redrawn(model.transformer, seed)
    tokens = torch.from_numpy(model.held_out.tokens[:_WINDOWS])
    reference = measure_reference_means(
        transformer,
        (tokens[first : first + _BATCH] for first in range(0, len(tokens), _BATCH)),
        source=f"{len(tokens)} windows of: {model.held_out.source}",
    )
    return replace(
        model,
        name=f"{model.name}, weights redrawn",
        transformer=transformer,
        reference=reference,
        # Not hashes of files, but no other model has them.
        sha256=f"{model.sha256} redrawn with seed {seed}",
        reference_sha256=f"{model.sha256} redrawn with seed {seed}",
    )


def _redrawn(transformer: Transformer, seed: int) -> Transformer:
    rng = np.random.default_rng([seed, _WEIGHTS])
    redrawn = copy.deepcopy(transformer)
    with torch.no_grad():
        for parameter in redrawn.parameters():
            flat = parameter.flatten()
            nonzero = flat.nonzero()[:, 0]
            flat[nonzero] = flat[nonzero[torch.from_numpy(rng.permutation(len(nonzero)))]]
            parameter.copy_(flat.view_as(parameter))
    return redrawn


def _tokens(model: Model, pair: Pair) -> Iterator[int]:
    for text in (*pair.prompts, *pair.answers):
        yield from model.tokenizer.encode(text).ids


def _word(model: Model, token: int) -> str | None:
    """The text of a token that is a word, and is that token alone when it is read again."""
    text = model.tokenizer.decode([token])
    if not _WORD.fullmatch(text) or model.tokenizer.encode(text).ids != [token]:
        return None
    return str(text)
