"""From the places that a spec names to nodes of a given model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import counted
from circuitspec.language.selections import HEAD_PARTS
from circuitspec.language.spec import (
    ChannelPath,
    IndexRange,
    NodeDecl,
    PlaceRef,
    QkPair,
    Selection,
    Sublayer,
)
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place


@dataclass(frozen=True)
class _Listing:
    """Where a node was named: in which declaration, and by which of its selections.

    Attributes:
        by_head: whether the selection counts channels inside a head.
        outside: whether the declaration is of nodes that are not in the circuit.
    """

    name: str
    span: Span | None
    by_head: bool
    outside: bool


@dataclass
class NodeSelector:
    """Turns declarations into nodes one after the other, and collects what is wrong with them.

    Attributes:
        model_span: where the spec names the model, if it is the spec that does.
        incomplete: the names in whose declaration something is wrong.
    """

    config: ModelConfig
    model_span: Span | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    incomplete: set[str] = field(default_factory=set)
    _first: dict[Node, _Listing] = field(default_factory=dict)

    def select(self, declaration: NodeDecl, *, outside: bool = False) -> NamedNodes:
        """The nodes of one declaration, in forward order; those that do not exist are left out.

        Args:
            outside: they are said not to be in the circuit.
        """
        nodes: list[Node] = []
        mistakes = len(self.diagnostics)
        for selection in declaration.selections:
            found = [
                Node(place, index)
                for place, stretches in self._expand(selection)
                for stretch in stretches
                for index in stretch
            ]
            by_head = not isinstance(selection, ChannelPath) and selection.head is not None
            listing = _Listing(declaration.name, selection.span, by_head, outside)
            nodes.extend(self._new(found, listing))
        if len(self.diagnostics) > mistakes:
            self.incomplete.add(declaration.name)
        nodes.sort(key=lambda node: node.order)
        return NamedNodes(declaration.name, tuple(nodes), declaration.description)

    def _expand(
        self, selection: Selection | QkPair | ChannelPath
    ) -> Iterator[tuple[Place, tuple[range, ...]]]:
        """Existing places with flat index ranges inside them; the rest becomes diagnostics."""
        head = None if isinstance(selection, ChannelPath) else selection.head
        refs = list(_places(selection))
        # The query and the key of a pair lie in one layer; it is looked at once.
        layers = dict.fromkeys((ref.layer, span) for ref, span in refs if ref.layer is not None)
        beyond = [layer for layer in layers if layer[0] >= self.config.n_layer]
        for layer, span in beyond:
            self._report_layer(layer, span)
        if beyond:
            return
        if head is not None and head >= self.config.n_head:
            assert not isinstance(selection, ChannelPath)
            self._report_head(selection, head)
            return
        places = [Place(ref.layer, ref.part) for ref, _ in refs]
        width = self.config.width(places[0]) if head is None else self.config.d_head
        too_large = [indices for indices in selection.indices if indices.last >= width]
        for indices in too_large:
            self._report_index(indices, places[0], head, width)
        if too_large:
            return
        offset = 0 if head is None else head * self.config.d_head
        stretches = tuple(range(r.first + offset, r.last + offset + 1) for r in selection.indices)
        for place in places:
            yield place, stretches

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

    def _report_layer(self, layer: int, span: Span | None) -> None:
        count = self.config.n_layer
        self._report(
            Code.LAYER_OUT_OF_RANGE,
            f"the model has no layer {layer}",
            span,
            f"the last one is `L{count - 1}`",
            has=counted(count, "layer"),
            help_=f"layers are counted from 0: choose {_extent(count, '`L{}`')}",
        )

    def _report_head(self, selection: Selection | QkPair, head: int) -> None:
        count = self.config.n_head
        layer = selection.layer if isinstance(selection, QkPair) else selection.place.layer
        self._report(
            Code.HEAD_OUT_OF_RANGE,
            f"layer {layer} has no head {head}",
            selection.head_span or selection.span,
            f"the last one is `h{count - 1}`",
            has=f"{counted(count, 'head')} in every layer",
            help_=f"heads are counted from 0: choose {_extent(count, '`h{}`')}",
        )

    def _report_index(
        self, indices: IndexRange, place: Place, head: int | None, width: int
    ) -> None:
        owner = f"`{place}`" if head is None else f"head {head} of `{place}`"
        flat = head is not None and indices.last // self.config.d_head == head
        self._report(
            Code.INDEX_OUT_OF_RANGE,
            f"{owner} has no element {indices.last}",
            indices.span,
            f"the last one is {width - 1}",
            has=f"{counted(width, 'element')} in {'a head' if head is not None else owner}",
            help_=f"did you mean the flat index, `{place}[{indices}]`?"
            if flat
            else f"elements are counted from 0: choose {_extent(width)}",
        )

    def _report_repeated(self, shared: list[Node], first: _Listing, again: _Listing) -> None:
        node = shared[0]
        notes = []
        if first.by_head != again.by_head and node.place.part in HEAD_PARTS:
            head, channel = divmod(node.index, self.config.d_head)
            by_head = f"L{node.place.layer}.h{head}.{node.place.part.removeprefix('attn.')}"
            notes.append(f"`{by_head}[{channel}]` and `{node}` are the same element")
        verb = "is" if len(shared) == 1 else f"and {len(shared) - 1} more are"
        both = again.outside and not first.outside
        what = "in the circuit and outside of it" if both else "listed twice"
        self.diagnostics.append(
            Diagnostic(
                code=Code.NODE_LISTED_TWICE,
                message=f"`{node}` {verb} {what}",
                span=again.span,
                label=f"outside as `{again.name}`" if both else f"again as `{again.name}`",
                secondary=()
                if first.span is None
                else ((first.span, f"first listed as `{first.name}`"),),
                help="an element belongs to one node: leave it out of the other",
                notes=tuple(notes),
            )
        )

    def _report(
        self, code: Code, message: str, span: Span | None, label: str, *, has: str, help_: str
    ) -> None:
        """Report something that the model does not have, and point at the model.

        Args:
            has: what it has instead.
        """
        self.diagnostics.append(
            Diagnostic(
                code=code,
                message=message,
                span=span,
                label=label,
                secondary=()
                if self.model_span is None
                else ((self.model_span, f"this model has {has}"),),
                help=help_,
            )
        )


def _places(
    selection: Selection | QkPair | ChannelPath,
) -> Iterator[tuple[PlaceRef, Span | None]]:
    """The places of a selection, each with where the author wrote its layer."""
    match selection:
        case Selection():
            yield selection.place, selection.layer_span or selection.span
        case QkPair():
            yield from ((ref, selection.layer_span or selection.span) for ref in selection.places())
        case ChannelPath():
            yield from ((end.written, _layer_of(end)) for end in selection.writes)
            yield from ((end.read, _layer_of(end)) for end in selection.reads)


def _layer_of(end: Sublayer) -> Span | None:
    """Where the `L10` of `L10.attn` stands."""
    if end.span is None:
        return None
    length = end.span.end - end.span.start
    return end.span.part(0, length - len(f".{end.block}"))


def _extent(count: int, form: str = "{}") -> str:
    first, last = form.format(0), form.format(count - 1)
    if count < 3:
        return first if count == 1 else f"{first} or {last}"
    return f"one from {first} to {last}"
