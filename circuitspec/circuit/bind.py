"""Bind a spec to the model and the task that it names, and compile it: all that needs no run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from circuitspec.circuit.check import Checked, check_spec, folder_of
from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import build_circuit
from circuitspec.circuit.nodes import NamedNodes
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model
from circuitspec.model.shipped import load_model
from circuitspec.tasks.task import Task


@dataclass(frozen=True)
class Bound:
    """What became of a spec: circuit and task are there if no diagnostic is an error.

    Attributes:
        outside: the named nodes that are not in the circuit.
        predicted: the tasks that predictions are about, by what the spec calls them.
    """

    circuit: Circuit | None
    task: Task | None
    diagnostics: tuple[Diagnostic, ...]
    outside: tuple[NamedNodes, ...] = ()
    predicted: Mapping[str, Task] = field(default_factory=dict)


def bind_spec(spec: Spec, *, model: Model | None = None) -> Bound:
    """Find the model and the task of `spec`, and compile it; see `check_spec`.

    Args:
        model: use this one, whatever the spec says.
    """
    checked = check_spec(spec, model=model)
    circuit = compile_checked(spec, checked, model=model) if checked.sound else None
    return Bound(circuit, checked.task, checked.diagnostics, checked.outside, checked.predicted)


def compile_checked(spec: Spec, checked: Checked, *, model: Model | None = None) -> Circuit:
    """The circuit of a spec that was checked and found sound.

    Args:
        model: use this one, whatever the spec says.
    """
    chosen = load_model(spec.model, base=folder_of(spec)) if model is None else model
    return build_circuit(spec, chosen, checked.groups, checked.edges)
