"""What stops a package, as an exception with a diagnostic; each package has a kind of its own."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic


class DiagnosedError(Exception):
    """Something that the user can mend; `str()` of it is one sentence for them.

    Attributes:
        diagnostic: the same as a value, with a code, a help line and further facts.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        help: str | None = None,  # noqa: A002
        notes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code=code, message=message, help=help, notes=notes)
