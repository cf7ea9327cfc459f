"""What a search is to reach, and how far a set of nodes and edges gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch

from circuitspec.circuit.nodes import Edge, Node
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masks import Masks, keep_masks
from circuitspec.language.spec import Calibration
from circuitspec.model.places import Place
from circuitspec.tasks.calibration import LogitFit, NoFit, fit_calibration
from circuitspec.tasks.scores import PairScores, score_pairs
from circuitspec.tasks.tokens import PairBatch

Nodes = frozenset[Node]
Edges = frozenset[Edge]


@dataclass(frozen=True, slots=True)
class Kept:
    """How the task is done when nothing else is kept.

    Attributes:
        loss: two-token cross-entropy in nats, mean over the pairs; infinite where it is undefined.
        accuracy: share of prompts answered right.
    """

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Goal:
    """A loss in nats to be at most, or an accuracy to be at least."""

    metric: Literal["loss", "accuracy"] = "loss"
    value: float = 0.15

    def met(self, kept: Kept) -> bool:
        """Is it reached? Never by an undefined loss."""
        if kept.loss == float("inf"):
            return False
        return kept.loss <= self.value if self.metric == "loss" else kept.accuracy >= self.value

    def __str__(self) -> str:
        if self.metric == "loss":
            return f"a loss of {self.value:g} nats"
        return f"an accuracy of {self.value:.4g}"


@dataclass(frozen=True, eq=False)
class Keeping:
    """Runs of a set of nodes, and perhaps of edges, with the rest of the scope ablated.

    Each set is run once. Sets of the same search overlap, but no two need the same run.

    Attributes:
        batches: the pairs that are measured on.
        scope: the places that are ablated outside the set.
        calibration: what is fitted to the logits of every set, on the same pairs.
    """

    compiler: Compiler
    batches: Sequence[PairBatch]
    scope: tuple[Place, ...]
    calibration: Calibration | None = None
    _seen: dict[tuple[Nodes, Edges | None], Kept] = field(default_factory=dict)

    def __call__(self, nodes: Nodes, edges: Edges | None = None) -> Kept:
        """Run `nodes`, with all weights between them or with `edges` alone."""
        key = (nodes, edges)
        if key not in self._seen:
            self._seen[key] = self.run(self._masks(nodes, edges))
        return self._seen[key]

    def run(self, masks: Masks, fit: LogitFit | None = None) -> Kept:
        """How the task is done under any masks.

        Args:
            fit: used instead of one to these masks, where there is a calibration.
        """
        scores = self._scores(masks)
        if self.calibration is not None:
            fitted = fit or fit_calibration(scores, shift=self.calibration.shift)
            if isinstance(fitted, NoFit):
                return Kept(float("inf"), float(scores.right.double().mean()))
            scores = scores.calibrated(fitted.scale, fitted.shift)
        loss = float(scores.loss.mean())
        # Every comparison with a NaN is false: it would pass for a unit that costs nothing.
        return Kept(loss if loss == loss else float("inf"), float(scores.right.double().mean()))

    def fit(self, masks: Masks) -> LogitFit | None:
        """What is fitted to a run under these masks; None where nothing is, or nothing can be."""
        if self.calibration is None:
            return None
        fitted = fit_calibration(self._scores(masks), shift=self.calibration.shift)
        return None if isinstance(fitted, NoFit) else fitted

    @torch.no_grad()
    def _scores(self, masks: Masks) -> PairScores:
        run = self.compiler(masks)
        return score_pairs(self.batches, lambda tokens: run(tokens, last_only=True))

    def _masks(self, nodes: Iterable[Node], edges: Iterable[Edge] | None) -> Masks:
        return keep_masks(
            self.compiler.model.config,
            self.scope,
            ((node.place, node.index) for node in nodes),
            None
            if edges is None
            else ((edge.target.place, edge.target.index, edge.source.index) for edge in edges),
        )
