"""`circuitspec draw`: a circuit as it is stated."""

from __future__ import annotations

from pathlib import Path

from circuitspec.circuit.bind import bind_spec
from circuitspec.cli.exits import ERROR, UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.spec_files import read_spec, show_diagnostics
from circuitspec.diagnostics.source import Source
from circuitspec.drawing import DrawError, draw, render


def draw_file(path: Path, out: Path, name: str | None, model_name: str | None) -> int:
    """Draw one circuit of `path` to `out`; returns the exit code.

    Raises:
        UserError: which circuit is not clear, or the drawing cannot be written.
    """
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
    bound = bind_spec(chosen[0], model=chosen_model(model_name))
    show_diagnostics(bound.diagnostics, result.source)
    if bound.circuit is None:
        return ERROR
    try:
        render(draw(bound.circuit), out)
    except DrawError as error:
        show_diagnostics((error.diagnostic,), Source(str(out), ""))
        return ERROR
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    print(out)
    return 0
