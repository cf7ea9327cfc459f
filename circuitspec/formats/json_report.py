"""The outcome as JSON, schema 1; `JsonReport.model_json_schema()` is its JSON Schema.

Programs may rely on every field below: a change that would break one gets a new `schema`, and
new fields may be added at any time.
"""

from __future__ import annotations

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from circuitspec.diagnostics.diagnostic import Severity
from circuitspec.diagnostics.source import Span
from circuitspec.formats.outcome import CircuitOutcome, Command, FileOutcome, Finding, Outcome
from circuitspec.report.certificate import Certificate
from circuitspec.report.report import Verdict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JsonSpan(_Part):
    """A half-open stretch of a text.

    Attributes:
        start, end: offsets in characters, from 0.
        line, column, end_line, end_column: the same, counted from 1.
    """

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


class JsonLabel(_Part):
    """Another place that explains a diagnostic."""

    span: JsonSpan
    label: str


class JsonDiagnostic(_Part):
    """One mistake, or one claim that is not confirmed.

    Attributes:
        code: what `circuitspec explain` explains.
        circuit, claim: the names of the claim that is not confirmed and of its circuit; null
            where the diagnostic is about the file.
        span: null where the file as a whole is meant.
    """

    code: str
    severity: Severity
    message: str
    file: str
    circuit: str | None
    claim: str | None
    span: JsonSpan | None
    label: str
    secondary: tuple[JsonLabel, ...]
    help: str | None
    notes: tuple[str, ...]


class JsonFile(_Part):
    """One file.

    Attributes:
        name: the path as it was given.
        sound: whether no diagnostic of the file itself is an error.
    """

    name: str
    sound: bool


class JsonCircuit(_Part):
    """One circuit.

    Attributes:
        nodes: how many it has in its model; null where that could not be told.
        edges: likewise; null also where the spec lists none.
        claims: how many it makes.
        verdict: the worst of its claims'; null where none was judged.
        written: paths of the files that were made of it.
    """

    file: str
    name: str
    nodes: int | None
    edges: int | None
    claims: int
    verdict: Verdict | None
    written: tuple[str, ...]


class JsonReport(_Part):
    """A whole run.

    Attributes:
        certificates: of the circuits whose claims were judged, in the order of `circuits`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    command: Command
    files: tuple[JsonFile, ...]
    diagnostics: tuple[JsonDiagnostic, ...]
    circuits: tuple[JsonCircuit, ...]
    certificates: tuple[Certificate, ...]


def render(outcome: Outcome) -> str:
    """The run as one JSON object, two spaces per level."""
    content = report(outcome).model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def report(outcome: Outcome) -> JsonReport:
    """The run as values."""
    certificates = (circuit.certificate for circuit in outcome.circuits)
    return JsonReport(
        command=outcome.command,
        files=tuple(JsonFile(name=file.name, sound=file.sound) for file in outcome.files),
        diagnostics=tuple(_diagnostic(found) for found in outcome.findings()),
        circuits=tuple(
            _circuit(circuit, file) for file in outcome.files for circuit in file.circuits
        ),
        certificates=tuple(found for found in certificates if found is not None),
    )


def _diagnostic(found: Finding) -> JsonDiagnostic:
    diagnostic = found.diagnostic
    return JsonDiagnostic(
        code=str(diagnostic.code),
        severity=diagnostic.severity,
        message=diagnostic.message,
        file=found.file.name,
        circuit=None if found.circuit is None else found.circuit.spec.name,
        claim=found.claim,
        span=None if diagnostic.span is None else _span(diagnostic.span),
        label=diagnostic.label,
        secondary=tuple(
            JsonLabel(span=_span(span), label=label) for span, label in diagnostic.secondary
        ),
        help=diagnostic.help,
        notes=diagnostic.notes,
    )


def _span(span: Span) -> JsonSpan:
    return JsonSpan.model_validate(span, from_attributes=True)


def _circuit(circuit: CircuitOutcome, file: FileOutcome) -> JsonCircuit:
    return JsonCircuit(
        file=file.name,
        name=circuit.spec.name,
        nodes=circuit.nodes,
        edges=circuit.edges,
        claims=len(circuit.spec.claims),
        verdict=None if circuit.certificate is None else circuit.certificate.verdict,
        written=circuit.written,
    )
