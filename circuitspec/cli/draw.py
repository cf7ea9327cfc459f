"""`circuitspec draw`: a circuit as it is stated."""

from __future__ import annotations

from pathlib import Path

from circuitspec.circuit.bind import bind_spec
from circuitspec.cli.exits import ERROR, UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.spec_files import read_specs, show_diagnostics
from circuitspec.drawing import DrawError, draw, render


def draw_file(path: Path, out: Path, name: str | None, model_name: str | None) -> int:
    """Draw one circuit of `path` to `out`; returns the exit code.

    Raises:
        UserError: which circuit is not clear, or the drawing cannot be made or written.
    """
    loaded, sound = read_specs([path])
    if not sound:
        return ERROR
    chosen = [item for item in loaded if name in (None, item.spec.name)]
    if len(chosen) != 1:
        names = ", ".join(item.spec.name for item in loaded)
        raise UserError(
            f"{path} has no circuit {name}" if name else f"{path} holds several circuits",
            f"choose one with --circuit: {names}",
        )
    item = chosen[0]
    bound = bind_spec(item.spec, model=chosen_model(model_name))
    show_diagnostics(bound.diagnostics, item.source)
    if bound.circuit is None:
        return ERROR
    try:
        render(draw(bound.circuit), out)
    except DrawError as error:
        raise UserError(str(error), error.diagnostic.help) from None
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    print(out)
    return 0
