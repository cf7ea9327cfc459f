"""`Spec` to `Document`: one statement for each thing that it says, in groups by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from circuitspec.document.claim_statements import claim_statement
from circuitspec.document.document import CircuitBlock, Document
from circuitspec.document.parts import Channels, Elements, channels
from circuitspec.document.statements import (
    AblateStatement,
    AlsoStatement,
    CalibrateStatement,
    EdgeStatement,
    LevelStatement,
    ModelStatement,
    NodeStatement,
    OutsideStatement,
    ReportStatement,
    ScopeStatement,
    Statement,
    StatementOrLine,
    Target,
    TaskStatement,
)
from circuitspec.document.values import spelt_percent
from circuitspec.language.claims import Claim, Predicts
from circuitspec.language.spec import (
    CALIBRATION_NAMES,
    DEFAULT_LEVEL,
    DEFAULT_SCOPE,
    AnySelection,
    ChannelPath,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    QkPair,
    Selection,
    Spec,
    SpecFile,
)


def spec_to_document(file: SpecFile | Spec) -> Document:
    """A document that says what a spec, or each spec of a file, says; defaults are left out."""
    circuits = (file,) if isinstance(file, Spec) else file.circuits
    return Document(circuitspec=1, circuits=tuple(map(_circuit, circuits)))


def _circuit(spec: Spec) -> CircuitBlock:
    groups: list[Iterable[Statement]] = [
        _settings(spec),
        map(_node, spec.nodes),
        map(_outside, spec.outside),
        _edges(spec.edges),
        *([*map(claim_statement, run)] for _, run in groupby(spec.claims, _is_prediction)),
    ]
    statements: list[StatementOrLine] = []
    for group in groups:
        statements += ("", *group)
    return CircuitBlock(
        circuit=spec.name, description=spec.description or None, statements=tuple(statements)
    )


def _is_prediction(claim: Claim) -> bool:
    return isinstance(claim, Predicts)


def _settings(spec: Spec) -> Iterator[Statement]:
    yield ModelStatement(model=spec.model)
    yield TaskStatement(task=spec.task)
    yield AblateStatement(ablate=spec.ablation.kind, over=spec.ablation.over)
    if spec.scope != DEFAULT_SCOPE:
        yield ScopeStatement(scope=spec.scope)
    if spec.calibration is not None:
        yield CalibrateStatement(calibrate=CALIBRATION_NAMES[: 1 + spec.calibration.shift])
    if spec.level != DEFAULT_LEVEL or spec.unit != "pairs":
        over = None if spec.unit == "pairs" else spec.unit
        yield LevelStatement(level=spelt_percent(spec.level), over=over)
    if spec.also:
        yield AlsoStatement(also=spec.also)
    if spec.report:
        yield ReportStatement(report=spec.report)


def _node(node: NodeDecl) -> NodeStatement:
    return NodeStatement(
        node=node.name,
        selections=tuple(map(_selection, node.selections)),
        description=node.description or None,
    )


def _outside(node: NodeDecl) -> OutsideStatement:
    return OutsideStatement(
        outside=node.name,
        selections=tuple(map(_selection, node.selections)),
        description=node.description or None,
    )


def _selection(selection: AnySelection) -> Elements | Channels:
    match selection:
        case Selection(head=None):
            return Elements(place=str(selection.place), indices=_indices(selection.indices))
        case Selection():
            part = selection.place.part.removeprefix("attn.")
            place = f"L{selection.place.layer}.h{selection.head}.{part}"
            return Elements(place=place, indices=_indices(selection.indices))
        case QkPair():
            head = "attn" if selection.head is None else f"h{selection.head}"
            place = f"L{selection.layer}.{head}.qk"
            return Elements(place=place, indices=_indices(selection.indices))
        case ChannelPath():
            return channels(
                _indices(selection.indices),
                tuple(map(str, selection.writes)),
                tuple(map(str, selection.reads)),
            )


def _indices(ranges: Sequence[IndexRange]) -> tuple[tuple[int, int], ...]:
    return tuple((part.first, part.last) for part in ranges)


def _edges(edges: Sequence[EdgeDecl]) -> Iterator[EdgeStatement]:
    # Only neighbours are gathered, since the order of edges is part of what the file says.
    for source, group in groupby(edges, key=lambda edge: edge.source):
        yield EdgeStatement(edge=(str(source),), to=tuple(map(_target, group)))


def _target(edge: EdgeDecl) -> Target | str:
    return str(edge.target) if edge.sign is None else Target(node=str(edge.target), sign=edge.sign)
