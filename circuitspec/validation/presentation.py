"""The same transformer in other words: changes to its weights that leave its function as it is.

What is true of a circuit is true of it in every presentation, and is asked of the original. So a
verdict about a presentation that goes wrong shows a mistake anywhere between names and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.model.config import ModelConfig
from circuitspec.model.parameters import parameter_shapes
from circuitspec.model.places import LayerPart, Place
from circuitspec.validation.known import Array, Ints, Known

Style: TypeAlias = Literal[
    "as it is", "in other orders", "in other units", "beside noise", "all three"
]
STYLES: tuple[Style, ...] = get_args(Style)

_NOISE_CHANNELS = 5
_NOISE_NEURONS = 4
_LARGEST_UNIT = 3.0


@dataclass(frozen=True, eq=False)
class Presentation:
    """A known transformer in other words.

    Attributes:
        places: per place the index that each node of the original has here.
        noise: nodes that the original does not have; no path leads from them to the logits.
    """

    config: ModelConfig
    weights: Mapping[str, Array]
    places: Mapping[Place, Ints]
    noise: tuple[Node, ...]

    def node(self, node: Node) -> Node:
        """What a node of the original is here."""
        return Node(node.place, int(self.places[node.place][node.index]))


def present(known: Known, style: Style, rng: np.random.Generator) -> Presentation:
    """The transformer in other words.

    Args:
        style: `in other orders` exchanges channels, heads, channels of heads and neurons; `in
            other units` multiplies what a channel, a query, a value or a neuron says and divides
            what is read of it; `beside noise` adds channels of the residual stream, and neurons
            that read them and others and write to them alone.
    """
    draft = _Draft(known.config, dict(known.weights))
    if style in ("beside noise", "all three"):
        draft.add_noise(rng)
    if style in ("in other units", "all three"):
        draft.change_units(rng)
    if style in ("in other orders", "all three"):
        draft.change_orders(rng)
    return draft.finished(known.config)


class _Draft:
    """Weights that are being changed; orders hold, per new index, which old one it was."""

    def __init__(self, config: ModelConfig, weights: dict[str, Array]) -> None:
        self.config = config
        self.weights = weights
        self.stream = np.arange(config.d_model)
        self.heads = [np.arange(config.d_attn) for _ in range(config.n_layer)]
        self.values = [np.arange(config.d_attn) for _ in range(config.n_layer)]
        self.neurons = [np.arange(config.d_mlp) for _ in range(config.n_layer)]

    def add_noise(self, rng: np.random.Generator) -> None:
        """Channels and neurons after all others; biases and embeddings of their own."""
        old, n = self.config, _NOISE_CHANNELS
        self.config = old.model_copy(
            update={"d_model": old.d_model + n, "d_mlp": old.d_mlp + _NOISE_NEURONS}
        )
        for name, shape in parameter_shapes(self.config).items():
            before = self.weights[name]
            after = np.zeros(shape)
            after[tuple(slice(size) for size in before.shape)] = before
            if name in ("embed", "pos_embed"):
                after[:, old.d_model :] = rng.normal(size=(shape[0], n))
            if name.endswith(("attn.out.weight", "mlp.out.weight")):
                after[old.d_model :] = rng.normal(size=(n, shape[1])) / np.sqrt(shape[1])
            if name.endswith("mlp.in.weight"):
                after[old.d_mlp :] = rng.normal(size=(_NOISE_NEURONS, shape[1]))
            self.weights[name] = after
        self.stream = np.arange(self.config.d_model)
        self.neurons = [np.arange(self.config.d_mlp) for _ in range(old.n_layer)]

    def change_units(self, rng: np.random.Generator) -> None:
        """Without a norm a channel may have any unit; a neuron's is positive, for ReLU's sake."""
        config = self.config
        self._scale_stream(_units(rng, config.d_model, signed=True))
        for layer in range(config.n_layer):
            query = _units(rng, config.d_attn, signed=True)
            value = _units(rng, config.d_attn, signed=True)
            neuron = _units(rng, config.d_mlp, signed=False)
            for part, unit in (("attn.q", query), ("attn.k", 1 / query), ("attn.v", value)):
                self._scale_rows(f"layers.{layer}.{part}", unit)
            self._scale_rows(f"layers.{layer}.mlp.in", neuron)
            self.weights[f"layers.{layer}.attn.out.weight"] /= value
            self.weights[f"layers.{layer}.mlp.out.weight"] /= neuron

    def change_orders(self, rng: np.random.Generator) -> None:
        """Queries and keys of a head keep to each other, and so do the channels of a head."""
        config = self.config
        self.stream = rng.permutation(config.d_model)
        for name in self.weights:
            if name in ("embed", "pos_embed", "unembed") or _reads_stream(name):
                self.weights[name] = self.weights[name][:, self.stream]
            if _writes_stream(name):
                self.weights[name] = self.weights[name][self.stream]
        for layer in range(config.n_layer):
            block = f"layers.{layer}"
            order = rng.permutation(config.n_head)
            self.heads[layer] = _within_heads(rng, order, config.d_head)
            self.values[layer] = _within_heads(rng, order, config.d_head)
            self.neurons[layer] = rng.permutation(config.d_mlp)
            self._reorder_rows(f"{block}.attn.q", self.heads[layer])
            self._reorder_rows(f"{block}.attn.k", self.heads[layer])
            self._reorder_rows(f"{block}.attn.v", self.values[layer])
            self._reorder_rows(f"{block}.mlp.in", self.neurons[layer])
            for name, columns in (
                (f"{block}.attn.out.weight", self.values[layer]),
                (f"{block}.mlp.out.weight", self.neurons[layer]),
            ):
                self.weights[name] = self.weights[name][:, columns]

    def finished(self, original: ModelConfig) -> Presentation:
        """The presentation of a transformer that had the config `original`."""
        places: dict[Place, Ints] = {}
        noise: list[Node] = []
        for layer in range(self.config.n_layer):
            orders: dict[LayerPart, Ints] = {
                "attn.in": self.stream,
                "attn.q": self.heads[layer],
                "attn.k": self.heads[layer],
                "attn.v": self.values[layer],
                "attn.out": self.stream,
                "mlp.in": self.stream,
                "mlp.neuron": self.neurons[layer],
                "mlp.out": self.stream,
            }
            for part, order in orders.items():
                place = Place(layer, part)
                own = original.width(place)
                places[place] = np.argsort(order)[:own]
                noise += [Node(place, int(index)) for index in np.argsort(order)[own:]]
        return Presentation(self.config, self.weights, places, tuple(noise))

    def _scale_stream(self, unit: Array) -> None:
        for name, weight in self.weights.items():
            if name == "unembed" or _reads_stream(name):
                self.weights[name] = weight / unit
            elif name in ("embed", "pos_embed"):
                self.weights[name] = weight * unit
            elif _writes_stream(name):
                self.weights[name] = weight * (unit if weight.ndim == 1 else unit[:, None])

    def _scale_rows(self, name: str, unit: Array) -> None:
        self.weights[f"{name}.weight"] = self.weights[f"{name}.weight"] * unit[:, None]
        self.weights[f"{name}.bias"] = self.weights[f"{name}.bias"] * unit

    def _reorder_rows(self, name: str, order: Ints) -> None:
        for kind in ("weight", "bias"):
            self.weights[f"{name}.{kind}"] = self.weights[f"{name}.{kind}"][order]


def _reads_stream(name: str) -> bool:
    return name.endswith(("attn.q.weight", "attn.k.weight", "attn.v.weight", "mlp.in.weight"))


def _writes_stream(name: str) -> bool:
    """Whether a parameter has one entry, or one row, per channel that is written."""
    return ".attn.out." in name or ".mlp.out." in name


def _units(rng: np.random.Generator, size: int, *, signed: bool) -> Array:
    units: Array = _LARGEST_UNIT ** rng.uniform(-1, 1, size)
    return units * rng.choice([-1.0, 1.0], size) if signed else units


def _within_heads(rng: np.random.Generator, heads: Ints, d_head: int) -> Ints:
    """Heads in an order, and the channels of each in one of their own."""
    return np.concatenate([head * d_head + rng.permutation(d_head) for head in heads])
