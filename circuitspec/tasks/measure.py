"""How well a model does the shipped tasks, as far as its tokenizer can ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

Side: TypeAlias = Literal["finding", "verifying"]


@dataclass(frozen=True)
class TaskScore:
    """How well a model does a task.

    Attributes:
        loss: two-token cross-entropy in nats, as in `PairScores`, averaged over the pairs.
        accuracy: the part of the prompts after which the right answer is the likelier one.
        pairs: how many were run.
    """

    loss: float
    accuracy: float
    pairs: int


class AskedTasks:
    """The pairs of some tasks as a tokenizer has them, to be scored again and again.

    Attributes:
        refused: what is wrong with the tasks that the tokenizer cannot ask, by name.
    """

    def __init__(
        self, tasks: Iterable[Task], tokenizer: Tokenizer, side: Side, *, most: int | None = None
    ) -> None:
        """Tokenise at most `most` pairs of one side of each task."""
        self.refused: dict[str, TaskError] = {}
        self._batches: dict[str, tuple[PairBatch, ...]] = {}
        for task in tasks:
            pairs, called = (
                (task.finding, task.finding_pair)
                if side == "finding"
                else (task.verifying, task.verifying_pair)
            )
            try:
                self._batches[task.name] = tokenize_pairs(pairs[:most], tokenizer, called=called)
            except TaskError as error:
                self.refused[task.name] = error

    @torch.no_grad()
    def scores(self, run: Callable[[Tensor], Tensor]) -> Iterator[tuple[str, TaskScore]]:
        """Each task's name and score under `run`, which maps tokens to logits."""
        for name, batches in self._batches.items():
            scores = score_pairs(batches, run)
            yield (
                name,
                TaskScore(
                    loss=float(scores.loss.mean()),
                    accuracy=float(scores.right.double().mean()),
                    pairs=len(scores.loss),
                ),
            )
