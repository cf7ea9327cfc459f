"""How a circuit is stacked: blocks of the model in forward order, each a few rows of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.drawing.implied import Head, Product, attention_heads

_TITLES = {"attn": "attention", "mlp": "MLP", "embed": "embedding", "final": "final residual"}
# Queries, keys and values are computed side by side.
_ROWS = {"q": "q k v", "k": "q k v", "v": "q k v"}


@dataclass(frozen=True, slots=True)
class Block:
    """One attention or MLP block, as far as the circuit keeps it; or `embed`, or `final`.

    Attributes:
        rows: in forward order. Products of queries and keys, and the heads, have rows of their own
            between what goes into them and what comes out.
    """

    layer: int | None
    name: str
    rows: tuple[tuple[Node | Product | Head, ...], ...]

    @property
    def title(self) -> tuple[str, ...]:
        """What to call the block, in lines."""
        words = _TITLES[self.name]
        return (words,) if self.layer is None else (f"layer {self.layer}", words)

    @property
    def members(self) -> Iterator[Node | Product | Head]:
        """Everything in the block, row by row."""
        return (member for row in self.rows for member in row)

    @property
    def shortest_row(self) -> int:
        """The row with the fewest members, where a title widens the block least. Of several, the
        last."""
        return min(reversed(range(len(self.rows))), key=lambda i: len(self.rows[i]))


def stack(circuit: Circuit) -> tuple[Block, ...]:
    """The blocks that `circuit` has nodes in, in forward order."""
    heads = attention_heads(circuit)
    return tuple(
        Block(layer, name, tuple(_rows(list(nodes), [h for h in heads if h.layer == layer])))
        for (layer, name), nodes in groupby(circuit.nodes, key=_block)
    )


def _block(node: Node) -> tuple[int | None, str]:
    return node.place.layer, node.place.part.partition(".")[0]


def _rows(nodes: list[Node], heads: list[Head]) -> Iterator[tuple[Node | Product | Head, ...]]:
    for row, members in groupby(nodes, key=_row):
        yield tuple(members)
        if row == "q k v":
            products = tuple(product for head in heads for product in head.products)
            yield from [products] if products else []
            yield tuple(heads)


def _row(node: Node) -> str:
    part = node.place.part.rpartition(".")[2]
    return _ROWS.get(part, part)
