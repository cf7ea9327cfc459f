"""The masked run: an ordinary forward pass in which what the masks leave out is replaced."""

from __future__ import annotations

import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masks import Masks
from circuitspec.model.places import Part, Place
from circuitspec.model.transformer import Tap, Transformer


def run_masked(
    model: Transformer, tokens: Tensor, masks: Masks, ablation: AblationValues
) -> Tensor:
    """Logits [batch, position, n_output] of `model` on `tokens` under `masks`.

    A node that the masks leave out takes its ablation value, at every position. A weight that
    they leave out carries the ablation value of its source instead of what the source says.
    No gradients are kept.
    """
    with torch.no_grad():
        logits: Tensor = model(tokens, MaskTap(masks, ablation))
    return logits


def asked_places(masks: Masks) -> tuple[Place, ...]:
    """The places whose ablation values a run under `masks` asks for, in forward order.

    Where nothing is kept of what a block writes, nobody hears what leads to it.
    """
    emptied = {place for place, mask in masks.nodes.items() if not mask.any()}
    asked = {place for place, mask in masks.nodes.items() if not mask.all()}
    asked |= {target.source for target in masks.weights if target.source is not None}
    unheard = {
        place
        for place in asked
        for heard in _HEARD.get(place.part, ())
        if Place(place.layer, heard) in emptied
    }
    return tuple(sorted(asked - unheard, key=lambda place: place.order))


_HEARD: dict[Part, tuple[Part, ...]] = {
    "attn.in": ("attn.out",),
    "attn.q": ("attn.out",),
    "attn.k": ("attn.out",),
    "attn.v": ("attn.out",),
    "mlp.in": ("mlp.neuron", "mlp.out"),
    "mlp.neuron": ("mlp.out",),
}
"""By which places of its block what a place says is heard at all."""


class MaskTap(Tap):
    """A `Tap` that replaces what `masks` leaves out by `ablation`."""

    def __init__(self, masks: Masks, ablation: AblationValues) -> None:
        self._masks = masks
        self._ablation = ablation
        self._emptied = {place for place, mask in masks.nodes.items() if not mask.any()}

    def replacement(self, place: Place) -> Tensor | None:
        """The ablation values of a place of which the masks keep nothing."""
        return self._ablation[place] if place in self._emptied else None

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """`value` where the mask keeps it, the ablation value elsewhere."""
        mask = self._masks.nodes.get(place)
        if mask is None:
            return value
        return torch.where(mask, value, self._ablation[place].to(value.dtype))

    def kept_weights(self, target: Place) -> Tensor | None:
        """The mask of the matrix that computes `target`, or None."""
        return self._masks.weights.get(target)

    def ablation_value(self, place: Place) -> Tensor:
        """What an ablated node at `place` says."""
        return self._ablation[place]
