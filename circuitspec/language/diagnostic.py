"""What is wrong with a spec, as a value: found, located, and with a way out.

Mistakes in a user's file are collected as `Diagnostic`s and never raised one by one. `SpecError`
is for callers who asked for a `Spec` and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from circuitspec.language.render import render_all
from circuitspec.language.source import Source, Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One thing to tell the author of a spec.

    Attributes:
        code: kebab-case name of the kind of mistake, listed in `codes.py`.
        message: the headline, one terse sentence; enough if nothing else can be shown.
        severity: an error means that there is no `Spec`; a warning does not.
        span: the place to look at; `None` when the file as a whole is meant.
        label: what to say right at that place.
        secondary: other places that explain this one, each with its label.
        help: the one thing to do about it.
        notes: further facts.
    """

    code: str
    message: str
    severity: Severity = "error"
    span: Span | None = None
    label: str = ""
    secondary: tuple[tuple[Span, str], ...] = ()
    help: str | None = None
    notes: tuple[str, ...] = ()


class SpecError(Exception):
    """A file that is not a valid spec; `str()` of it is what the user should read."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], source: Source) -> None:
        super().__init__(diagnostics, source)
        self.diagnostics = diagnostics
        self.source = source

    def __str__(self) -> str:
        return render_all(self.diagnostics, self.source)
