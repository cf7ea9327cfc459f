"""What is wrong with a model folder, as one exception that says what to do."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic


class ModelError(Exception):
    """A model that cannot be loaded; `str()` of it is one sentence for the user.

    Attributes:
        diagnostic: the same as a value, with a code and a help line.
    """

    def __init__(self, code: Code, message: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.diagnostic = Diagnostic(code=code, message=message, help=help)
