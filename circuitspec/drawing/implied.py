"""What a circuit implies without listing it: the residual stream, heads, and unlisted weights.

None of it is an edge of the circuit, yet without it a drawing falls to pieces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.model.places import EMBED, FINAL, Part, Place

_WRITES = ("embed", "attn.out", "mlp.out")
_READS = ("attn.in", "mlp.in", "final")


@dataclass(frozen=True, slots=True)
class Wire:
    """A stretch of a channel of the residual stream, from one node on it to the next.

    Where the first end is no node of the circuit, it is the embedding that writes; where the last
    is none, it is the unembedding that reads.
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
    def n_nodes(self) -> int:
        """How many nodes of the circuit are in this head."""
        return len(self.queries) + len(self.keys) + len(self.values)

    @property
    def products(self) -> tuple[Product, ...]:
        """The channels at which a kept query meets a kept key."""
        keys = {key.index: key for key in self.keys}
        return tuple(Product(q, keys[q.index]) for q in self.queries if q.index in keys)

    @property
    def lone(self) -> tuple[Node, ...]:
        """Queries and keys of which the circuit does not keep the other side."""
        paired = {node for product in self.products for node in (product.query, product.key)}
        return tuple(node for node in self.queries + self.keys if node not in paired)


@dataclass(frozen=True, slots=True)
class Product:
    """A query and the key that it is multiplied with."""

    query: Node
    key: Node


def residual_wires(circuit: Circuit) -> tuple[Wire, ...]:
    """The channels of the residual stream that `circuit` has nodes on, as lines through the layers.

    A line starts at the embedding, if that writes to the channel, else at the first write. It runs
    on through every later write and read, and to the logits if a node has written to it and the
    unembedding reads it.
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
        before: Node | Literal["embedding"] | None = None
        # Where `embed` or `final` is in scope, a channel that is not kept there says nothing, and
        # one that is kept is a node like others.
        if EMBED not in circuit.scope and embedded[channel] and nodes[0].place.part in _READS:
            before = "embedding"
        written = False
        for node in nodes:
            written = written or node.place.part in (*_WRITES, "final")
            if before is not None:
                wires.append(Wire(channel, before, node))
            if before is not None or written:
                before = node
        if isinstance(before, Node) and unembedded[channel]:
            reaches = nodes[-1].place == FINAL if FINAL in circuit.scope else written
            wires += [Wire(channel, before, "logits")] if reaches else []
    return tuple(wires)


def named_before(circuit: Circuit) -> Iterator[Node]:
    """Nodes on a channel that have the name of an earlier node on it."""
    for group in circuit.groups:
        named: set[int] = set()
        for node in sorted(group.nodes, key=lambda node: node.order):
            if node.place.part in _WRITES + _READS:
                if node.index in named:
                    yield node
                named.add(node.index)


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


def constant_other_side(circuit: Circuit, node: Node) -> float | None:
    """What the query that a key is multiplied with always is, or the key of a query.

    None where it is not constant: outside the scope of ablation, or ablated by values of each
    example's own.
    """
    part: Part = "attn.k" if node.place.part == "attn.q" else "attn.q"
    place = Place(node.place.layer, part)
    if place not in circuit.scope:
        return None
    values = circuit.ablation[place]
    return float(values[node.index]) if values.ndim == 1 else None


def attends_evenly(circuit: Circuit, head: Head) -> bool:
    """Whether all queries and keys of a head are constant, so that all positions get the same."""
    places = (Place(head.layer, "attn.q"), Place(head.layer, "attn.k"))
    return not (head.queries or head.keys) and all(
        place in circuit.scope and circuit.ablation[place].ndim == 1 for place in places
    )


def logit_weights(circuit: Circuit, channel: int, tokens: Sequence[int]) -> tuple[float, ...]:
    """What a channel at the end does to the logits of `tokens`, up to the norm's division."""
    transformer = circuit.model.transformer
    gain = transformer.norm.weight
    scale = 1.0 if gain is None else float(gain[channel])
    return tuple(float(transformer.unembed[token, channel]) * scale for token in tokens)


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
