"""The plain reference: the same definitions, written as slowly and as obviously as possible.

It shares no code with `model.transformer` and `engine.masked`: numpy in float64, one Python loop
per target node and per weight. The tests hold the masked run against it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import EMBED, FINAL, Place

Array = npt.NDArray[np.float64]
NodeTest = Callable[[Place, int], bool]
EdgeTest = Callable[[Place, int, int], bool]


@dataclass(frozen=True)
class ReferenceRun:
    """One model and one way to ablate it.

    Attributes:
        weights: by the checkpoint's names, float64.
        kept_node: is this node kept? Asked for every node of every place.
        kept_edge: is the weight (target place, target index, source index) kept?
        ablation: per place [width].
        norm_scales: what a norm divides by [position] instead of the root mean square of what it
            reads, by the place that it computes, or `final`.
    """

    config: ModelConfig
    weights: Mapping[str, Array]
    kept_node: NodeTest
    kept_edge: EdgeTest
    ablation: Mapping[Place, Array]
    norm_scales: Mapping[Place, Array] = field(default_factory=dict)

    def logits(self, tokens: Collection[int]) -> Array:
        """Logits [position, n_output] for one sequence."""
        config = self.config
        residual = np.array([self.weights["embed"][token] for token in tokens])
        if config.positions == "learned":
            residual = residual + self.weights["pos_embed"][: len(residual)]
        residual = self._ablate(EMBED, residual)
        for layer in range(config.n_layer):
            residual = residual + self._attention(layer, residual)
            residual = residual + self._mlp(layer, residual)
        residual = self._ablate(FINAL, residual)
        return self._norm(FINAL, "norm", residual) @ self.weights["unembed"].T

    def _attention(self, layer: int, residual: Array) -> Array:
        config = self.config
        read = self._read(layer, "attn", residual)
        q, k, v = (
            self._node(layer, f"attn.{name}", self._linear(layer, f"attn.{name}", read))
            for name in "qkv"
        )
        n = len(residual)
        mixed, mixed_ablation = np.zeros_like(v), np.zeros_like(v)
        for head in range(config.n_head):
            own = slice(head * config.d_head, (head + 1) * config.d_head)
            for here in range(n):
                seen = range(here + 1) if config.causal else range(n)
                scores = {there: q[here, own] @ k[there, own] for there in seen}
                exp = {there: np.exp(s / np.sqrt(config.d_head)) for there, s in scores.items()}
                total = sum(exp.values())
                if config.sink:
                    total += np.exp(self.weights[f"layers.{layer}.attn.sink"][head])
                for there in seen:
                    share = exp[there] / total
                    mixed[here, own] += share * v[there, own]
                    mixed_ablation[here, own] += share * self.ablation[_place(layer, "attn.v")][own]
        written = self._linear(layer, "attn.out", mixed, mixed_ablation)
        return self._node(layer, "attn.out", written)

    def _mlp(self, layer: int, residual: Array) -> Array:
        read = self._read(layer, "mlp", residual)
        hidden = self._linear(layer, "mlp.neuron", read)
        if self.config.activation == "relu":
            fired = np.maximum(hidden, 0.0)
        else:
            fired = hidden * 0.5 * (1.0 + erf(hidden / np.sqrt(2.0)))
        neuron = self._node(layer, "mlp.neuron", fired)
        return self._node(layer, "mlp.out", self._linear(layer, "mlp.out", neuron))

    def _linear(self, layer: int, part: str, value: Array, ablated: Array | None = None) -> Array:
        """Weight by weight: what each carries is its source's value, or the ablation value."""
        target = _place(layer, part)
        assert target.source is not None
        name = f"layers.{layer}." + ("mlp.in" if part == "mlp.neuron" else part)
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        if ablated is None:
            ablated = np.broadcast_to(self.ablation[target.source], value.shape)
        out = np.zeros((len(value), len(bias)))
        for row in range(len(bias)):
            for column in range(value.shape[1]):
                source = value if self.kept_edge(target, row, column) else ablated
                out[:, row] += weight[row, column] * source[:, column]
            out[:, row] += bias[row]
        return out

    def _node(self, layer: int, part: str, value: Array) -> Array:
        place = _place(layer, part)
        k = self.config.kept_activations(place)
        if k is not None:
            for row in value:
                smallest = np.sort(np.abs(row))[::-1][min(k, len(row)) - 1]
                row[np.abs(row) < smallest] = 0.0
        return self._ablate(place, value)

    def _ablate(self, place: Place, value: Array) -> Array:
        value = value.copy()
        for index in range(value.shape[1]):
            if not self.kept_node(place, index):
                value[:, index] = self.ablation[place][index]
        return value

    def _read(self, layer: int, block: str, residual: Array) -> Array:
        part = f"{block}.in"
        normed = self._norm(_place(layer, part), f"layers.{layer}.{block}.norm", residual)
        return self._node(layer, part, normed)

    def _norm(self, place: Place, name: str, residual: Array) -> Array:
        if self.config.norm == "none":
            return residual.copy()
        if place in self.norm_scales:
            frozen: Array = residual / self.norm_scales[place][:, None]
            return frozen * self.weights[f"{name}.weight"]
        eps = self.config.norm_eps
        eps = float(np.finfo(np.float32).eps) if eps is None else eps
        mean_square = (residual**2).mean(axis=1, keepdims=True)
        normed: Array = residual / np.sqrt(mean_square + eps) * self.weights[f"{name}.weight"]
        return normed


def _place(layer: int, part: str) -> Place:
    return Place(layer, part)  # type: ignore[arg-type]
