"""Syntax tree to `Spec`: names are looked up, and whatever can be wrong without a model is found.

Every problem of a file is collected, not only the first. A part that is wrong is left out of what
is built, but the names it declares stay known, so that one mistake does not cause a second message
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic, has_errors, in_order
from circuitspec.diagnostics.source import Source, Span
from circuitspec.language import syntax
from circuitspec.language.resolve_alternatives import unused_ablations
from circuitspec.language.resolve_claims import resolve_claims
from circuitspec.language.resolve_edges import resolve_edges
from circuitspec.language.resolve_names import check_names
from circuitspec.language.resolve_nodes import resolve_nodes
from circuitspec.language.resolve_settings import Settings, resolve_settings
from circuitspec.language.spec import (
    SCOPE_NAMES,
    Ablation,
    Claim,
    EdgeDecl,
    NodeDecl,
    Spec,
    SpecFile,
)
from circuitspec.language.words import RESERVED

_STAND_IN = "unknown"


@dataclass(frozen=True)
class Resolved:
    """What a syntax tree means.

    Attributes:
        file: the circuits; None if there is an error.
        sketches: if there is, what is right of every circuit that names a node: enough to look
            its parts up in a model, not to claim anything of it.
        problems: in the order of the text.
    """

    file: SpecFile | None
    sketches: tuple[Spec, ...]
    problems: list[Diagnostic]


def resolve(file: syntax.File, source: Source) -> Resolved:
    """The circuits of a file, and all problems, not only the first."""
    names = [circuit.name for circuit in file.circuits]
    problems = list(check_names(names, "circuit", Code.DUPLICATE_CIRCUIT))
    if not file.circuits:
        problems.append(_no_circuits(file.header))
    read = [_Reading.of(circuit, source) for circuit in file.circuits]
    problems += [problem for reading in read for problem in reading.problems]
    if has_errors(problems):
        sketches = (reading.sketch() for reading in read)
        found = tuple(sketch for sketch in sketches if sketch is not None)
        return Resolved(None, found, in_order(problems))
    return Resolved(SpecFile(circuits=tuple(r.spec() for r in read)), (), in_order(problems))


@dataclass(frozen=True)
class _Reading:
    """One circuit with its names looked up; what is wrong with it is left out of it."""

    circuit: syntax.Circuit
    source: Source
    settings: Settings
    nodes: tuple[NodeDecl, ...]
    outside: tuple[NodeDecl, ...]
    edges: tuple[EdgeDecl, ...]
    claims: tuple[Claim, ...]
    problems: list[Diagnostic]

    @classmethod
    def of(cls, circuit: syntax.Circuit, source: Source) -> _Reading:
        problems: list[Diagnostic] = []
        statements = circuit.statements
        named = [s for s in statements if isinstance(s, syntax.Node)]
        settings = resolve_settings(circuit, problems)
        declared = resolve_nodes(named, settings, problems)
        edge_statements = [s for s in statements if isinstance(s, syntax.Edge)]
        edges = resolve_edges(edge_statements, declared, problems)
        stated = [s for s in statements if isinstance(s, syntax.Expect | syntax.Predict)]
        claims = resolve_claims(stated, declared, bool(edge_statements), problems)
        if all(isinstance(statement, syntax.Outside) for statement in named):
            problems.append(_empty_circuit(circuit.name))
        if not stated:
            problems.append(_no_claims(circuit.name))
        else:
            problems.extend(unused_ablations(circuit, stated))
        nodes, outside = (
            tuple(
                known.node
                for known in declared.values()
                if known.node is not None and known.outside == is_outside
            )
            for is_outside in (False, True)
        )
        return cls(circuit, source, settings, nodes, outside, edges, claims, problems)

    def spec(self) -> Spec:
        """The circuit, in which there is no error."""
        circuit, settings = self.circuit, self.settings
        # So nothing that was needed is missing; this only tells the type checker.
        assert settings.model is not None
        assert settings.task is not None
        assert settings.ablation is not None
        assert settings.scope is not None
        return Spec(
            name=circuit.name.text,
            description="" if circuit.description is None else circuit.description.text,
            model=settings.model.text,
            task=settings.task.text,
            ablation=settings.ablation,
            scope=settings.scope,
            calibration=settings.calibration,
            level=settings.level,
            unit=settings.unit,
            nodes=self.nodes,
            outside=self.outside,
            edges=self.edges,
            also=settings.also,
            report=settings.report,
            claims=self.claims,
            model_span=settings.model.span,
            task_span=settings.task.span,
            also_span=_span_of(circuit, syntax.Also),
            report_span=_span_of(circuit, syntax.Report),
            name_span=circuit.name.span,
            span=circuit.span,
            source=self.source,
        )

    def sketch(self) -> Spec | None:
        """What is right of the circuit, if that is any node; stand-ins have no span."""
        names = {node.name for node in self.nodes} - RESERVED
        if not names:
            return None
        model, task = self.settings.model, self.settings.task
        return Spec(
            name=_STAND_IN,
            model=_STAND_IN if model is None or not model.text else model.text,
            task=_STAND_IN if task is None or not task.text else task.text,
            ablation=Ablation(kind="zero"),
            scope=SCOPE_NAMES,
            nodes=tuple(node for node in self.nodes if node.name in names),
            outside=tuple(node for node in self.outside if node.name not in RESERVED),
            edges=tuple(e for e in self.edges if {e.source.name, e.target.name} <= names),
            model_span=None if model is None else model.span,
            task_span=None if task is None else task.span,
            source=self.source,
        )


def _span_of(circuit: syntax.Circuit, kind: type[syntax.Syntax]) -> Span | None:
    """Where the first statement of a kind stands."""
    return next((stated.span for stated in circuit.statements if isinstance(stated, kind)), None)


def _no_circuits(header: syntax.Header) -> Diagnostic:
    return Diagnostic(
        code=Code.NO_CIRCUITS,
        message="the file describes no circuit",
        span=header.span,
        label="nothing follows this line",
        help="add one: `circuit NAME { ... }`",
    )


def _empty_circuit(name: syntax.Word) -> Diagnostic:
    return Diagnostic(
        code=Code.EMPTY_CIRCUIT,
        message=f"circuit `{name.text}` has no node",
        span=name.span,
        label="nothing is in this circuit",
        help="add a line such as `node detector = L0.mlp.neuron[863]`",
    )


def _no_claims(name: syntax.Word) -> Diagnostic:
    return Diagnostic(
        code=Code.NO_CLAIMS,
        message=f"circuit `{name.text}` claims nothing",
        severity="warning",
        span=name.span,
        label="there is nothing to verify",
        help="add a line such as `expect sufficient: loss <= 0.15`",
    )
