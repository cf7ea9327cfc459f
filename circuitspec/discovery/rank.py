"""From scores of nodes to the fewest best-scored ones that reach a goal."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from circuitspec.circuit.nodes import Node
from circuitspec.discovery.goal import Goal, Keeping, Nodes
from circuitspec.model.places import Place

Scores = Mapping[Place, Tensor]
"""How strongly each node is wanted: per place a tensor [width], -inf for no candidate."""


def wanted(scores: Scores) -> Nodes:
    """The nodes whose score is above 0: those that learned masks keep."""
    return frozenset(
        Node(place, index)
        for place, values in scores.items()
        for index in (values > 0).nonzero()[:, 0].tolist()
    )


def best_scored(scores: Scores, count: int) -> Nodes:
    """The `count` nodes of the highest scores; those that tie in the order of `scores`."""
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
    scores: Scores, keeping: Keeping, goal: Goal, *, first: int
) -> Nodes | None:
    """Bisect to the fewest best-scored nodes that reach the goal; None if all of them do not.

    As in the appendix A.5 of Gao et al. 2025. Loss need not fall steadily as nodes are added; what
    is returned has been measured.

    Args:
        first: how many to try first, and then twice as many, until the goal is reached.
    """
    most = sum(int(score.isfinite().sum()) for score in scores.values())
    low, high = 0, max(1, min(first, most))
    while not goal.met(keeping(best_scored(scores, high))):
        if high == most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        if goal.met(keeping(best_scored(scores, middle))):
            high = middle
        else:
            low = middle
    return best_scored(scores, high)
