"""A run of a known transformer, by definition and apart from everything that is to be validated.

It shares no code with `model.transformer` and `engine`: numpy in float64, all inputs at once, for
transformers without norms, sinks and causal masks alone. What it says is held against the numbers
that came with each transformer, and so is what the product says, against what this says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Part, Place
from circuitspec.validation.known import Array, Ints

Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Taken:
    """What a run takes away; where a place is not listed, nothing.

    Attributes:
        nodes: [width] by place: these say their means.
        weights: [target width, source width] by target: these carry the means of their sources.
    """

    nodes: Mapping[Place, Bools] = field(default_factory=dict)
    weights: Mapping[Place, Bools] = field(default_factory=dict)


@dataclass(eq=False)
class OracleRun:
    """One run over some inputs.

    Attributes:
        means: per place [width], what a node that is taken away says; nothing for a full run.
        values: what each place said, [input, position, width].
        patterns: where each layer's heads looked, [input, head, query, key].
        said: what `logits` last returned.
    """

    config: ModelConfig
    weights: Mapping[str, Array]
    means: Mapping[Place, Array] = field(default_factory=dict)
    taken: Taken = field(default_factory=Taken)
    values: dict[Place, Array] = field(default_factory=dict)
    patterns: dict[int, Array] = field(default_factory=dict)
    said: Array = field(default_factory=lambda: np.empty((0, 0)))

    def logits(self, tokens: Ints) -> Array:
        """[input, output] at the last position, for tokens [input, position]."""
        weights = self.weights
        residual = weights["embed"][tokens] + weights["pos_embed"][: tokens.shape[1]]
        for layer in range(self.config.n_layer):
            residual = residual + self._attention(layer, residual)
            residual = residual + self._mlp(layer, residual)
        self.said = residual[:, -1] @ weights["unembed"].T
        return self.said

    def _attention(self, layer: int, residual: Array) -> Array:
        read = self._said(layer, "attn.in", residual)
        q, k, v = (
            self._said(layer, part, self._arrives(layer, part, "attn.in", read))
            for part in ("attn.q", "attn.k", "attn.v")
        )
        n_head, d_head = self.config.n_head, self.config.d_head

        def by_head(value: Array) -> Array:
            return value.reshape(*value.shape[:2], n_head, d_head).transpose(0, 2, 1, 3)

        scores = by_head(q) @ by_head(k).swapaxes(-1, -2) / np.sqrt(d_head)
        pattern = np.exp(scores - scores.max(axis=-1, keepdims=True))
        pattern /= pattern.sum(axis=-1, keepdims=True)
        self.patterns[layer] = pattern

        def mixed(value: Array) -> Array:
            found: Array = (pattern @ by_head(value)).transpose(0, 2, 1, 3).reshape(v.shape)
            return found

        ablated = None
        if Place(layer, "attn.out") in self.taken.weights:
            ablated = mixed(np.broadcast_to(self.means[Place(layer, "attn.v")], v.shape))
        written = self._arrives(layer, "attn.out", "attn.v", mixed(v), ablated)
        return self._said(layer, "attn.out", written)

    def _mlp(self, layer: int, residual: Array) -> Array:
        read = self._said(layer, "mlp.in", residual)
        hidden = self._arrives(layer, "mlp.neuron", "mlp.in", read)
        neuron = self._said(layer, "mlp.neuron", np.maximum(hidden, 0.0))
        return self._said(layer, "mlp.out", self._arrives(layer, "mlp.out", "mlp.neuron", neuron))

    def _arrives(
        self, layer: int, part: Part, source: Part, value: Array, ablated: Array | None = None
    ) -> Array:
        """What comes along the weights: each carries what its source says, or the source's mean."""
        target = Place(layer, part)
        weight, bias = matrix_of(self.weights, target), self.weights[f"{_linear(target)}.bias"]
        cut = self.taken.weights.get(target)
        if cut is None:
            return _times(value, weight) + bias
        own = _times(value, np.where(cut, 0.0, weight)) + bias
        mean = self.means[Place(layer, source)] if ablated is None else ablated
        return own + _times(mean, np.where(cut, weight, 0.0))

    def _said(self, layer: int, part: Part, value: Array) -> Array:
        place = Place(layer, part)
        if place in self.taken.nodes:
            value = np.where(self.taken.nodes[place], self.means[place], value)
        self.values[place] = value
        return value


def matrix_of(weights: Mapping[str, Array], target: Place) -> Array:
    """The weights [target width, source width] that compute `target`."""
    return weights[f"{_linear(target)}.weight"]


def _times(value: Array, weight: Array) -> Array:
    """Weights [target, source] on values [..., source]; as one product, which is faster."""
    flat: Array = value.reshape(-1, value.shape[-1]) @ weight.T
    return flat.reshape(*value.shape[:-1], len(weight))


def _linear(target: Place) -> str:
    return f"layers.{target.layer}.{'mlp.in' if target.part == 'mlp.neuron' else target.part}"
