"""From the arrows that a spec draws to nonzero weights of a given model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.language.spec import EdgeDecl, NodeRef
from circuitspec.model.places import SOURCE_PART, Place
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
    _first: dict[tuple[Node, Node], Span | None] = field(default_factory=dict)

    def select(self, declaration: EdgeDecl) -> tuple[Edge, ...]:
        """The edges of one declaration; none where an end of it is itself a mistake."""
        if not {declaration.source.name, declaration.target.name} <= self.groups.keys():
            return ()
        blocks = list(self._blocks(declaration))
        if not blocks:
            self._report_no_matrix(declaration)
            return ()
        edges = [edge for block in blocks for edge in self._nonzero(block)]
        if not edges:
            self._report_zero(declaration, blocks)
        if declaration.sign is not None:
            positive = declaration.sign == "+"
            wrong = [edge for edge in edges if (edge.weight > 0) != positive]
            if wrong:
                self._report_sign(declaration, wrong, among=edges)
        return self._new(edges, declaration.span)

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

    def _new(self, edges: list[Edge], span: Span | None) -> tuple[Edge, ...]:
        """Those of `edges` that no earlier arrow drew; the others become diagnostics, one for each
        earlier arrow, however many weights they share."""
        repeated: dict[Span | None, list[Edge]] = {}
        for edge in edges:
            if (edge.source, edge.target) in self._first:
                repeated.setdefault(self._first[edge.source, edge.target], []).append(edge)
        for first, shared in repeated.items():
            self._report_repeated(shared, first, span)
        new = tuple(edge for edge in edges if (edge.source, edge.target) not in self._first)
        self._first.update({(edge.source, edge.target): span for edge in new})
        return new

    def _report_repeated(self, shared: list[Edge], first: Span | None, span: Span | None) -> None:
        self.diagnostics.append(
            Diagnostic(
                code=Code.EDGE_LISTED_TWICE,
                message=f"the weight {shared[0]} is listed twice"
                if len(shared) == 1
                else f"the weight {shared[0]} and {len(shared) - 1} more are listed twice",
                span=span,
                secondary=() if first is None else ((first, "first listed here"),),
                help="leave one of the two out",
            )
        )

    def _report_no_matrix(self, declaration: EdgeDecl) -> None:
        source, target = declaration.source, declaration.target
        joins = ", ".join(f"{first} -> {second}" for second, first in SOURCE_PART.items())
        self.diagnostics.append(
            Diagnostic(
                code=Code.NO_SUCH_MATRIX,
                message=f"no weight joins {source} to {target}",
                span=declaration.span,
                label=f"from {self._places(source)} to {self._places(target)}",
                help=f"within a layer, weights join {joins}",
                notes=(
                    "between layers the residual stream carries a channel on as it is: name it "
                    "once with `channel ... from ... to ...`",
                ),
            )
        )

    def _report_zero(self, declaration: EdgeDecl, blocks: list[_Block]) -> None:
        source, target = blocks[0].sources[0], blocks[0].targets[0]
        count = sum(len(block.sources) * len(block.targets) for block in blocks)
        row = self.matrix(target.place)[target.index]
        strongest = np.argsort(-np.abs(row), kind="stable")[:3].tolist()
        read = [str(Node(source.place, index)) for index in strongest if row[index] != 0.0]
        self.diagnostics.append(
            Diagnostic(
                code=Code.ZERO_WEIGHT,
                message=f"the weight {source} -> {target} is zero in this model"
                if count == 1
                else f"all {count} weights from {declaration.source} to "
                f"{declaration.target} are zero in this model",
                span=declaration.span,
                help=f"the strongest inputs of {target} are {', '.join(read)}"
                if read
                else f"{target} has no input at all in this model",
            )
        )

    def _report_sign(self, declaration: EdgeDecl, wrong: list[Edge], *, among: list[Edge]) -> None:
        actual = "+" if declaration.sign == "-" else "-"
        self.diagnostics.append(
            Diagnostic(
                code=Code.SIGN_CONTRADICTS_WEIGHT,
                message=f"the weight {wrong[0]} is {wrong[0].weight:+.3g}, "
                f"the spec says `{declaration.sign}`",
                span=declaration.span,
                help=f"write `{declaration.source} -> {declaration.target} : {actual}`"
                if len(wrong) == len(among)
                else "leave the sign out, or name the nodes one by one",
            )
        )

    def _places(self, ref: NodeRef) -> str:
        return ", ".join(dict.fromkeys(str(node.place) for node in self._ends(ref))) or "no node"


def _by_place(nodes: Iterable[Node]) -> dict[Place, list[Node]]:
    found: dict[Place, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.place, []).append(node)
    return found
