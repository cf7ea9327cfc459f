"""What a run keeps: a truth value per node and, where edges are masked too, one per weight."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place


@dataclass(frozen=True, eq=False)
class Masks:
    """True keeps, False ablates; a place or matrix that is not listed is kept whole.

    Attributes:
        nodes: per place a bool tensor that broadcasts to [batch, position, width]; [width] masks
            the same nodes for every example and position.
        weights: per target place a bool tensor [target width, source width].
    """

    nodes: Mapping[Place, Tensor] = field(default_factory=dict)
    weights: Mapping[Place, Tensor] = field(default_factory=dict)

    def complement(self) -> Masks:
        """Keeps what this ablates, and ablates what this keeps, at the places that it lists."""
        return Masks(
            {place: ~mask for place, mask in self.nodes.items()},
            {place: ~mask for place, mask in self.weights.items()},
        )


def keep_masks(
    config: ModelConfig,
    scope: Collection[Place],
    nodes: Iterable[tuple[Place, int]],
    edges: Iterable[tuple[Place, int, int]] | None,
) -> Masks:
    """Keep `nodes` and ablate the rest of `scope`; with `edges`, also other weights between nodes.

    Args:
        edges: (target place, target, source); None keeps every weight.

    Raises:
        ValueError: a node or an edge outside `scope`.
    """
    kept = keep_nodes(config, scope, nodes)
    if edges is None:
        return Masks(kept)
    listed = keep_weights(config, [place for place in scope if place.source in scope], edges)
    # What arrives at an ablated node stays as it is. Nobody hears that node, but where activations
    # are sparsified the kept nodes compete with what it would have said.
    return Masks(kept, {target: mask | ~kept[target][:, None] for target, mask in listed.items()})


def keep_nodes(
    config: ModelConfig, scope: Iterable[Place], nodes: Iterable[tuple[Place, int]]
) -> dict[Place, Tensor]:
    """Node masks over `scope` that keep `nodes` alone.

    Raises:
        ValueError: a node outside `scope` or outside its place.
    """
    masks = {place: torch.zeros(config.width(place), dtype=torch.bool) for place in scope}
    for place, index in nodes:
        if place not in masks or not 0 <= index < len(masks[place]):
            raise ValueError(f"{place}[{index}] is not in the scope")
        masks[place][index] = True
    return masks


def keep_weights(
    config: ModelConfig, matrices: Iterable[Place], edges: Iterable[tuple[Place, int, int]]
) -> dict[Place, Tensor]:
    """Weight masks over `matrices` that keep `edges` (target place, target, source) alone.

    Raises:
        ValueError: an edge outside `matrices`.
    """
    masks: dict[Place, Tensor] = {}
    for target in matrices:
        assert target.source is not None
        shape = (config.width(target), config.width(target.source))
        masks[target] = torch.zeros(shape, dtype=torch.bool)
    for target, row, column in edges:
        if target not in masks:
            raise ValueError(f"the matrix of {target} is not masked")
        masks[target][row, column] = True
    return masks
