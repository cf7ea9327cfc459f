"""The one exception of this package, for callers who asked for a `Spec` and nothing else."""

from __future__ import annotations

from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.render import render_all
from circuitspec.diagnostics.source import Source


class SpecError(Exception):
    """A file that is not a valid spec; `str()` of it is what the user should read."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], source: Source) -> None:
        super().__init__(diagnostics, source)
        self.diagnostics = diagnostics
        self.source = source

    def __str__(self) -> str:
        return render_all(self.diagnostics, self.source)
