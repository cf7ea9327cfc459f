"""What a search is to reach, and how far a set of nodes and edges gets."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from circuitspec.circuit.nodes import Edge, Node
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masks import Masks, keep_masks
from circuitspec.engine.partial import partly_ablated
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
        by_template: the loss on the pairs of each template; empty where none are told apart.
        alone: where `loss` is that with the worst part of the rest ablated, the loss with all of it
            ablated; else None.
    """

    loss: float
    accuracy: float
    by_template: tuple[float, ...] = ()
    alone: float | None = None

    @property
    def isolated(self) -> float:
        """The loss with all of the rest ablated."""
        return self.loss if self.alone is None else self.alone

    @property
    def hardest(self) -> float:
        """The loss on the template that does worst, or on all where none are told apart."""
        return max(self.by_template, default=self.loss)

    @property
    def deviation(self) -> float:
        """How far the loss would lie, in nats, on as many other templates: one standard error.

        It is that of the difference of two means; 0 where there are not several templates.
        """
        count = len(self.by_template)
        return statistics.stdev(self.by_template) * math.sqrt(2 / count) if count > 1 else 0.0


@dataclass(frozen=True)
class Goal:
    """A loss in nats to be at most, or an accuracy to be at least.

    Attributes:
        hardest: of a loss: no template may lose more than so many times `value`. A search that
            looks at the mean alone gives up a template of twelve where that saves nodes, and finds
            circuits that fail on the templates that verify them.
    """

    metric: Literal["loss", "accuracy"] = "loss"
    value: float = 0.15
    hardest: float = 2.0

    def met(self, kept: Kept) -> bool:
        """Is it reached? Never by an undefined loss."""
        if kept.loss == float("inf"):
            return False
        if self.metric == "accuracy":
            return kept.accuracy >= self.value
        return kept.loss <= self.value and kept.hardest <= self.hardest * self.value

    def __str__(self) -> str:
        if self.metric == "loss":
            return f"a loss of {self.value:g} nats"
        return f"an accuracy of {self.value:.4g}"


@dataclass(frozen=True, eq=False)
class PartlyAblated:
    """Runs with random parts of the rest ablated, on fewer pairs: each is one of nearly the whole
    model.

    Attributes:
        batches: the pairs.
        shares: of the rest, how large a part is ablated.
        draws: how many parts for each share; the same ones for every set, so that sets compare.
    """

    batches: Sequence[PairBatch]
    shares: tuple[float, ...] = (0.25, 0.5, 0.75)
    draws: int = 2
    seed: int = 0

    def worst_loss(self, masks: Masks, score: Callable[[Masks], PairScores]) -> float:
        """The mean loss over the parts of the share where it is greatest."""
        generator = torch.Generator().manual_seed(self.seed)
        means = []
        for share in self.shares:
            parts = (partly_ablated(masks, share, generator) for _ in range(self.draws))
            means.append(statistics.fmean(float(score(part).loss.mean()) for part in parts))
        return max(means)


@dataclass(frozen=True, eq=False)
class Keeping:
    """Runs of a set of nodes, and perhaps of edges, with the rest of the scope ablated.

    Each set is run once. Sets of the same search overlap, but no two need the same run.

    Attributes:
        batches: the pairs that are measured on.
        scope: the places that are ablated outside the set.
        calibration: what is fitted to the logits of every set, on the same pairs.
        templates: the template of every pair, numbered from 0; None tells none apart.
        partly: also ablate parts of the rest; the loss is then the worse of both. Not with a
            calibration, which is fitted to a circuit alone.
    """

    compiler: Compiler
    batches: Sequence[PairBatch]
    scope: tuple[Place, ...]
    calibration: Calibration | None = None
    templates: Tensor | None = None
    partly: PartlyAblated | None = None
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
        loss, accuracy = float(scores.loss.mean()), float(scores.right.double().mean())
        # Every comparison with a NaN is false: it would pass for a unit that costs nothing.
        if loss != loss:
            return Kept(float("inf"), accuracy)
        by_template = self._by_template(scores.loss)
        if self.partly is None:
            return Kept(loss, accuracy, by_template)
        batches = self.partly.batches
        worst = self.partly.worst_loss(masks, lambda part: self._scores(part, batches))
        # Of two losses one of which is a NaN, `max` may give the other.
        worst = float("inf") if worst != worst else max(loss, worst)
        return Kept(worst, accuracy, by_template, alone=loss)

    def _by_template(self, losses: Tensor) -> tuple[float, ...]:
        if self.templates is None:
            return ()
        counts = self.templates.bincount()
        sums = torch.zeros(len(counts), dtype=losses.dtype).index_add(0, self.templates, losses)
        return tuple((sums / counts).tolist())

    def fit(self, masks: Masks) -> LogitFit | None:
        """What is fitted to a run under these masks; None where nothing is, or nothing can be."""
        if self.calibration is None:
            return None
        fitted = fit_calibration(self._scores(masks), shift=self.calibration.shift)
        return None if isinstance(fitted, NoFit) else fitted

    @torch.no_grad()
    def _scores(self, masks: Masks, batches: Sequence[PairBatch] | None = None) -> PairScores:
        run = self.compiler(masks)
        batches = self.batches if batches is None else batches
        return score_pairs(batches, lambda tokens: run(tokens, last_only=True))

    def _masks(self, nodes: Iterable[Node], edges: Iterable[Edge] | None) -> Masks:
        return keep_masks(
            self.compiler.model.config,
            self.scope,
            ((node.place, node.index) for node in nodes),
            None
            if edges is None
            else ((edge.target.place, edge.target.index, edge.source.index) for edge in edges),
        )
