"""How a circuit is stacked: blocks of the model in forward order, each a few rows of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.drawing.implied import Head, attention_heads

_TITLES = {"attn": "attention", "mlp": "MLP", "embed": "embedding", "final": "final residual"}
# Queries, keys and values are computed side by side.
_ROWS = {"q": "q k v", "k": "q k v", "v": "q k v"}
# More than this many of them side by side make a picture wider than a page.
_WIDE = 6


@dataclass(frozen=True, slots=True)
class Block:
    """One attention or MLP block, as far as the circuit keeps it; or `embed`, or `final`.

    Attributes:
        rows: in forward order; a head's pattern has its place between what makes it and what it
            acts upon.
    """

    layer: int | None
    name: str
    rows: tuple[tuple[Node | Head, ...], ...]

    @property
    def title(self) -> tuple[str, ...]:
        """What to call the block, in lines."""
        words = _TITLES[self.name]
        return (words,) if self.layer is None else (f"layer {self.layer}", words)

    @property
    def members(self) -> Iterator[Node | Head]:
        """Everything in the block, row by row."""
        return (member for row in self.rows for member in row)

    @property
    def shortest_row(self) -> int:
        """The row with the fewest nodes, where a title widens the block least; patterns have no
        room beside them. Of several, the topmost."""
        of_nodes = [i for i, row in enumerate(self.rows) if isinstance(row[0], Node)]
        return min(reversed(of_nodes), key=lambda i: len(self.rows[i]))


def stack(circuit: Circuit) -> tuple[Block, ...]:
    """The blocks that `circuit` has nodes in, in forward order."""
    heads = [head for head in attention_heads(circuit) if head.has_pattern]
    return tuple(
        Block(layer, name, tuple(_rows(list(nodes), [h for h in heads if h.layer == layer])))
        for (layer, name), nodes in groupby(circuit.nodes, key=_block)
    )


def _block(node: Node) -> tuple[int | None, str]:
    return node.place.layer, node.place.part.partition(".")[0]


def _rows(nodes: list[Node], heads: list[Head]) -> Iterator[tuple[Node | Head, ...]]:
    for row, members in groupby(nodes, key=_row):
        channels = tuple(members)
        if row != "q k v" or not heads:
            yield channels
        elif len(channels) <= _WIDE or all(n.place.part == "attn.v" for n in channels):
            yield channels
            yield tuple(heads)
        else:
            # Values wait for the pattern anyway, so they can stand beside it.
            yield tuple(node for node in channels if node.place.part != "attn.v")
            yield (*(node for node in channels if node.place.part == "attn.v"), *heads)


def _row(node: Node) -> str:
    part = node.place.part.rpartition(".")[2]
    return _ROWS.get(part, part)
