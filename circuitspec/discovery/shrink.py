"""Making a kept set smaller, one unit at a time, while the task's loss stays at the target.

Learned masks leave units whose removal costs nothing, because a price per unit is a blunt tool.
What is here only ever measures: no gradient, no surrogate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from circuitspec.circuit.nodes import Edge, Node
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks, keep_masks
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.tokens import PairBatch


class _Unit(Protocol):
    @property
    def order(self) -> object: ...


UnitT = TypeVar("UnitT", bound=_Unit)
OnChange = Callable[[str, int, float], None]


@dataclass(frozen=True, eq=False)
class KeepLoss:
    """The task's loss, in nats, with a set of nodes and perhaps of edges kept.

    Attributes:
        scope: the places that are ablated outside the set.
    """

    model: Transformer
    batches: Sequence[PairBatch]
    ablation: AblationValues
    scope: tuple[Place, ...]
    _seen: dict[tuple[frozenset[Node], frozenset[Edge] | None], float] = field(default_factory=dict)

    def __call__(self, nodes: frozenset[Node], edges: frozenset[Edge] | None = None) -> float:
        """Mean over the pairs of the two-token cross-entropy under keep."""
        key = (nodes, edges)
        if key not in self._seen:
            masks = self._masks(nodes, edges)
            scores = score_pairs(
                self.batches, lambda tokens: run_masked(self.model, tokens, masks, self.ablation)
            )
            self._seen[key] = float(scores.loss.mean())
        return self._seen[key]

    def _masks(self, nodes: frozenset[Node], edges: frozenset[Edge] | None) -> Masks:
        return keep_masks(
            self.model.config,
            self.scope,
            ((node.place, node.index) for node in nodes),
            None
            if edges is None
            else ((edge.target.place, edge.target.index, edge.source.index) for edge in edges),
        )


def best_scored(scores: Mapping[Place, Tensor], count: int) -> frozenset[Node]:
    """The `count` nodes of the highest scores."""
    places = list(scores)
    flat = torch.cat([scores[place] for place in places])
    chosen = flat.argsort(descending=True, stable=True)[:count].tolist()
    nodes, first = [], 0
    for place in places:
        width = len(scores[place])
        nodes += [Node(place, i - first) for i in chosen if first <= i < first + width]
        first += width
    return frozenset(nodes)


def fewest_that_suffice(
    scores: Mapping[Place, Tensor], loss: KeepLoss, target: float, *, most: int
) -> frozenset[Node] | None:
    """Bisect to the fewest best-scored nodes that reach `target`; None if `most` do not.

    As in the paper's appendix A.5. Loss need not fall steadily as nodes are added; what is
    returned has been measured.
    """
    if loss(best_scored(scores, most)) > target:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        if loss(best_scored(scores, middle)) <= target:
            high = middle
        else:
            low = middle
    return best_scored(scores, high)


def remove_greedily(
    units: frozenset[UnitT],
    loss: Callable[[frozenset[UnitT]], float],
    target: float,
    *,
    on_change: Callable[[int, float], None] = lambda count, loss: None,
) -> frozenset[UnitT]:
    """Leave out unit after unit, the cheapest first, as long as `loss` stays at most `target`.

    Returns a set from which no single unit can be left out.
    """
    kept = units
    while True:
        ranked = sorted(kept, key=lambda unit: (loss(kept - {unit}), unit.order))
        before = kept
        for unit in ranked:
            after = loss(kept - {unit})
            if after <= target:
                kept = kept - {unit}
                on_change(len(kept), after)
        if kept == before:
            return kept
