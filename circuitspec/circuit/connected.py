"""Which nodes of a circuit can matter to the logits at all, by its weights; nothing is run.

A search backwards from the logits over the nodes that `keep` keeps, along

- weights that are kept and not zero;
- channels of the residual stream: a write at channel c goes on to every later kept read of c, and
  to the logits if column c of the unembedding is not zero;
- attention: a query or key channel acts on the pattern of its head, and through it on every value
  channel that the head mixes. An ablated, constant value is one of these too where the head has a
  sink, which takes a share of it away.

What normalisation does is left out: through the root mean square every channel touches every
other, but that is no path that a circuit could mean. The search errs towards "connected": what it
calls disconnected can be changed without any effect but that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.engine.masks import Masks
from circuitspec.model.places import EMBED, FINAL, Part, Place


def disconnected_nodes(circuit: Circuit) -> tuple[Node, ...]:
    """The circuit's nodes without a path to the logits, in forward order."""
    reaches = _Search(circuit, circuit.keep_masks()).run()
    return tuple(node for node in circuit.nodes if not reaches[node.place][node.index])


@dataclass(eq=False)
class _Search:
    """One search; `reaches` holds per place a bool [width] for what was found so far."""

    circuit: Circuit
    masks: Masks
    reaches: dict[Place, Tensor] = field(default_factory=dict)

    def run(self) -> Mapping[Place, Tensor]:
        model = self.circuit.model
        unembed: Tensor = model.transformer.unembed
        stream = self._found(FINAL, (unembed != 0).any(dim=0) & self._gain("norm.weight"))
        for layer in reversed(range(model.config.n_layer)):
            # Backwards, so the MLP comes first; `stream` holds the channels that matter later.
            stream = stream | self._mlp(layer, stream)
            stream = stream | self._attention(layer, stream)
        self._found(EMBED, stream)
        return self.reaches

    def _mlp(self, layer: int, stream: Tensor) -> Tensor:
        """The residual channels that matter because of this layer's MLP, bool [d_model]."""
        out, neuron, read = (Place(layer, part) for part in _MLP)
        self._found(out, stream)
        self._found(neuron, self._sources(out))
        gain = self._gain(f"layers.{layer}.mlp.norm.weight")
        return self._found(read, self._sources(neuron)) & gain

    def _attention(self, layer: int, stream: Tensor) -> Tensor:
        """The residual channels that matter because of this layer's attention, bool [d_model]."""
        out, v, q, k, read = (Place(layer, part) for part in _ATTENTION)
        self._found(out, stream)
        self._found(v, self._sources(out))
        patterns = self._patterns(out, v)
        self._found(q, patterns & self._says_something(k))
        self._found(k, patterns & self._says_something(q))
        sources = self._sources(q) | self._sources(k) | self._sources(v)
        return self._found(read, sources) & self._gain(f"layers.{layer}.attn.norm.weight")

    def _patterns(self, out: Place, v: Place) -> Tensor:
        """Per channel of q and k, whether the pattern of its head matters, bool [d_attn]."""
        config = self.circuit.model.config
        mixed = self.reaches[v]
        if config.sink:
            weight = self.circuit.model.transformer.matrix(out).weight
            read = (weight[self.reaches[out]] != 0).any(dim=0)
            mixed = mixed | (read & self._ablation_value_is_not_zero(v))
        heads = mixed.view(config.n_head, config.d_head).any(dim=1)
        return heads.repeat_interleave(config.d_head)

    def _says_something(self, place: Place) -> Tensor:
        """Whether a channel is anything but always zero, so that its product with another is."""
        return self._kept(place) | self._ablation_value_is_not_zero(place)

    def _ablation_value_is_not_zero(self, place: Place) -> Tensor:
        value = self.circuit.ablation[place]
        return (value != 0).reshape(-1, value.shape[-1]).any(dim=0)

    def _sources(self, target: Place) -> Tensor:
        """What feeds the nodes found at `target` along kept weights, bool [source width]."""
        weight = self.circuit.model.transformer.matrix(target).weight
        carries = weight != 0
        if target in self.masks.weights:
            carries = carries & self.masks.weights[target]
        return carries[self.reaches[target]].any(dim=0)

    def _found(self, place: Place, reaches: Tensor) -> Tensor:
        self.reaches[place] = reaches & self._kept(place)
        return self.reaches[place]

    def _kept(self, place: Place) -> Tensor:
        mask = self.masks.nodes.get(place)
        width = self.circuit.model.config.width(place)
        return torch.ones(width, dtype=torch.bool) if mask is None else mask

    def _gain(self, name: str) -> Tensor:
        """Which channels a norm lets through, bool [d_model]."""
        config = self.circuit.model.config
        if config.norm == "none":
            return torch.ones(config.d_model, dtype=torch.bool)
        return self.circuit.model.transformer.get_parameter(name) != 0


_MLP: tuple[Part, ...] = ("mlp.out", "mlp.neuron", "mlp.in")
_ATTENTION: tuple[Part, ...] = ("attn.out", "attn.v", "attn.q", "attn.k", "attn.in")
