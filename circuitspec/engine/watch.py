"""Watching what places come to say while a model runs, whatever else is done to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import torch
from torch import Tensor

from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer

Shape: TypeAlias = tuple[int, int]
"""How many prompts and positions a run had."""

_HIDES = {
    "attn.out": ("attn.in", "attn.q", "attn.k", "attn.v"),
    "mlp.out": ("mlp.in", "mlp.neuron"),
    "mlp.neuron": ("mlp.in",),
}
"""What is not computed where a place is replaced as a whole."""


class ThroughTap(Tap):
    """Does what another tap does; others build on it."""

    def __init__(self, inner: Tap) -> None:
        self._inner = inner

    def replacement(self, place: Place) -> Tensor | None:
        """That of the other tap."""
        return self._inner.replacement(place)

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """That of the other tap."""
        return self._inner.activation(place, value)

    def kept_weights(self, target: Place) -> Tensor | None:
        """Those of the other tap."""
        return self._inner.kept_weights(target)

    def ablation_value(self, place: Place) -> Tensor:
        """That of the other tap."""
        return self._inner.ablation_value(place)

    def norm_scale(self, place: Place, residual: Tensor) -> Tensor | None:
        """That of the other tap."""
        return self._inner.norm_scale(place, residual)


class WatchTap(ThroughTap):
    """Does what another tap does, and takes down what places come to say.

    Of what another tap replaces as a whole, that which leads to a watched place is computed all
    the same: a node has a value even if nobody hears it.

    Attributes:
        seen: per watched place the values of the last run, [batch, position, width] or what
            broadcasts to it.
    """

    def __init__(self, inner: Tap, places: Iterable[Place]) -> None:
        super().__init__(inner)
        self._watched = frozenset(places)
        self.seen: dict[Place, Tensor] = {}

    def replacement(self, place: Place) -> Tensor | None:
        """That of the other tap, unless it would hide a watched place."""
        hidden = (Place(place.layer, part) for part in _HIDES.get(place.part, ()))  # type: ignore[arg-type]
        if not self._watched.isdisjoint(hidden):
            return None
        found = super().replacement(place)
        if found is not None and place in self._watched:
            self.seen[place] = found
        return found

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """That of the other tap."""
        value = super().activation(place, value)
        if place in self._watched:
            self.seen[place] = value
        return value

    def said(self, place: Place, index: int, shape: Shape) -> Tensor:
        """What a node of a watched place said, [batch, position]."""
        return self.seen[place][..., index].expand(shape)

    def pattern(self, model: Transformer, layer: int, prompts: slice, shape: Shape) -> Tensor:
        """Attention [prompt, head, query position, key position] of a layer whose queries and keys
        are watched."""
        q, k = (
            self.seen[Place(layer, part)].expand(*shape, -1)[prompts]
            for part in ("attn.q", "attn.k")
        )
        return model.pattern(layer, q, k)


def run_until_seen(
    model: Transformer, tokens: Tensor, inner: Tap, places: Iterable[Place]
) -> WatchTap:
    """Run `model` under a tap up to the last of some places, and no further."""
    tap = _StoppingTap(inner, places)
    try:
        with torch.no_grad():
            model(tokens, tap)
    except _EnoughError:
        pass
    return tap


class _EnoughError(Exception):
    """What is left of the run nobody asked about."""


class _StoppingTap(WatchTap):
    def replacement(self, place: Place) -> Tensor | None:
        found = super().replacement(place)
        self._stop()
        return found

    def activation(self, place: Place, value: Tensor) -> Tensor:
        value = super().activation(place, value)
        self._stop()
        return value

    def _stop(self) -> None:
        if len(self.seen) == len(self._watched):
            raise _EnoughError
