"""`circuitspec validate made-up`: circuits of what cannot have any, and a page about them."""

from __future__ import annotations

from pathlib import Path

from circuitspec.cli.exits import FALSE_CLAIM, UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.progress import progress_bar
from circuitspec.files import write_whole


def validate_made_up(model_name: str, task_name: str, beside: Path, out: Path, *, seed: int) -> int:
    """Prune circuits of what cannot have any, judge them, write the page; returns the exit code.

    Args:
        beside: a folder of specs, whose circuits are those of other tasks.

    Raises:
        UserError: no such model or task, or the page cannot be written.
    """
    from circuitspec.circuit.rivals import rivals_in
    from circuitspec.tasks.error import TaskError
    from circuitspec.tasks.shipped import load_task
    from circuitspec.validation.made_up import MadeUp, cases, judge_case
    from circuitspec.validation.made_up_page import made_up_page
    from circuitspec.verdict.manner import user_store, workers

    model = chosen_model(model_name)
    assert model is not None
    try:
        task = load_task(task_name)
    except TaskError as error:
        raise UserError(str(error), error.diagnostic.help) from None
    rivals = rivals_in(beside, model, model_name, task_name)
    found: list[MadeUp] = []
    with progress_bar("made up") as progress:
        for case in cases(model, task, seed):
            if case.smaller and found[-1].passes_published:
                continue
            found.append(
                judge_case(
                    case, rivals, user_store(), seed=seed, workers=workers(), on_progress=progress
                )
            )
    command = f"circuitspec validate made-up --model {model_name} --task {task_name}"
    command += f" --beside {beside} --out {out} --seed {seed}"
    try:
        write_whole(out, made_up_page(found, model.name, task.name, command))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    passed = [one for one in found if not one.case.true and one.strict is not None]
    fooled = [one for one in passed if one.strict is not None and one.strict.verdict == "confirmed"]
    print(f"{len(passed)} made-up circuits, {len(fooled)} confirmed; wrote {out}")
    return FALSE_CLAIM if fooled else 0
