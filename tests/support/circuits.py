"""Circuits of small models from the lines of a spec."""

from __future__ import annotations

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import Compiled, compile_spec
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language.load import parse_text
from circuitspec.model.folder import Model

_FRAME = """\
circuitspec 1

circuit small {{
  model small
  task any
{lines}
}}
"""


def spec_text(lines: str, *, ablate: str = "mean over pretraining") -> str:
    """A spec with these statements; what every spec must have is added."""
    return _FRAME.format(lines=f"  ablate {ablate}\n{lines}")


def compile_lines(model: Model, lines: str, *, ablate: str = "mean over pretraining") -> Compiled:
    """What becomes of these statements in `model`."""
    (spec,) = parse_text(spec_text(lines, ablate=ablate)).unwrap().circuits
    return compile_spec(spec, model)


def circuit_of(model: Model, lines: str, *, ablate: str = "mean over pretraining") -> Circuit:
    """The circuit that these statements make in `model`; they must be right."""
    compiled = compile_lines(model, lines, ablate=ablate)
    assert compiled.diagnostics == ()
    assert compiled.circuit is not None
    return compiled.circuit


def mistakes(model: Model, lines: str) -> list[Diagnostic]:
    """The diagnostics of statements that are wrong in `model`."""
    compiled = compile_lines(model, lines)
    assert compiled.circuit is None
    return list(compiled.diagnostics)


def marked(diagnostic: Diagnostic, lines: str) -> str:
    """The piece of the statements that a diagnostic points at."""
    assert diagnostic.span is not None
    return spec_text(lines)[diagnostic.span.start : diagnostic.span.end]
