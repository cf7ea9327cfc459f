"""Why there is no picture, as one exception that says what to do."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic


class DrawError(Exception):
    """A picture that could not be made; `str()` of it is one sentence for the user.

    Attributes:
        diagnostic: the same as a value, with a code, a help line and further facts.
    """

    def __init__(self, code: Code, message: str, help_: str, notes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code=code, message=message, help=help_, notes=notes)
