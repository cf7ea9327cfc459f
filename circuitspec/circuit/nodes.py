"""Nodes and edges of a given model, under the author's names; no torch."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.model.places import Place, parse_place


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the activation at a place."""

    place: Place
    index: int

    def __str__(self) -> str:
        return f"{self.place}[{self.index}]"

    @property
    def order(self) -> tuple[tuple[int, int], int]:
        """Sorts nodes in forward order, then by index."""
        return self.place.order, self.index


def parse_node(text: str) -> Node:
    """The inverse of `str(node)`.

    Raises:
        ValueError: `text` names no node.
    """
    place, bracket, index = text.removesuffix("]").partition("[")
    if not bracket or not text.endswith("]") or not index.isdecimal():
        raise ValueError(f"{text!r} names no node")
    return Node(parse_place(place), int(index))


@dataclass(frozen=True, slots=True)
class Edge:
    """One nonzero weight: the entry [target index, source index] of its target place's matrix."""

    source: Node
    target: Node
    weight: float

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"

    @property
    def order(self) -> tuple[tuple[tuple[int, int], int], tuple[tuple[int, int], int]]:
        """Sorts edges in forward order of their sources, then of their targets."""
        return self.source.order, self.target.order


@dataclass(frozen=True, slots=True)
class NamedNodes:
    """What one `node` declaration stands for in this model, in forward order."""

    name: str
    nodes: tuple[Node, ...]
    description: str = ""
