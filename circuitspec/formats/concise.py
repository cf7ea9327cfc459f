"""One line per finding, to be read by editors, grep and hurried people; nothing where all is well.

specs/quote_closing.circ:63:3: claim-refuted sufficient: loss is 0.312, claimed <= 0.15
"""

from __future__ import annotations

from circuitspec.diagnostics.render import render_concise
from circuitspec.formats.outcome import Outcome


def render(outcome: Outcome) -> str:
    """The findings, one per line, in the order of the files."""
    lines = (render_concise(found.diagnostic, found.file.source) for found in outcome.findings())
    return "".join(f"{line}\n" for line in lines)
