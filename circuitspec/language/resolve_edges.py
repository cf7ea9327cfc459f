"""Edge statements: chains and lists taken apart into one edge for each pair of ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import listed
from circuitspec.language import syntax
from circuitspec.language.resolve_names import MOST_SUGGESTIONS, unknown_node
from circuitspec.language.resolve_nodes import DeclaredNode
from circuitspec.language.selections import places_of
from circuitspec.language.spec import EdgeDecl, NodeDecl, NodeRef, QkPair

MOST_EDGES = 100_000
"""Lists multiply: a page of names on each side of an arrow is more edges than fit in memory."""

_MOST_UNUSED = 3

_PARTS = ("q", "k")
_PLACE = re.compile(r"L\d+\..+")


@dataclass(frozen=True)
class _Arrival:
    """The far end of a hop, with its sign and all that was written there.

    Attributes:
        first: whether it stands right after the arrow.
    """

    ref: NodeRef
    sign: Literal["+", "-"] | None
    span: Span
    first: bool

    @property
    def sign_span(self) -> Span | None:
        """Where the sign stands, which is the last character."""
        if self.sign is None:
            return None
        end = self.span
        return replace(end, start=end.end - 1, line=end.end_line, column=end.end_column - 1)


def resolve_edges(
    statements: Sequence[syntax.Edge],
    declared: Mapping[str, DeclaredNode],
    problems: list[Diagnostic],
) -> tuple[EdgeDecl, ...]:
    """The edges of a circuit, in order and each once; none may end outside of it."""
    edges: dict[tuple[NodeRef, NodeRef], EdgeDecl] = {}
    before = len(problems)
    room = MOST_EDGES
    for statement in statements:
        room -= _size(statement)
        if room < 0:
            problems.append(_too_many(statement))
            break
        for edge in _flatten(statement, declared, problems):
            earlier = edges.setdefault((edge.source, edge.target), edge)
            if earlier is not edge:
                problems.append(_repeated(earlier, edge))
    # Where an edge is wrong, a node may only seem to have none.
    if edges and len(problems) == before:
        problems.extend(_unused(declared, edges.values()))
    return tuple(edges.values())


def _size(statement: syntax.Edge) -> int:
    """How many edges a statement stands for."""
    groups = [len(statement.sources), *map(len, statement.hops)]
    return sum(left * right for left, right in pairwise(groups))


def _flatten(
    statement: syntax.Edge, declared: Mapping[str, DeclaredNode], problems: list[Diagnostic]
) -> list[EdgeDecl]:
    ends = (_end(word, declared, problems) for word in statement.sources)
    sources = [ref for ref in ends if ref is not None]
    before_arrow = statement.sources[-1]
    edges: list[EdgeDecl] = []
    for hop in statement.hops:
        arrivals = []
        for target in hop:
            ref = _end(target.path, declared, problems)
            if ref is not None:
                arrivals.append(_Arrival(ref, target.sign, target.span, target is hop[0]))
        for source in sources:
            for arrival in arrivals:
                assert source.span is not None
                adjacent = source.span == before_arrow.span and arrival.first
                edges.append(
                    EdgeDecl(
                        source=source,
                        target=arrival.ref,
                        sign=arrival.sign,
                        span=source.span.to(arrival.span) if adjacent else arrival.span,
                        sign_span=arrival.sign_span,
                    )
                )
        sources = [arrival.ref for arrival in arrivals]
        before_arrow = hop[-1].path
    return edges


def _end(
    word: syntax.Word, declared: Mapping[str, DeclaredNode], problems: list[Diagnostic]
) -> NodeRef | None:
    """The node, or half of a node, that an end of an edge names."""
    name, dot, part = word.text.partition(".")
    known = declared.get(name)
    if known is None:
        # Looking for near misses takes long among many names; past these, nobody reads on.
        among = declared if len(problems) < MOST_SUGGESTIONS else {}
        problems.append(_unknown_name(word, name, among))
        return None
    if known.outside:
        problems.append(_outside(word, name, known.name_span))
        return None
    if known.node is None:
        return None
    pairs = [s for s in known.node.selections if isinstance(s, QkPair)]
    if dot and (part not in _PARTS or not pairs):
        problems.append(_invalid_part(word, name, part, bool(pairs), known.name_span))
        return None
    half = cast("Literal['q', 'k']", part) if dot else None
    return NodeRef(name=name, part=half, span=word.span)


def _unknown_name(word: syntax.Word, name: str, declared: Mapping[str, DeclaredNode]) -> Diagnostic:
    if _PLACE.fullmatch(word.text):
        return Diagnostic(
            code=Code.UNKNOWN_NAME,
            message=f"`{word.text}` is a place, not a node",
            span=word.span,
            label="an edge joins nodes by their names",
            help=f"declare a node, as in `node a = {word.text}[3]`, and write `a` here",
        )
    spans = {node: known.name_span for node, known in declared.items() if not known.outside}
    return unknown_node(word.span.part(0, len(name)), name, spans)


def _outside(word: syntax.Word, name: str, declared_at: Span) -> Diagnostic:
    return Diagnostic(
        code=Code.UNKNOWN_NAME,
        message=f"`{name}` is outside of the circuit, and no edge begins or ends there",
        span=word.span.part(0, len(name)),
        label="not a node of this circuit",
        secondary=((declared_at, f"`{name}` is declared here"),),
        help="declare it with `node` to make it part of the circuit, or leave out the edge",
    )


def _invalid_part(
    word: syntax.Word, name: str, part: str, is_pair: bool, declared_at: Span
) -> Diagnostic:
    return Diagnostic(
        code=Code.INVALID_PART,
        message=f"node `{name}` has no part `{part}`",
        span=word.span.part(len(name) + 1, len(word.text)),
        label="expected `q` or `k`" if is_pair else f"`{name}` is not a qk pair",
        secondary=((declared_at, f"`{name}` is declared here"),),
        help=f"write `{name}.q` for the query or `{name}.k` for the key"
        if is_pair
        else f"write `{name}`; only a qk pair, such as `L10.h82.qk[1]`, has parts",
    )


def _too_many(statement: syntax.Edge) -> Diagnostic:
    return Diagnostic(
        code=Code.TOO_MANY_EDGES,
        message=f"the circuit has more than {MOST_EDGES:,} edges",
        span=statement.span.part(0, len("edge")),
        label=f"{_size(statement):,} of them here: every source joins every target",
        help="put elements that play the same part into one node",
    )


def _repeated(earlier: EdgeDecl, edge: EdgeDecl) -> Diagnostic:
    assert earlier.span is not None
    between = f"`{edge.source} -> {edge.target}`"
    if edge.sign is not None and earlier.sign is not None and edge.sign != earlier.sign:
        return Diagnostic(
            code=Code.CONTRADICTORY_SIGN,
            message=f"the edge {between} is said to be both `{earlier.sign}` and `{edge.sign}`",
            span=edge.sign_span,
            label=f"`{edge.sign}` here",
            secondary=((earlier.sign_span or earlier.span, f"`{earlier.sign}` here"),),
            help="keep the one that is meant; leave out the sign if the edge has weights of both",
        )
    return Diagnostic(
        code=Code.DUPLICATE_EDGE,
        message=f"the edge {between} is listed twice",
        span=edge.span,
        label="the second time",
        secondary=((earlier.span, "the first time"),),
        help="delete one of the two",
    )


def _unused(
    declared: Mapping[str, DeclaredNode], edges: Iterable[EdgeDecl]
) -> Iterator[Diagnostic]:
    """One warning for all nodes without edges: whoever has just begun to draw has many."""
    used = {ref.name for edge in edges for ref in (edge.source, edge.target)}
    alone = {
        name: known.name_span
        for name, known in declared.items()
        if name not in used
        and not known.outside
        and known.node is not None
        and _needs_edges(known.node)
    }
    if not alone:
        return
    first, *others = alone.values()
    shown = [f"`{name}`" for name in list(alone)[:_MOST_UNUSED]]
    if len(alone) > len(shown):
        shown.append(f"{len(alone) - len(shown)} more")
    yield Diagnostic(
        code=Code.UNUSED_NODE,
        message=f"no edge begins or ends at {listed(shown)}",
        severity="warning",
        span=first,
        label="joined to nothing",
        secondary=tuple((span, "nor is this") for span in others[: _MOST_UNUSED - 1]),
        help="draw the edges, or leave out what has none",
        notes=("where a circuit lists edges, all other weights count as taken away",),
    )


def _needs_edges(node: NodeDecl) -> bool:
    """Whether a node without edges does nothing.

    At the ends of the model no weight begins or ends. And what a block writes goes on into the
    residual stream: without an edge that ends at it, it is a constant, which may be needed.
    """
    places = (place for selection in node.selections for place, _ in places_of(selection))
    return any(place.part not in ("embed", "final", "attn.out", "mlp.out") for place in places)
