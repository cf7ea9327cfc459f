"""From the places that a spec names to nodes of a given model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.language.spec import ChannelPath, IndexRange, NodeDecl, PlaceRef, QkPair, Selection
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place


@dataclass(frozen=True)
class _Listing:
    """Where a node was named: in which declaration, and by which of its selections."""

    name: str
    span: Span | None


@dataclass
class NodeSelector:
    """Turns declarations into nodes one after the other, and collects what is wrong with them.

    Attributes:
        incomplete: the names in whose declaration something is wrong.
    """

    config: ModelConfig
    diagnostics: list[Diagnostic] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    _first: dict[Node, _Listing] = field(default_factory=dict)

    def select(self, declaration: NodeDecl) -> NamedNodes:
        """The nodes of one declaration, in forward order; those that do not exist are left out."""
        nodes: list[Node] = []
        mistakes = len(self.diagnostics)
        for selection in declaration.selections:
            found = [
                Node(place, index)
                for place, stretches in self._expand(selection)
                for stretch in stretches
                for index in stretch
            ]
            nodes.extend(self._new(found, _Listing(declaration.name, selection.span)))
        if len(self.diagnostics) > mistakes:
            self.incomplete.add(declaration.name)
        nodes.sort(key=lambda node: node.order)
        return NamedNodes(declaration.name, tuple(nodes), declaration.description)

    def _expand(
        self, selection: Selection | QkPair | ChannelPath
    ) -> Iterator[tuple[Place, tuple[range, ...]]]:
        """Existing places with flat index ranges inside them; the rest becomes diagnostics."""
        match selection:
            case Selection(place=place):
                yield from self._checked(
                    (place,), selection.indices, selection.head, selection.span
                )
            case QkPair():
                yield from self._checked(
                    selection.places(), selection.indices, selection.head, selection.span
                )
            case ChannelPath():
                places = (*selection.write_places(), *selection.read_places())
                yield from self._checked(places, selection.indices, None, selection.span)

    def _checked(
        self,
        refs: tuple[PlaceRef, ...],
        indices: tuple[IndexRange, ...],
        head: int | None,
        span: Span | None,
    ) -> Iterator[tuple[Place, tuple[range, ...]]]:
        config = self.config
        for ref in refs:
            if ref.layer is not None and ref.layer >= config.n_layer:
                self._report(
                    Code.LAYER_OUT_OF_RANGE,
                    f"the model has no layer {ref.layer}",
                    span,
                    f"its layers are {_extent(config.n_layer, 'L')}",
                )
                return
            place = Place(ref.layer, ref.part)
            if head is not None and head >= config.n_head:
                self._report(
                    Code.HEAD_OUT_OF_RANGE,
                    f"layer {ref.layer} has no head {head}",
                    span,
                    f"its heads are {_extent(config.n_head, 'h')}",
                )
                return
            width = config.width(place) if head is None else config.d_head
            beyond = next((r for r in indices if r.last >= width), None)
            if beyond is not None:
                inside = f"head {head} of {place}" if head is not None else str(place)
                self._report(
                    Code.INDEX_OUT_OF_RANGE,
                    f"{inside} has no element {beyond.last}",
                    span,
                    f"its elements are {_extent(width, '')}",
                )
                return
            offset = 0 if head is None else head * config.d_head
            yield place, tuple(range(r.first + offset, r.last + offset + 1) for r in indices)

    def _new(self, nodes: list[Node], listing: _Listing) -> list[Node]:
        """Those of `nodes` that no earlier selection has; the others become diagnostics, one for
        each earlier selection, however many nodes they share."""
        repeated: dict[_Listing, list[Node]] = {}
        for node in nodes:
            if node in self._first:
                repeated.setdefault(self._first[node], []).append(node)
        for first, shared in repeated.items():
            self._report_repeated(shared, first, listing)
        new = [node for node in nodes if node not in self._first]
        self._first.update(dict.fromkeys(new, listing))
        return new

    def _report_repeated(self, shared: list[Node], first: _Listing, again: _Listing) -> None:
        label = f"first listed as {first.name}"
        self.diagnostics.append(
            Diagnostic(
                code=Code.NODE_LISTED_TWICE,
                message=f"{shared[0]} is listed twice"
                if len(shared) == 1
                else f"{shared[0]} and {len(shared) - 1} more nodes are listed twice",
                span=again.span,
                label=f"again as {again.name}",
                secondary=() if first.span is None else ((first.span, label),),
                help="a node belongs to one name; leave one of the two out",
            )
        )

    def _report(self, code: Code, message: str, span: Span | None, help_: str) -> None:
        self.diagnostics.append(Diagnostic(code=code, message=message, span=span, help=help_))


def _extent(count: int, prefix: str) -> str:
    return f"{prefix}0" if count == 1 else f"{prefix}0 to {prefix}{count - 1}"
