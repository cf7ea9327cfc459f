"""Bind a spec to the model and the task that it names, and compile it: all that needs no run."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.circuit.check import Checked, check_spec, folder_of
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
    return Bound(compile_checked(spec, checked, model=model), checked.task, checked.diagnostics)


def compile_checked(spec: Spec, checked: Checked, *, model: Model | None = None) -> Circuit:
    """The circuit of a spec that was checked and found sound.

    Args:
        model: use this one, whatever the spec says.
    """
    chosen = load_model(spec.model, base=folder_of(spec)) if model is None else model
    return build_circuit(spec, chosen, checked.groups, checked.edges)
