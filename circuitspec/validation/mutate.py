"""Mutants of a spec: each differs from it in one thing, and says something else of its model.

A mutant is what an author could have written: where a node goes, the arrows at it go with it, and
the claims about it. Nothing is run here; which nodes are alive on the task is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal, TypeAlias, TypeVar, get_args

import numpy as np

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.language.claims import Claim, nodes_of
from circuitspec.language.selections import IndexRange, PlaceRef, Selection
from circuitspec.language.spec import EdgeDecl, NodeRef, Spec

MutantKind: TypeAlias = Literal[
    "node left out",
    "node exchanged",
    "node exchanged, weights redrawn",
    "sign turned round",
    "edge left out",
    "edge moved",
    "names exchanged, edges stay",
    "names exchanged, edges follow",
    "another task",
]
MUTANT_KINDS: tuple[MutantKind, ...] = get_args(MutantKind)

_WANTED: dict[MutantKind, int] = {
    "node left out": 12,
    "node exchanged": 10,
    "node exchanged, weights redrawn": 12,
    "sign turned round": 5,
    "edge left out": 8,
    "edge moved": 8,
    "names exchanged, edges stay": 5,
    "names exchanged, edges follow": 4,
    "another task": 6,
}
"""Of each kind so many, or as many as there are."""


T = TypeVar("T")


@dataclass(frozen=True)
class Mutant:
    """One mutant.

    Attributes:
        what: what was done, in words.
        touched: nodes of the original that it lacks; edges that it lacks, by their ends.
    """

    kind: MutantKind
    what: str
    spec: Spec
    touched: tuple[Node, ...] = ()


class Mutator:
    """Makes mutants of one spec, sound as it is, in a random order."""

    def __init__(
        self,
        spec: Spec,
        circuit: Circuit,
        alive: Iterable[Node],
        tasks: Sequence[str],
        rng: np.random.Generator,
    ) -> None:
        """
        Args:
            circuit: what `spec` compiled to.
            alive: nodes of the model that are not constant on the task.
            tasks: other tasks that can be put to the model.
        """
        self._spec = spec
        self._circuit = circuit
        self._groups = {group.name: group.nodes for group in circuit.groups}
        self._tasks = tasks
        self._rng = rng
        self._spare: dict[object, list[Node]] = {}
        own = set(circuit.nodes)
        for node in sorted(alive, key=lambda node: node.order):
            if node not in own:
                self._spare.setdefault(node.place, []).append(node)

    def mutants(self, least: int) -> list[Mutant]:
        """Some of each kind, no two alike; at least `least` if there are so many."""
        makers: dict[MutantKind, Iterator[Mutant]] = {
            "node left out": self._left_out(),
            "node exchanged": self._exchanged(redrawn=False),
            "node exchanged, weights redrawn": self._exchanged(redrawn=True),
            "sign turned round": self._turned(),
            "edge left out": self._edge_left_out(),
            "edge moved": self._moved(),
            "names exchanged, edges stay": self._names(follow=False),
            "names exchanged, edges follow": self._names(follow=True),
            "another task": self._other_task(),
        }
        found: dict[Spec, Mutant] = {}

        def take(maker: Iterator[Mutant], count: int) -> None:
            before = len(found)
            for mutant in maker:
                found.setdefault(mutant.spec, mutant)
                if len(found) - before >= count:
                    return

        for kind, maker in makers.items():
            take(maker, _WANTED[kind])
        take(makers["node exchanged, weights redrawn"], max(0, least - len(found)))
        return list(found.values())

    def _left_out(self) -> Iterator[Mutant]:
        for name, node in self._shuffled(
            (name, node) for name, nodes in self._groups.items() for node in nodes
        ):
            rest = tuple(other for other in self._groups[name] if other != node)
            if rest or len(self._groups) > 1:
                yield Mutant("node left out", f"{name}: {node}", self._with(name, rest), (node,))

    def _exchanged(self, *, redrawn: bool) -> Iterator[Mutant]:
        """Endless, if there is any: there are more than one can count."""
        names = list(self._groups)
        misses = 0
        while misses < 100:
            name = names[int(self._rng.integers(len(names)))]
            nodes = self._groups[name]
            node = nodes[int(self._rng.integers(len(nodes)))]
            # A channel that is written and read keeps being one.
            alike = [n for n in nodes if n.index == node.index] if _in_stream(node) else [node]
            choices = [[other.index for other in self._spare.get(n.place, ())] for n in alike]
            common = sorted(set.intersection(*map(set, choices)))
            if not common:
                misses += 1
                continue
            index = common[int(self._rng.integers(len(common)))]
            new = tuple(Node(n.place, index) if n in alike else n for n in nodes)
            what = f"{name}: {', '.join(map(str, alike))} becomes [{index}]"
            if redrawn:
                spec = self._redrawn(self._with(name, new), name, new)
                yield Mutant("node exchanged, weights redrawn", what, spec, tuple(alike))
            else:
                spec = _declared(self._spec, name, new)
                yield Mutant("node exchanged", what, spec, tuple(alike))

    def _turned(self) -> Iterator[Mutant]:
        for number in self._shuffled(n for n, e in enumerate(self._spec.edges) if e.sign):
            edge = self._spec.edges[number]
            other = edge.model_copy(update={"sign": "-" if edge.sign == "+" else "+"})
            yield Mutant("sign turned round", _arrow(edge), self._edges(number, other))

    def _edge_left_out(self) -> Iterator[Mutant]:
        # With no edge at all, every weight would count as listed.
        if len(self._spec.edges) > 1:
            for number in self._shuffled(range(len(self._spec.edges))):
                yield Mutant("edge left out", _arrow(self._spec.edges[number]), self._edges(number))

    def _moved(self) -> Iterator[Mutant]:
        """One end of an edge goes to another name, between nonzero weights that are not listed."""
        listed = {(e.source.name, e.target.name) for e in self._spec.edges}
        names = list(self._groups)
        moves = [
            (number, other)
            for number, edge in enumerate(self._spec.edges)
            for name in names
            for other in (_edge(name, edge.target.name), _edge(edge.source.name, name))
            if (other.source.name, other.target.name) not in listed
        ]
        for number, other in self._shuffled(moves):
            weights = self._weights(other, self._groups)
            if not weights:
                continue
            edge = self._spec.edges[number]
            signed = other.model_copy(update={"sign": _common_sign(weights)})
            what = f"{_arrow(edge)} becomes {_arrow(other)}"
            yield Mutant("edge moved", what, self._edges(number, signed))

    def _names(self, *, follow: bool) -> Iterator[Mutant]:
        """Two names change places. If edges follow, it is claims and descriptions that do not."""
        kind: MutantKind = (
            "names exchanged, edges follow" if follow else "names exchanged, edges stay"
        )
        for one, other in self._shuffled(permutations(self._groups, 2)):
            if one > other:
                continue
            spec = self._spec
            spec = _declared(spec, one, self._groups[other])
            spec = _declared(spec, other, self._groups[one])
            if follow:
                ends = {one: other, other: one}
                edges = tuple(_renamed(edge, ends) for edge in spec.edges)
                spec = spec.model_copy(update={"edges": edges})
            yield Mutant(kind, f"{one} and {other}", spec)

    def _other_task(self) -> Iterator[Mutant]:
        for task in self._shuffled(self._tasks):
            yield Mutant("another task", task, self._spec.model_copy(update={"task": task}))

    def _with(self, name: str, nodes: tuple[Node, ...]) -> Spec:
        """The spec with other nodes under a name, without arrows that stand for nothing then."""
        groups = {**self._groups, name: nodes}
        edges = tuple(edge for edge in self._spec.edges if self._weights(edge, groups))
        if self._spec.edges and not edges:
            edges = self._spec.edges[:1]  # it stands for nothing, and `check` says so
        spec = self._spec.model_copy(update={"edges": edges})
        return _declared(spec, name, nodes) if nodes else _undeclared(spec, name)

    def _redrawn(self, spec: Spec, name: str, nodes: tuple[Node, ...]) -> Spec:
        """The spec with every weight between the nodes of a name and others drawn."""
        if not self._spec.edges:
            return spec
        groups = {**self._groups, name: nodes}
        edges = {(e.source.name, e.target.name): e for e in spec.edges}
        for other in groups:
            for arrow in (_edge(name, other), _edge(other, name)):
                weights = self._weights(arrow, groups)
                if weights:
                    ends = arrow.source.name, arrow.target.name
                    sign = _common_sign(weights)
                    edges[ends] = edges.get(ends, arrow).model_copy(update={"sign": sign})
        return spec.model_copy(update={"edges": tuple(edges.values())})

    def _weights(self, edge: EdgeDecl, groups: Mapping[str, tuple[Node, ...]]) -> list[float]:
        """The nonzero weights that an arrow stands for."""
        found: list[float] = []
        for target in _end(edge.target, groups):
            for source in _end(edge.source, groups):
                if target.place.source == source.place:
                    found.append(
                        float(self._circuit.model.matrix(target.place)[target.index, source.index])
                    )
        return [weight for weight in found if weight != 0.0]

    def _edges(self, number: int, *instead: EdgeDecl) -> Spec:
        edges = self._spec.edges
        return self._spec.model_copy(
            update={"edges": (*edges[:number], *instead, *edges[number + 1 :])}
        )

    def _shuffled(self, items: Iterable[T]) -> list[T]:
        found = list(items)
        return [found[int(index)] for index in self._rng.permutation(len(found))]


def named_nodes(claim: Claim, groups: Mapping[str, tuple[Node, ...]]) -> tuple[object, ...]:
    """What a claim says, with the nodes that its names stand for in their place."""
    said = claim.model_dump(exclude={"span", "node", "nodes"}, mode="json")
    names = nodes_of(claim)
    rest = getattr(claim, "nodes", ())
    return (
        sorted(said.items(), key=lambda item: item[0]),
        [sorted(map(str, groups[name])) for name in names],
        len(rest) - len(names) if rest else 0,
    )


def _declared(spec: Spec, name: str, nodes: Sequence[Node]) -> Spec:
    """The spec with a name for other nodes, one by one."""
    selections = tuple(
        Selection(
            place=PlaceRef(layer=node.place.layer, part=node.place.part),
            indices=(IndexRange(first=node.index, last=node.index),),
        )
        for node in nodes
    )
    # What was a pair of a query and a key is none any more, and has no halves to name.
    edges = tuple(
        edge.model_copy(
            update={
                "source": _whole(edge.source, name),
                "target": _whole(edge.target, name),
            }
        )
        for edge in spec.edges
    )
    declarations = tuple(
        node.model_copy(update={"selections": selections}) if node.name == name else node
        for node in spec.nodes
    )
    return spec.model_copy(update={"nodes": declarations, "edges": edges})


def _undeclared(spec: Spec, name: str) -> Spec:
    """The spec without a name, and without the claims that have no other."""
    claims: list[Claim] = []
    for claim in spec.claims:
        names = nodes_of(claim)
        if name not in names:
            claims.append(claim)
        elif len(names) > 1:
            rest = tuple(other for other in names if other != name)
            claims.append(claim.model_copy(update={"nodes": rest}))
    nodes = tuple(node for node in spec.nodes if node.name != name)
    return spec.model_copy(update={"nodes": nodes, "claims": tuple(claims)})


def _whole(ref: NodeRef, name: str) -> NodeRef:
    return NodeRef(name=name) if ref.name == name else ref


def _end(ref: NodeRef, groups: Mapping[str, tuple[Node, ...]]) -> list[Node]:
    nodes = groups[ref.name]
    if ref.part is None:
        return list(nodes)
    return [node for node in nodes if node.place.part == f"attn.{ref.part}"]


def _edge(source: str, target: str) -> EdgeDecl:
    return EdgeDecl(source=NodeRef(name=source), target=NodeRef(name=target))


def _renamed(edge: EdgeDecl, names: Mapping[str, str]) -> EdgeDecl:
    source, target = (
        ref.model_copy(update={"name": names.get(ref.name, ref.name)})
        for ref in (edge.source, edge.target)
    )
    return edge.model_copy(update={"source": source, "target": target})


def _arrow(edge: EdgeDecl) -> str:
    return f"{edge.source} -> {edge.target}"


def _common_sign(weights: Sequence[float]) -> Literal["+", "-"] | None:
    if all(weight > 0 for weight in weights):
        return "+"
    return "-" if all(weight < 0 for weight in weights) else None


def _in_stream(node: Node) -> bool:
    return node.place.part in ("attn.in", "attn.out", "mlp.in", "mlp.out")
