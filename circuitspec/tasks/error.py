"""What is wrong with a task, as one exception that says what to do."""

from __future__ import annotations


class TaskError(Exception):
    """A task that is not there or cannot be run on a model; `str()` of it is for the user.

    Attributes:
        help: what to do about it.
        unknown: there is no such task.
    """

    def __init__(
        self,
        message: str,
        help: str | None = None,  # noqa: A002
        *,
        unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.help = help
        self.unknown = unknown
