"""Syntax tree to `Spec`: names are looked up, and whatever can be wrong without a model is found.

Every problem of a file is collected, not only the first. A part that is wrong is left out of what
is built, but the names it declares stay known, so that one mistake does not cause a second message
elsewhere.
"""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic, has_errors, in_order
from circuitspec.diagnostics.source import Source
from circuitspec.language import syntax
from circuitspec.language.resolve_claims import resolve_claims
from circuitspec.language.resolve_edges import resolve_edges
from circuitspec.language.resolve_names import check_names
from circuitspec.language.resolve_nodes import resolve_nodes
from circuitspec.language.resolve_settings import resolve_settings
from circuitspec.language.spec import Spec, SpecFile
from circuitspec.language.words import RESERVED


def resolve(file: syntax.File, source: Source) -> tuple[SpecFile | None, list[Diagnostic]]:
    """The circuits of a file, unless there is an error, and all problems in order of the text."""
    names = [circuit.name for circuit in file.circuits]
    problems = list(check_names(names, "circuit", Code.DUPLICATE_CIRCUIT))
    if not file.circuits:
        problems.append(_no_circuits(file.header))
    specs: list[Spec] = []
    for circuit in file.circuits:
        found: list[Diagnostic] = []
        spec = _resolve_circuit(circuit, source, found)
        specs += [] if spec is None else [spec]
        problems += found
    if has_errors(problems):
        return None, in_order(problems)
    return SpecFile(circuits=tuple(specs)), in_order(problems)


def _resolve_circuit(
    circuit: syntax.Circuit, source: Source, problems: list[Diagnostic]
) -> Spec | None:
    """A circuit, unless there is an error; what is wrong is added to `problems`."""
    statements = circuit.statements
    nodes = [s for s in statements if isinstance(s, syntax.Node)]
    settings = resolve_settings(circuit, problems)
    declared = resolve_nodes(nodes, settings, problems)
    edge_statements = [s for s in statements if isinstance(s, syntax.Edge)]
    edges = resolve_edges(edge_statements, declared, problems)
    expects = [s for s in statements if isinstance(s, syntax.Expect)]
    claims = resolve_claims(expects, bool(edge_statements), problems)
    if not nodes:
        problems.append(_empty_circuit(circuit.name))
    if not expects:
        problems.append(_no_claims(circuit.name))
    # That a circuit's name is reserved was found with the names of the others.
    if has_errors(problems) or circuit.name.text in RESERVED:
        return None
    # Without an error, nothing that was needed is missing; this only tells the type checker so.
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
        level=settings.level,
        nodes=tuple(known.node for known in declared.values() if known.node is not None),
        edges=edges,
        claims=claims,
        model_span=settings.model.span,
        task_span=settings.task.span,
        name_span=circuit.name.span,
        span=circuit.span,
        source=source,
    )


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
