"""A circuit at a glance: heads and MLPs, and the channels that lead from one to the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.drawing.implied import residual_wires

_WRITES = ("attn.out", "mlp.out")
_READS = ("attn.in", "mlp.in")


@dataclass(frozen=True, slots=True)
class Box:
    """A head, an MLP, or what of an attention block belongs to no head in the circuit."""

    layer: int
    kind: Literal["attn", "mlp"]
    head: int | None = None

    @property
    def order(self) -> tuple[int, str, int]:
        """Sorts boxes in forward order, then by head."""
        return self.layer, self.kind, -1 if self.head is None else self.head

    @property
    def title(self) -> str:
        """What to call it."""
        if self.kind == "mlp":
            return f"layer {self.layer} MLP"
        return (
            f"layer {self.layer} attention"
            if self.head is None
            else (f"layer {self.layer} head {self.head}")
        )


End: TypeAlias = Box | Literal["embedding", "logits"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where something happens to a channel: a block writes to it, or one reads it, or both in this
    order. From stop to stop it runs on as one line."""

    writers: frozenset[End] = frozenset()
    readers: frozenset[End] = frozenset()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Channels that the same boxes write and read, in the same order.

    Attributes:
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

    def result(self) -> Condensed:
        """All of the circuit."""
        for node in self._circuit.nodes:
            if node.place.part in ("attn.q", "attn.k", "attn.v", "mlp.neuron"):
                self._boxes[self._own_box(node)].append(node)
        channels: dict[tuple[Stop, ...], list[Node]] = defaultdict(list)
        for first, stops in self._channels():
            channels[stops].append(first)
        bundles = tuple(
            Bundle(stops, tuple(sorted(firsts, key=lambda node: node.order)))
            for stops, firsts in channels.items()
        )
        return Condensed(
            boxes={
                box: tuple(nodes)
                for box, nodes in sorted(self._boxes.items(), key=lambda item: item[0].order)
            },
            bundles=tuple(sorted(bundles, key=lambda bundle: bundle.first_nodes[0].order)),
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
        return Box(layer, "attn", node.index // self._d_head)


def _read(stops: list[Stop], readers: frozenset[End]) -> None:
    """Add a read, to the last stop if nobody reads there yet."""
    if stops and not stops[-1].readers:
        stops[-1] = replace(stops[-1], readers=readers)
    else:
        stops.append(Stop(readers=readers))
