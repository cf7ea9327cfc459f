"""One line per finding, to be read by editors, grep and hurried people; nothing where all is well.

specs/quote_closing.circ:63:3: claim-refuted sufficient: loss is 0.312, claimed <= 0.15
"""

from __future__ import annotations

import re

from circuitspec.diagnostics.render import render_concise
from circuitspec.formats.outcome import Outcome

_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What would end a line or move the cursor; a path may hold any of it."""


def render(outcome: Outcome) -> str:
    """The findings, one per line, in the order of the files."""
    lines = (render_concise(found.diagnostic, found.file.source) for found in outcome.findings())
    return "".join(f"{_NOT_IN_A_LINE.sub(' ', line)}\n" for line in lines)
