"""Node and outside statements: names, what they select, and whether the scope allows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.language import syntax
from circuitspec.language.resolve_channels import resolve_channel
from circuitspec.language.resolve_names import check_names
from circuitspec.language.resolve_places import resolve_place
from circuitspec.language.resolve_settings import Settings
from circuitspec.language.selections import places_of
from circuitspec.language.spec import (
    SCOPE_NAMES,
    AnySelection,
    NodeDecl,
    scope_of,
)
from circuitspec.language.words import RESERVED


@dataclass(frozen=True)
class DeclaredNode:
    """A name that claims may use, and edges if it is in the circuit.

    Attributes:
        name_span: where it is declared.
        node: what it stands for; `None` if its declaration is wrong, which is reported there.
        outside: whether it is declared as outside of the circuit.
    """

    name_span: Span
    node: NodeDecl | None
    outside: bool


def resolve_nodes(
    statements: Sequence[syntax.Node], settings: Settings, problems: list[Diagnostic]
) -> Mapping[str, DeclaredNode]:
    """The nodes of a circuit and those outside by name; of two with one name, the first.

    The scope says what is ablated where it is not in the circuit, so that it holds the nodes of
    the circuit; what is said to be outside may lie anywhere.
    """
    problems.extend(check_names((node.name for node in statements), "node", Code.DUPLICATE_NODE))
    declared: dict[str, DeclaredNode] = {}
    selected: list[AnySelection] = []
    for statement in statements:
        selections = [_resolve_selection(written, problems) for written in statement.selections]
        valid = [selection for selection in selections if selection is not None]
        outside = isinstance(statement, syntax.Outside)
        selected.extend(() if outside else valid)
        whole = len(valid) == len(selections) and statement.name.text not in RESERVED
        node = _node(statement, valid) if whole else None
        known = DeclaredNode(statement.name.span, node, outside)
        declared.setdefault(statement.name.text, known)
    problems.extend(_check_scope(selected, settings))
    return declared


def _resolve_selection(
    written: syntax.Place | syntax.Channel, problems: list[Diagnostic]
) -> AnySelection | None:
    if isinstance(written, syntax.Channel):
        return resolve_channel(written, problems)
    return resolve_place(written, problems)


def _node(statement: syntax.Node, selections: Sequence[AnySelection]) -> NodeDecl:
    return NodeDecl(
        name=statement.name.text,
        selections=tuple(selections),
        description="" if statement.description is None else statement.description.text,
        name_span=statement.name.span,
        span=statement.span,
    )


def _check_scope(selected: Sequence[AnySelection], settings: Settings) -> Iterator[Diagnostic]:
    scope = settings.scope
    if scope is None:
        return
    outside = [
        (place, span)
        for selection in selected
        for place, span in places_of(selection)
        if scope_of(place) not in scope
    ]
    # The advice is one scope that holds them all, so that following it once is enough.
    needed = {scope_of(place) for place, _ in outside}
    wider = ", ".join(name for name in SCOPE_NAMES if name in scope or name in needed)
    stated = settings.scope_span
    for place, span in outside:
        yield Diagnostic(
            code=Code.OUT_OF_SCOPE,
            message=f"`{place}` is outside of the circuit's scope",
            span=span,
            label=f"needs `{scope_of(place)}` in the scope",
            secondary=() if stated is None else ((stated, "the scope leaves it out"),),
            help=f"{'add the line' if stated is None else 'change it to'} `scope {wider}`",
            notes=("without a scope statement, the scope is `layers`",) if stated is None else (),
        )
