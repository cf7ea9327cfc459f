"""What is wrong with a model folder, as an exception that says what to do."""

from __future__ import annotations

from circuitspec.diagnostics.error import DiagnosedError


class ModelError(DiagnosedError):
    """A model that cannot be loaded."""
