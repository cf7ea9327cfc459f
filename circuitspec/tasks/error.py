"""What is wrong with a task, as an exception that says what to do."""

from __future__ import annotations

from circuitspec.diagnostics.error import DiagnosedError


class TaskError(DiagnosedError):
    """A task that is not there or cannot be run on a model."""
