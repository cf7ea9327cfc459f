"""Ablating a random part of what masks leave out, and leaving the rest of it alone.

With all of the rest ablated, a circuit may lean on exactly that: on writes that would have been
cancelled, or on a norm that is small because nothing else writes. Under random parts of the rest it
cannot (proposed in reply to J. Drori, "Weight-Sparse Circuits May Be Interpretable Yet Unfaithful",
2026).
"""

from __future__ import annotations

import torch

from circuitspec.engine.masks import Masks


def partly_ablated(masks: Masks, share: float, generator: torch.Generator) -> Masks:
    """Masks that keep what `masks` keeps, and of the rest each node with probability 1 - `share`.

    Of the weights that they leave out between two kept nodes likewise; what a node of the rest
    says and hears is left alone.

    Args:
        masks: node masks [width].
        share: of the nodes and weights outside, how large a part is ablated.
    """

    def freed(mask: torch.Tensor) -> torch.Tensor:
        return mask | (torch.rand(mask.shape, generator=generator) >= share)

    nodes = {place: freed(mask) for place, mask in masks.nodes.items()}
    weights = {}
    for target, mask in masks.weights.items():
        assert target.source is not None
        between = masks.nodes[target][:, None] & masks.nodes[target.source][None, :]
        weights[target] = freed(mask) | ~between
    return Masks(nodes, weights)
