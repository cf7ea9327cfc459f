"""What a test of ours fails with: our text, and no traceback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from circuitspec.diagnostics import Diagnostic, Source

NOT_JUDGED = "not judged: --circ-check-only"
"""Why a claim was skipped."""


@dataclass
class CircuitError(Exception):
    """What is wrong with a circuit or a claim: a result of the test, not a bug.

    Attributes:
        headline: all of it in one line; what the first diagnostic says if it is empty.
    """

    diagnostics: tuple[Diagnostic, ...]
    source: Source
    headline: str = ""

    def __str__(self) -> str:
        from circuitspec.diagnostics import render_all

        return render_all(self.diagnostics, self.source)


@dataclass(frozen=True)
class _Headline:
    message: str


class Rendered:
    """A failure as pytest prints it: in full, and in its summary and in JUnit by its headline."""

    def __init__(self, failure: CircuitError) -> None:
        self.text = str(failure)
        self.reprcrash = _Headline(failure.headline or failure.diagnostics[0].message)

    def __str__(self) -> str:
        return self.text

    def toterminal(self, tw: Any) -> None:
        """Prints it; `tw` is pytest's writer, whose type is not public."""
        from circuitspec.cli.colour import paint

        tw.line(paint(self.text) if tw.hasmarkup else self.text)


def errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those that are no mere warnings."""
    return tuple(found for found in diagnostics if found.severity == "error")
