"""What is wrong with a task, as one exception that says what to do."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic


class TaskError(Exception):
    """A task that is not there or cannot be run on a model; `str()` of it is for the user.

    Attributes:
        diagnostic: the same as a value, with a code and a help line.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        help: str | None = None,  # noqa: A002
        *,
        notes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code=code, message=message, help=help, notes=notes)
