"""The full model with something dropped, on some of the verifying pairs, again and again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.engine.dropping import Block, Dropped, Dropper, Prefix
from circuitspec.statistics.decide import Question
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import PairScores, score_pairs
from circuitspec.tasks.tokens import tokenize_pairs


def dropped_by(circuit: Circuit) -> Dropped:
    """What `circuit.drop_masks` ablates: the edges if it lists any, else the nodes."""
    if circuit.edges is not None:
        return Dropped.of(edges=circuit.edges)
    return Dropped.of(circuit.nodes)


class Drops:
    """Runs of the full model less something, on some pairs.

    Attributes:
        pairs: which of the task's verifying pairs, by index.
    """

    def __init__(self, trial: Trial, pairs: Sequence[int], *, first: Block | None = None) -> None:
        """Prepare the model.

        Args:
            first: nothing before this block will ever be dropped; None for the first of all.

        Raises:
            MeasurementError: the task cannot be asked of this model.
        """
        circuit = trial.circuit
        self.pairs = tuple(pairs)
        verifying = trial.task.verifying
        try:
            self._batches = tokenize_pairs(
                [verifying[index] for index in self.pairs], circuit.model.tokenizer
            )
        except TaskError as error:
            raise MeasurementError(f"the pairs cannot be run: {error}") from error
        self._dropper = Dropper(circuit.model.transformer, circuit.ablation)
        self._prefixes: list[Prefix | None] = [None] * len(self._batches)
        if first is not None:
            self._prefixes = [
                self._dropper.prefix(batch.tokens.flatten(0, 1), first) for batch in self._batches
            ]

    def scores(self, dropped: Dropped, what: str) -> PairScores:
        """How the model does without this.

        Raises:
            MeasurementError: NaN or infinity.
        """
        prefixes = iter(self._prefixes)

        def run(tokens: Tensor) -> Tensor:
            return self._dropper(tokens, dropped, prefix=next(prefixes), last_only=True)

        return self.run(run, what)

    def run(self, run: Callable[[Tensor], Tensor], what: str) -> PairScores:
        """How any run does on the same pairs; see `score_pairs`.

        Raises:
            MeasurementError: NaN or infinity.
        """
        return finite(score_pairs(self._batches, run), what)


def finite(scores: PairScores, what: str) -> PairScores:
    """The scores, if they are numbers.

    Raises:
        MeasurementError: NaN or infinity.
    """
    bad = ~(scores.logit_diff.isfinite().all(dim=1) & scores.loss.isfinite())
    if bad.any():
        raise MeasurementError(f"{what} gave NaN or infinity on {int(bad.sum())} pairs")
    return scores


def model_does_the_task(trial: Trial) -> Premise:
    """What every comparison of losses needs: that there is something to lose."""
    full = trial.runs.full().loss
    return Premise(
        Question(trial.mean(full), ">=", math.log(2)),
        holds=False,
        metric="loss",
        broken="the full model itself does no better than a coin",
        unclear="the full model itself is not shown to do better than a coin",
    )
