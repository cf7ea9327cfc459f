"""`circuitspec draw`: a circuit as it is stated."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from circuitspec.circuit.bind import bind_spec
from circuitspec.circuit.circuit import Circuit
from circuitspec.cli.exits import ERROR, UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.spec_files import read_spec, show_diagnostics
from circuitspec.diagnostics.source import Source
from circuitspec.drawing import DrawError, View, draw, render
from circuitspec.evidence import Evidence, gather_evidence
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.task import Task


@dataclass(frozen=True)
class Drawing:
    """What to draw of a file, and how.

    Attributes:
        out: where to.
        circuit: its name; None if the file holds one only.
        model_name: what to draw it of; None for what the spec names.
        plain: without what takes a run of the model.
    """

    out: Path
    view: View
    circuit: str | None = None
    model_name: str | None = None
    plain: bool = False


def draw_file(path: Path, wanted: Drawing) -> int:
    """Draw one circuit of `path`; returns the exit code.

    Raises:
        UserError: which circuit is not clear, or the drawing cannot be written.
    """
    out, name = wanted.out, wanted.circuit
    result = read_spec(path)
    show_diagnostics(result.diagnostics, result.source)
    if result.file is None:
        return ERROR
    chosen = [spec for spec in result.file.circuits if name in (None, spec.name)]
    if len(chosen) != 1:
        names = ", ".join(spec.name for spec in result.file.circuits)
        raise UserError(
            f"{path} has no circuit {name}" if name else f"{path} holds several circuits",
            f"choose one with --circuit: {names}",
        )
    bound = bind_spec(chosen[0], model=chosen_model(wanted.model_name))
    show_diagnostics(bound.diagnostics, result.source)
    if bound.circuit is None:
        return ERROR
    try:
        evidence = None
        if bound.task is not None and not wanted.plain:
            evidence = evidence_if_any(bound.circuit, bound.task)
        render(draw(bound.circuit, evidence=evidence, view=wanted.view), out)
    except DrawError as error:
        show_diagnostics((error.diagnostic,), Source(str(out), ""))
        return ERROR
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    print(out)
    return 0


def evidence_if_any(circuit: Circuit, task: Task) -> Evidence | None:
    """Where the nodes fire, for a drawing; None, with a warning, where the task cannot be put."""
    try:
        return gather_evidence(circuit, task)
    except TaskError as error:
        print(f"warning: the drawing is without examples: {error}", file=sys.stderr)
        return None
