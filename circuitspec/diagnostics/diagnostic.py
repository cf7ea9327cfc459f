"""What is wrong with a file, as a value: found, located, and with a way out.

Mistakes in a user's file are collected as `Diagnostic`s and never raised one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """One thing to tell the author of a spec.

    Attributes:
        code: the kind of mistake.
        message: the headline, one terse sentence; enough if nothing else can be shown.
        severity: an error means that there is no `Spec`; a warning does not.
        span: the place to look at; `None` when the file as a whole is meant.
        label: what to say right at that place.
        secondary: other places that explain this one, each with its label.
        help: the one thing to do about it.
        notes: further facts.
    """

    code: Code
    message: str
    severity: Severity = "error"
    span: Span | None = None
    label: str = ""
    secondary: tuple[tuple[Span, str], ...] = ()
    help: str | None = None
    notes: tuple[str, ...] = ()


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them is an error, not a warning."""
    return any(found.severity == "error" for found in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics of one text in the order of their places, those about all of it first."""
    return sorted(diagnostics, key=lambda found: -1 if found.span is None else found.span.start)


MOST_SHOWN = 1000
"""Nobody reads on after so many; a generated file can have a hundred thousand."""


def at_most(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in the order of their places, the errors first where there are too many; then a
    note on the last says how many more there are."""
    found = in_order(diagnostics)
    more = len(found) - MOST_SHOWN
    if more <= 0:
        return tuple(found)
    errors_first = sorted(found, key=lambda one: one.severity != "error")
    *shown, last = in_order(errors_first[:MOST_SHOWN])
    note = f"there are {more:,} more in this file"
    return (*shown, replace(last, notes=(*last.notes, note)))
