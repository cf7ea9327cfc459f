"""Bind a spec to the model and the task that it names, and compile it: all that needs no run."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.circuit.check import check_spec, folder_of
from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import build_circuit
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model
from circuitspec.model.shipped import load_model
from circuitspec.tasks.task import Task


@dataclass(frozen=True)
class Bound:
    """What became of a spec: circuit and task are there if no diagnostic is an error."""

    circuit: Circuit | None
    task: Task | None
    diagnostics: tuple[Diagnostic, ...]


def bind_spec(spec: Spec, *, model: Model | None = None) -> Bound:
    """Find the model and the task of `spec`, and compile it; see `check_spec`.

    Args:
        model: use this one, whatever the spec says.
    """
    checked = check_spec(spec, model=model)
    if not checked.sound:
        return Bound(None, checked.task, checked.diagnostics)
    chosen = load_model(spec.model, base=folder_of(spec)) if model is None else model
    circuit = build_circuit(spec, chosen, checked.groups, checked.edges)
    return Bound(circuit, checked.task, checked.diagnostics)
