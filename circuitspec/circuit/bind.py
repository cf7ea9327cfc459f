"""Bind a spec to the model and the task that it names, and compile it: all that needs no run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language.spec import Spec
from circuitspec.model.error import ModelError
from circuitspec.model.folder import Model
from circuitspec.model.shipped import load_model
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import tokenize_pairs


@dataclass(frozen=True)
class Bound:
    """What became of a spec: circuit and task are there if no diagnostic is an error."""

    circuit: Circuit | None
    task: Task | None
    diagnostics: tuple[Diagnostic, ...]


def bind_spec(spec: Spec, *, model: Model | None = None) -> Bound:
    """Find the model and the task of `spec`, and compile it.

    A model's folder is relative to the folder of the file that `spec` was read from.

    Args:
        model: use this one, whatever the spec says.
    """
    diagnostics: list[Diagnostic] = []
    if model is None:
        base = None if spec.source is None else Path(spec.source.name).parent
        try:
            model = load_model(spec.model, base=base)
        except ModelError as error:
            found = error.diagnostic
            diagnostics.append(
                Diagnostic(
                    code=found.code, message=found.message, span=spec.model_span, help=found.help
                )
            )
    task = _bind_task(spec, model, diagnostics)
    circuit = None
    if model is not None:
        compiled = compile_spec(spec, model)
        diagnostics.extend(compiled.diagnostics)
        circuit = compiled.circuit
    return Bound(circuit, task, tuple(diagnostics))


def _bind_task(spec: Spec, model: Model | None, diagnostics: list[Diagnostic]) -> Task | None:
    try:
        task = load_task(spec.task)
        if model is not None:
            tokenize_pairs(task.verifying, model.tokenizer)
    except TaskError as error:
        diagnostics.append(
            Diagnostic(
                code=Code.UNKNOWN_TASK if error.unknown else Code.UNUSABLE_TASK,
                message=str(error),
                span=spec.task_span,
                help=error.help,
            )
        )
        return None
    return task
