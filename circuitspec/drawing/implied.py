"""What a circuit implies without listing it: the residual stream, heads, and unlisted weights.

None of it is an edge of the circuit, yet without it a drawing falls to pieces.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.model.places import EMBED, FINAL, Place

_WRITES = ("embed", "attn.out", "mlp.out")
_READS = ("attn.in", "mlp.in", "final")


@dataclass(frozen=True, slots=True)
class Wire:
    """A channel of the residual stream, between where it is written and where that is read.

    Where an end is no node of the circuit, the embedding writes or the unembedding reads.
    """

    channel: int
    source: Node | Literal["embedding"]
    target: Node | Literal["logits"]


@dataclass(frozen=True, slots=True)
class Head:
    """What a circuit keeps of one attention head, each part in the order of its channels."""

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
    """How the nodes of `circuit` hang together by channels of the residual stream.

    Every read hangs on all writes to its channel before it or, where there are none, on the
    embedding if that writes to the channel. Every write to a channel that the unembedding reads
    leads to the logits.
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

    wires: list[Wire] = []
    for channel, nodes in sorted(channels.items()):
        # Where `embed` or `final` is in scope, a channel that is not kept there says nothing, and
        # one that is kept is a node like others.
        from_embedding = EMBED not in circuit.scope and bool(embedded[channel])
        writes: list[Node] = []
        for node in nodes:
            if node.place.part in _WRITES:
                writes.append(node)
            elif writes:
                wires += [Wire(channel, write, node) for write in writes]
            elif from_embedding:
                wires.append(Wire(channel, "embedding", node))
        ends = writes if FINAL not in circuit.scope else [n for n in nodes if n.place == FINAL]
        if unembedded[channel]:
            wires += [Wire(channel, end, "logits") for end in ends]
    return tuple(wires)


def attention_heads(circuit: Circuit) -> tuple[Head, ...]:
    """The heads of which `circuit` keeps a query, key or value channel, in forward order."""
    d_head = circuit.model.config.d_head
    heads: dict[tuple[int, int], dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
    for node in circuit.nodes:
        if node.place.layer is not None and node.place.part in ("attn.q", "attn.k", "attn.v"):
            heads[node.place.layer, node.index // d_head][node.place.part].append(node)
    return tuple(
        Head(
            layer,
            index,
            queries=tuple(parts["attn.q"]),
            keys=tuple(parts["attn.k"]),
            values=tuple(parts["attn.v"]),
        )
        for (layer, index), parts in sorted(heads.items())
    )


def weights_between(circuit: Circuit) -> tuple[Edge, ...]:
    """All nonzero weights between the nodes of `circuit`, in forward order."""
    indices: dict[Place, list[int]] = defaultdict(list)
    for node in circuit.nodes:
        indices[node.place].append(node.index)
    edges: list[Edge] = []
    for target, rows in indices.items():
        source = target.source
        if source is None or source not in indices:
            continue
        columns = indices[source]
        weights = circuit.model.transformer.matrix(target).weight.detach()[rows][:, columns]
        for row, column in weights.nonzero().tolist():
            ends = Node(source, columns[column]), Node(target, rows[row])
            edges.append(Edge(*ends, weight=float(weights[row, column])))
    return tuple(sorted(edges, key=lambda edge: edge.order))
