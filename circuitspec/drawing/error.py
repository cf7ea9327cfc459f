"""Why there is no picture, as an exception that says what to do."""

from __future__ import annotations

from circuitspec.diagnostics.error import DiagnosedError


class DrawError(DiagnosedError):
    """A picture that could not be made."""
