"""What joins the nodes of a circuit without a weight of its own: residual channels and heads.

A weight is an edge of the circuit; these are not, yet without them a drawing falls to pieces.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from circuitspec.circuit.circuit import Circuit, Edge, Node
from circuitspec.model.places import EMBED, FINAL, Place

_WRITES = ("embed", "attn.out", "mlp.out")
_READS = ("attn.in", "mlp.in", "final")


@dataclass(frozen=True, slots=True)
class Wire:
    """A stretch of one channel of the residual stream.

    Where an end is no node of the circuit, the stretch begins at the embedding or ends at the
    unembedding, outside the circuit.
    """

    channel: int
    source: Node | Literal["embedding"]
    target: Node | Literal["logits"]


@dataclass(frozen=True, slots=True)
class Head:
    """What a circuit keeps of one attention head, each part in order of its channels."""

    layer: int
    index: int
    queries: tuple[Node, ...]
    keys: tuple[Node, ...]
    values: tuple[Node, ...]

    @property
    def has_pattern(self) -> bool:
        """Whether the circuit keeps anything that decides where the head attends."""
        return bool(self.queries or self.keys)


def residual_wires(circuit: Circuit) -> tuple[Wire, ...]:
    """The residual stream as the circuit uses it, channel by channel in forward order.

    Along a channel, each node hangs on the last write before it, so that several writes make a
    chain and not one wire for every pair of a write and a read.
    """
    transformer = circuit.model.transformer
    embedded = transformer.embed.detach().any(0)
    if transformer.pos_embed is not None:
        embedded = embedded | transformer.pos_embed.detach().any(0)
    unembedded = transformer.unembed.detach().any(0)

    channels: dict[int, list[Node]] = defaultdict(list)
    for node in circuit.nodes:
        if node.place.part in _WRITES + _READS:
            channels[node.index].append(node)

    wires = []
    for channel, nodes in sorted(channels.items()):
        # With `embed` or `final` in scope, a channel that is not kept there says nothing.
        from_embedding = EMBED not in circuit.scope and bool(embedded[channel])
        to_logits = FINAL not in circuit.scope and bool(unembedded[channel])
        last: Node | None = None
        for node in nodes:
            writes = node.place.part in _WRITES
            if last is not None:
                wires.append(Wire(channel, last, node))
            elif from_embedding and not writes:
                wires.append(Wire(channel, "embedding", node))
            if writes:
                last = node
        if nodes[-1].place == FINAL:
            last, to_logits = nodes[-1], bool(unembedded[channel])
        if last is not None and to_logits:
            wires.append(Wire(channel, last, "logits"))
    return tuple(wires)


def attention_heads(circuit: Circuit) -> tuple[Head, ...]:
    """The heads of which the circuit keeps a query, key or value channel, in forward order."""
    d_head = circuit.model.config.d_head
    heads: dict[tuple[int, int], dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for node in circuit.nodes:
        if node.place.layer is not None and node.place.part in ("attn.q", "attn.k", "attn.v"):
            heads[node.place.layer, node.index // d_head][node.place.part].append(node)
    return tuple(
        Head(layer, index, *(tuple(parts[f"attn.{part}"]) for part in "qkv"))
        for (layer, index), parts in heads.items()
    )


def weights_between(circuit: Circuit) -> tuple[Edge, ...]:
    """The edges of a circuit: those it lists, or all nonzero weights between its nodes."""
    if circuit.edges is not None:
        return circuit.edges
    at: dict[Place, list[Node]] = defaultdict(list)
    for node in circuit.nodes:
        at[node.place].append(node)
    edges = [
        Edge(source, target, weight)
        for place, targets in at.items()
        if place.source is not None
        for target in targets
        for source in at.get(place.source, ())
        if (weight := float(circuit.model.transformer.matrix(place).weight[target.index, source.index]))
    ]
    return tuple(sorted(edges, key=lambda edge: edge.order))
