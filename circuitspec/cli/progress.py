"""Progress on stderr, and only where a person is watching."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Report(Protocol):
    """Tells how far the work is: units done, units in all (None if unknown), and at what."""

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """Called whenever there is news."""
        ...


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """A bar that goes away when the work is done; silent where stderr is not a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(title, total=None)

        def report(done: int, total: int | None, what: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{title}: {what}")

        yield report
