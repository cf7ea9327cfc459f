"""Finding a task by what a spec calls it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from circuitspec.diagnostics.codes import Code
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.single_double_quote import single_double_quote
from circuitspec.tasks.task import Task

_SHIPPED: dict[str, Callable[[], Task]] = {"single_double_quote": single_double_quote}


def shipped_tasks() -> tuple[str, ...]:
    """The names of the tasks inside the package."""
    return tuple(sorted(_SHIPPED))


def load_task(name: str) -> Task:
    """The shipped task called `name`.

    Raises:
        TaskError: there is none; its help names the nearest, or all.
    """
    if name in _SHIPPED:
        return _SHIPPED[name]()
    close = get_close_matches(name, _SHIPPED, n=1)
    raise TaskError(
        Code.UNKNOWN_TASK,
        f"there is no task `{name}`",
        f"did you mean `{close[0]}`?"
        if close
        else f"name a shipped task: {' or '.join(f'`{known}`' for known in shipped_tasks())}",
    )
