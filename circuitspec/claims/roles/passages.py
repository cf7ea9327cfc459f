"""What role claims are looked at on: the task's verifying prompts, or held-out pretraining text.

Positions are the same for every node and run, so that they are numbered once: block after block,
sequence after sequence, from left to right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.trial import Trial
from circuitspec.language.claim_words import Data
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.tokens import tokenize_pairs

Ints: TypeAlias = npt.NDArray[np.int64]

WHERE: dict[Data, str] = {"task": "task", "text": "text"}
"""What reports call it."""


@dataclass(frozen=True, eq=False)
class Block:
    """Sequences of the same length.

    Attributes:
        tokens: [sequence, position].
        unit: [sequence], which of what was drawn independently each is of.
        differs: bool [sequence, position], where the prompts of a pair differ; nowhere in text.
        second: bool [sequence], the second prompts of their pairs; none in text.
    """

    tokens: Ints
    unit: Ints
    differs: npt.NDArray[np.bool_]
    second: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Passages:
    """Blocks of sequences.

    Attributes:
        data: what they are from.
        unit_name: what is independent: `pairs`, `templates` or `windows`.
        answers: tokens that answer the task.
        exact: the units are all that there are.
    """

    data: Data
    blocks: tuple[Block, ...]
    unit_name: str
    answers: frozenset[int]
    exact: bool

    @cached_property
    def tokens(self) -> Ints:
        """[position] of all sequences."""
        return np.concatenate([block.tokens.ravel() for block in self.blocks])

    @cached_property
    def unit(self) -> Ints:
        """[position]: which unit it is of."""
        return np.concatenate(
            [np.repeat(block.unit, block.tokens.shape[1]) for block in self.blocks]
        )

    @cached_property
    def units(self) -> int:
        """How many units there are."""
        return len(np.unique(self.unit))

    @cached_property
    def sha256(self) -> str:
        """Over the tokens, sequence by sequence."""
        digest = hashlib.sha256()
        for block in self.blocks:
            digest.update(np.array(block.tokens.shape).astype("<i8").tobytes())
            digest.update(block.tokens.astype("<i8").tobytes())
        return digest.hexdigest()


def passages_of(trial: Trial, data: Data) -> Passages | None:
    """The task's verifying prompts, or the model's held-out text; None if there is none.

    Raises:
        MeasurementError: the model's tokenizer cannot ask the task.
    """
    key = ("roles", "passages", data)
    if key not in trial.shared:
        trial.shared[key] = _passages(trial, data)
    found: Passages | None = trial.shared[key]
    return found


def _passages(trial: Trial, data: Data) -> Passages | None:
    pairs = trial.task.verifying
    try:
        batches = tokenize_pairs(pairs, trial.circuit.model.tokenizer)
    except TaskError as error:
        raise MeasurementError(f"the task could not be put to the model: {error}") from error
    answers = frozenset(int(token) for batch in batches for token in batch.answers.flatten())
    if data == "text":
        return _text(trial, answers)
    units = trial.units()
    blocks = []
    for batch in batches:
        tokens = batch.tokens.numpy()
        blocks.append(
            Block(
                tokens=tokens.reshape(-1, tokens.shape[2]),
                unit=np.repeat(units.number[list(batch.members)], 2),
                differs=np.repeat(tokens[:, 0] != tokens[:, 1], 2, axis=0),
                second=np.tile([False, True], len(batch.members)),
            )
        )
    return Passages(data, tuple(blocks), units.unit, answers, units.exact)


def _text(trial: Trial, answers: frozenset[int]) -> Passages | None:
    held_out = trial.held_out
    if held_out is None:
        return None
    tokens = held_out.tokens
    block = Block(
        tokens=tokens,
        unit=np.arange(len(tokens)),
        differs=np.zeros(tokens.shape, dtype=np.bool_),
        second=np.zeros(len(tokens), dtype=np.bool_),
    )
    return Passages("text", (block,), "windows", answers, exact=False)


def flat(arrays: Iterable[npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_]:
    """[position] of all sequences, from [sequence, position] of each block."""
    return np.concatenate([array.ravel() for array in arrays])
