"""A circuit at a glance: heads and MLPs, and the channels that lead from one to the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, TypeAlias

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.drawing.implied import Head, attention_heads, residual_wires

# A column has no room for more side by side: of heads of one block, and of bundles between the
# same blocks. Of more, the smallest are put together.
_MOST_BESIDE = 3

_WRITES = ("attn.out", "mlp.out")
_READS = ("attn.in", "mlp.in")


@dataclass(frozen=True, slots=True)
class Box:
    """A head, an MLP, several heads, or what of an attention block belongs to no head.

    Attributes:
        head: None for all but a single head.
        n_heads: how many are put together.
    """

    layer: int
    kind: Literal["attn", "mlp"]
    head: int | None = None
    n_heads: int = 0

    @property
    def order(self) -> tuple[int, str, int, int]:
        """Sorts boxes in forward order, then by head."""
        return self.layer, self.kind, -1 if self.head is None else self.head, self.n_heads

    @property
    def title(self) -> str:
        """What to call it."""
        if self.kind == "mlp":
            return f"L{self.layer} MLP"
        if self.head is not None:
            return f"L{self.layer} head {self.head}"
        if self.n_heads:
            return f"L{self.layer}, {self.n_heads} more heads"
        return f"L{self.layer} attention"


End: TypeAlias = Box | Literal["embedding", "logits"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where something happens to a channel: a block writes to it, or one reads it, or both in this
    order. From stop to stop it runs on as one line."""

    writers: frozenset[End] = frozenset()
    readers: frozenset[End] = frozenset()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Channels that the same boxes write and read, in the same order; where there would be too
    many bundles, channels between the same blocks.

    Attributes:
        stops: of all its channels together.
        first_nodes: of each channel its first node in the circuit.
    """

    stops: tuple[Stop, ...]
    first_nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Condensed:
    """A circuit at a glance.

    Attributes:
        boxes: in forward order, each with its queries, keys, values or neurons.
        bundles: in the order of their first nodes.
    """

    boxes: dict[Box, tuple[Node, ...]]
    bundles: tuple[Bundle, ...]


def condense(circuit: Circuit, edges: tuple[Edge, ...]) -> Condensed:
    """`circuit` at a glance.

    Args:
        edges: the weights that say which heads read and write a channel.
    """
    return _Condensing(circuit, edges).result()


class _Condensing:
    """Sorts nodes into boxes and channels into bundles."""

    def __init__(self, circuit: Circuit, edges: tuple[Edge, ...]) -> None:
        self._circuit = circuit
        self._d_head = circuit.model.config.d_head
        self._beside: dict[Node, list[Node]] = defaultdict(list)
        for edge in edges:
            self._beside[edge.source].append(edge.target)
            self._beside[edge.target].append(edge.source)
        self._boxes: dict[Box, list[Node]] = defaultdict(list)
        self._together = dict(_put_together(attention_heads(circuit)))

    def result(self) -> Condensed:
        """All of the circuit."""
        for node in self._circuit.nodes:
            if node.place.part in ("attn.q", "attn.k", "attn.v", "mlp.neuron"):
                self._boxes[self._own_box(node)].append(node)
        channels: dict[tuple[Stop, ...], list[Node]] = defaultdict(list)
        for first, stops in self._channels():
            channels[stops].append(first)
        bundles = [
            Bundle(stops, tuple(sorted(firsts, key=lambda node: node.order)))
            for stops, firsts in channels.items()
        ]
        return Condensed(
            boxes={
                box: tuple(nodes)
                for box, nodes in sorted(self._boxes.items(), key=lambda item: item[0].order)
            },
            bundles=tuple(sorted(_fewer(bundles), key=lambda bundle: bundle.first_nodes[0].order)),
        )

    def _channels(self) -> Iterator[tuple[Node, tuple[Stop, ...]]]:
        """Per channel its first node and its stops."""
        by_channel: dict[int, list[Node]] = defaultdict(list)
        for node in self._circuit.nodes:
            if node.place.part in (*_WRITES, *_READS) or node.place.layer is None:
                by_channel[node.index].append(node)
        wires = residual_wires(self._circuit)
        from_embedding = {wire.channel for wire in wires if wire.source == "embedding"}
        to_logits = {wire.channel for wire in wires if wire.target == "logits"}
        for channel, nodes in sorted(by_channel.items()):
            stops: list[Stop] = []
            if channel in from_embedding or nodes[0].place.part == "embed":
                stops.append(Stop(writers=frozenset({"embedding"})))
            for node in nodes:
                if node.place.part in _WRITES:
                    stops.append(Stop(writers=self._boxes_beside(node)))
                elif node.place.part in _READS:
                    _read(stops, self._boxes_beside(node))
            if channel in to_logits:
                _read(stops, frozenset({"logits"}))
            yield nodes[0], tuple(stops)

    def _boxes_beside(self, node: Node) -> frozenset[End]:
        """The boxes that a write comes from, or that a read goes to."""
        layer = node.place.layer
        assert layer is not None
        if node.place.part in ("mlp.in", "mlp.out"):
            box = Box(layer, "mlp")
            self._boxes[box]  # there even where it has no neurons
            return frozenset({box})
        boxes = {self._own_box(other) for other in self._beside[node]}
        if not boxes:
            box = Box(layer, "attn")
            self._boxes[box]
            boxes = {box}
        return frozenset(boxes)

    def _own_box(self, node: Node) -> Box:
        layer = node.place.layer
        assert layer is not None
        if node.place.part == "mlp.neuron":
            return Box(layer, "mlp")
        head = node.index // self._d_head
        return self._together.get((layer, head)) or Box(layer, "attn", head)


def _read(stops: list[Stop], readers: frozenset[End]) -> None:
    """Add a read, to the last stop if nobody reads there yet."""
    if stops and not stops[-1].readers:
        stops[-1] = replace(stops[-1], readers=readers)
    else:
        stops.append(Stop(readers=readers))


def _put_together(heads: tuple[Head, ...]) -> Iterator[tuple[tuple[int, int], Box]]:
    """Layer and index of heads that get no box of their own, and the box that they get."""
    for layer, members in groupby(heads, key=lambda head: head.layer):
        by_size = sorted(members, key=lambda head: (-head.n_nodes, head.index))
        if len(by_size) > _MOST_BESIDE:
            small = by_size[_MOST_BESIDE - 1 :]
            box = Box(layer, "attn", n_heads=len(small))
            yield from (((layer, head.index), box) for head in small)


def _fewer(bundles: Iterable[Bundle]) -> Iterator[Bundle]:
    """Bundles, of which no more than a few lead from the same blocks to the same blocks."""
    alike: dict[tuple[object, ...], list[Bundle]] = defaultdict(list)
    for bundle in bundles:
        alike[tuple(map(_blocks, bundle.stops))].append(bundle)
    for members in alike.values():
        members.sort(key=lambda bundle: (-len(bundle.first_nodes), bundle.first_nodes[0].order))
        yield from members[: _MOST_BESIDE - 1]
        rest = members[_MOST_BESIDE - 1 :]
        if rest:
            nodes = (node for bundle in rest for node in bundle.first_nodes)
            yield Bundle(
                stops=tuple(
                    Stop(
                        frozenset().union(*(stop.writers for stop in stops)),
                        frozenset().union(*(stop.readers for stop in stops)),
                    )
                    for stops in zip(*(bundle.stops for bundle in rest), strict=True)
                ),
                first_nodes=tuple(sorted(nodes, key=lambda node: node.order)),
            )


def _blocks(stop: Stop) -> tuple[frozenset[object], frozenset[object]]:
    writers, readers = (
        frozenset(end if isinstance(end, str) else (end.layer, end.kind) for end in ends)
        for ends in (stop.writers, stop.readers)
    )
    return writers, readers
