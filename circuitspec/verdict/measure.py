"""Running the model for claims: every run is made once, over the task's verifying pairs.

A run is scored pair by pair and kept, so that claims share it. One that gives anything but finite
numbers is refused to whoever asks for its scores: a NaN compares as "wrong answer" and would
otherwise pass for a measurement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import torch
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.engine.masked import run_masked
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import PairScores, score_pairs
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs
from circuitspec.verdict.skewed_mean import Bools, Floats

OnProgress: TypeAlias = Callable[[int, int, str], None]
"""Called after each run as (runs done, runs in all, what was run)."""


class MeasurementError(Exception):
    """A run that a claim needs gave no numbers; `str()` of it is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Scores:
    """How one run did; all numbers are finite.

    Attributes:
        loss: [pair] two-token cross-entropy in nats, mean of both prompts.
        right: [pair, 2] whether the right token has the larger logit.
    """

    loss: Floats
    right: Bools


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest value of a node over all prompts and positions."""

    least: float
    greatest: float


@dataclass(eq=False)
class Measurements:
    """The runs of one circuit on one task. Every method may raise `MeasurementError`.

    Attributes:
        planned: how many runs there will be, for `on_progress`.
    """

    circuit: Circuit
    task: Task
    planned: int
    on_progress: OnProgress
    _runs: dict[str, PairScores] = field(default_factory=dict)
    _ranges: dict[Node, Range] = field(default_factory=dict)

    def full(self) -> Scores:
        """The model as it is."""
        return self._scores("the full model", self._run_full)

    def keep(self) -> Scores:
        """The circuit alone."""
        return self._scores("the circuit alone", lambda: self._run_keep(self.circuit))

    def drop(self) -> Scores:
        """The model without the circuit."""
        return self._scores("the model without the circuit", self._run_drop)

    def empty(self) -> Scores:
        """Everything in scope ablated."""
        return self._scores("the emptied circuit", lambda: self._run_keep(self.circuit.emptied()))

    def without(self, unit: Node | Edge) -> Scores:
        """The circuit alone, less one node or edge."""

        def run() -> PairScores:
            if isinstance(unit, Node):
                return self._run_keep(self.circuit.without_node(unit))
            return self._run_keep(self.circuit.without_edge(unit))

        return self._scores(f"the circuit without {unit}", run)

    def ranges(self) -> dict[Node, Range]:
        """What each of the circuit's nodes says in the full model."""
        self.full()
        return self._ranges

    @cached_property
    def _batches(self) -> tuple[PairBatch, ...]:
        return tokenize_pairs(self.task.verifying, self.circuit.model.tokenizer)

    def _run_full(self) -> PairScores:
        tap = _RangeTap(self.circuit.nodes)
        transformer = self.circuit.model.transformer
        with torch.no_grad():
            scores = score_pairs(self._batches, lambda tokens: transformer(tokens, tap))
        self._ranges = tap.ranges()
        return scores

    def _run_keep(self, circuit: Circuit) -> PairScores:
        masks, model = circuit.keep_masks(), circuit.model.transformer
        return score_pairs(
            self._batches, lambda tokens: run_masked(model, tokens, masks, circuit.ablation)
        )

    def _run_drop(self) -> PairScores:
        circuit = self.circuit
        masks, model = circuit.drop_masks(), circuit.model.transformer
        return score_pairs(
            self._batches, lambda tokens: run_masked(model, tokens, masks, circuit.ablation)
        )

    def _scores(self, what: str, run: Callable[[], PairScores]) -> Scores:
        if what not in self._runs:
            try:
                self._runs[what] = run()
            except (TaskError, ValueError) as error:
                raise MeasurementError(f"{what} could not be run: {error}") from error
            self.on_progress(len(self._runs), self.planned, what)
        scores = self._runs[what]
        # A logit difference of infinity may have a finite loss, but no model answers that.
        bad = ~(scores.logit_diff.isfinite().all(dim=1) & scores.loss.isfinite())
        if bad.any():
            raise MeasurementError(
                f"{what} gave NaN or infinity on {int(bad.sum())} of {len(bad)} pairs, "
                f"the first of them pair {int(bad.nonzero()[0])}"
            )
        return Scores(loss=scores.loss.numpy(), right=scores.right.numpy())


class _RangeTap(Tap):
    """Watches some nodes while a model runs, and changes nothing."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self._nodes: dict[Place, list[int]] = {}
        for node in nodes:
            self._nodes.setdefault(node.place, []).append(node.index)
        self._ends: dict[Place, tuple[Tensor, Tensor]] = {}

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """Takes note of `value` [batch, position, width] and hands it on."""
        if place in self._nodes:
            watched = value[..., self._nodes[place]]
            least, greatest = watched.amin(dim=(0, 1)), watched.amax(dim=(0, 1))
            if place in self._ends:
                least = torch.minimum(least, self._ends[place][0])
                greatest = torch.maximum(greatest, self._ends[place][1])
            self._ends[place] = least, greatest
        return value

    def ranges(self) -> dict[Node, Range]:
        """Per node, over everything that was run."""
        return {
            Node(place, index): Range(float(low), float(high))
            for place, (least, greatest) in self._ends.items()
            for index, low, high in zip(self._nodes[place], least, greatest, strict=True)
        }
