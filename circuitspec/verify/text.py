"""Reports for people: a few plain lines per spec, in columns, without colours or markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from circuitspec.verify.report import ClaimResult, Report, RunScore, UnitCost

WEAKEST = 3
"""How many of the cheapest nodes or edges are shown of a claim of minimality."""

_INDENT = "  "


def render_report(report: Report) -> str:
    """The report as text, with a line break at the end.

        quote_closing: confirmed
          python-small, single_double_quote (300 pairs), mean ablation, 9 nodes, 8 edges

          confirmed  sufficient: loss <= 0.15           0.0321  [0.021, 0.0432]
          confirmed  minimal: every node costs >= 0.02   0.113  [0.0917, 0.135]
                     weakest: carry (L10.attn.v[7])      0.113  [0.0917, 0.14]

                     full     keep     drop    empty
          loss     0.0101   0.0321     1.04    0.693
          accuracy   100%     100%      50%      50%

          Verdicts hold together at level 0.05 (Holm).
    """
    lines = [f"{report.circuit}: {report.verdict}", _INDENT + _subject(report), ""]
    lines += [_INDENT + line for line in _claims(report)]
    lines += ["", *(_INDENT + line for line in _baseline(report)), "", _INDENT + _footing(report)]
    return "\n".join(line.rstrip() for line in lines) + "\n"
