"""From the arrows that a spec draws to nonzero weights of a given model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from circuitspec.circuit.edge_mistakes import (
    MOST_INPUTS,
    no_such_matrix,
    repeated_weight,
    wrong_sign,
    zero_weight,
)
from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language.spec import EdgeDecl, NodeRef
from circuitspec.model.places import Place
from circuitspec.model.tensor_file import Floats


@dataclass(frozen=True)
class _Block:
    """Nodes of one place and nodes of another that one matrix joins."""

    sources: list[Node]
    targets: list[Node]


@dataclass
class EdgeSelector:
    """Turns declarations into edges one after the other, and collects what is wrong with them.

    An arrow between two names stands for every nonzero weight that joins a node of the one to a
    node of the other. There must be at least one, and all must have the sign that is drawn.

    Attributes:
        matrix: the weights [target width, source width] that compute a place.
        groups: the nodes by name, those alone in whose declaration nothing is wrong.
    """

    matrix: Callable[[Place], Floats]
    groups: Mapping[str, NamedNodes]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _first: dict[tuple[Node, Node], EdgeDecl] = field(default_factory=dict)

    def select(self, declaration: EdgeDecl) -> tuple[Edge, ...]:
        """The edges of one declaration; none where an end of it is itself a mistake."""
        if not {declaration.source.name, declaration.target.name} <= self.groups.keys():
            return ()
        blocks = list(self._blocks(declaration))
        if not blocks:
            ends = self._ends(declaration.source), self._ends(declaration.target)
            self.diagnostics.append(no_such_matrix(declaration, *ends))
            return ()
        edges = [edge for block in blocks for edge in self._nonzero(block)]
        if not edges:
            self.diagnostics.append(self._all_zero(declaration, blocks))
        if declaration.sign is not None:
            positive = declaration.sign == "+"
            wrong = [edge for edge in edges if (edge.weight > 0) != positive]
            if wrong:
                self.diagnostics.append(wrong_sign(declaration, wrong, len(edges)))
        return self._new(edges, declaration)

    def _blocks(self, declaration: EdgeDecl) -> Iterator[_Block]:
        """The matrices between the two ends, each with the nodes that it joins."""
        sources = _by_place(self._ends(declaration.source))
        targets = _by_place(self._ends(declaration.target))
        for place, nodes in targets.items():
            if place.source in sources:
                yield _Block(sources[place.source], nodes)

    def _ends(self, ref: NodeRef) -> tuple[Node, ...]:
        nodes = self.groups[ref.name].nodes
        if ref.part is None:
            return nodes
        return tuple(node for node in nodes if node.place.part == f"attn.{ref.part}")

    def _nonzero(self, block: _Block) -> Iterator[Edge]:
        rows = [node.index for node in block.targets]
        columns = [node.index for node in block.sources]
        weights = self.matrix(block.targets[0].place)[np.ix_(rows, columns)]
        for row, column in np.argwhere(weights).tolist():
            yield Edge(block.sources[column], block.targets[row], float(weights[row, column]))

    def _all_zero(self, declaration: EdgeDecl, blocks: list[_Block]) -> Diagnostic:
        source, target = blocks[0].sources[0], blocks[0].targets[0]
        row = self.matrix(target.place)[target.index]
        strongest = np.argsort(-np.abs(row), kind="stable")[:MOST_INPUTS].tolist()
        inputs = [
            Edge(Node(source.place, index), target, float(row[index]))
            for index in strongest
            if row[index] != 0.0
        ]
        names = {node: group.name for group in self.groups.values() for node in group.nodes}
        count = sum(len(block.sources) * len(block.targets) for block in blocks)
        return zero_weight(declaration, Edge(source, target, 0.0), count, inputs, names)

    def _new(self, edges: list[Edge], declaration: EdgeDecl) -> tuple[Edge, ...]:
        """Those of `edges` that no earlier arrow drew; the others become diagnostics, one for each
        earlier arrow, however many weights they share."""
        repeated: dict[EdgeDecl, list[Edge]] = {}
        for edge in edges:
            if (edge.source, edge.target) in self._first:
                repeated.setdefault(self._first[edge.source, edge.target], []).append(edge)
        for first, shared in repeated.items():
            self.diagnostics.append(repeated_weight(declaration, first, shared))
        new = tuple(edge for edge in edges if (edge.source, edge.target) not in self._first)
        self._first.update({(edge.source, edge.target): declaration for edge in new})
        return new


def _by_place(nodes: Iterable[Node]) -> dict[Place, list[Node]]:
    found: dict[Place, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.place, []).append(node)
    return found
