"""Reports for people: a few plain lines per spec, in columns, without colours or markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from circuitspec.diagnostics.wording import counted
from circuitspec.report.report import ClaimResult, FittedLogits, Report, RunScore

WEAKEST = 3
"""How many of the cheapest nodes or edges are shown of a claim of minimality."""

_INDENT = "  "


def render_report(report: Report) -> str:
    """The report as text, with a line break at the end.

    quote_closing: confirmed
      python-small, single_double_quote (300 pairs), mean ablation, 9 nodes, 8 edges

      confirmed  sufficient: loss <= 0.15            0.0321  [0.021, 0.0432]   at 98.3%
      confirmed  minimal: every node costs >= 0.02   0.113   [0.0917, 0.135]   at 97.5%
                   carry                             0.113   [0.0917, 0.14]
                   answer                            0.41    [0.391, 0.44]
                   match (L10.attn.q[1])             0.433   [0.407, 0.451]
                   the other 6 cost no less

                   full    keep    drop   empty
      loss       0.0101  0.0321    1.04   0.693
      accuracy   100.0%  100.0%   50.0%   50.0%

      The probability that any of these verdicts is wrong is 0.05 at most.
    """
    rows = [row for claim in report.claims for row in _claim_rows(claim)]
    blocks = [
        [_subject(report), *_calibration(report)],
        _columns(rows),
        _baseline(report),
        [_footing(report)],
    ]
    lines = [f"{report.circuit}: {report.verdict}"]
    for index, block in enumerate(blocks):
        lines += [""] if index > 1 or (index == 1 and block) else []
        lines += [_INDENT + line for line in block]
    return "\n".join(lines) + "\n"


def _subject(report: Report) -> str:
    nodes, edges = report.sizes.nodes, report.sizes.edges
    sizes = counted(nodes, "node")
    if edges is not None:
        sizes += f", {counted(edges, 'edge')}"
    task = f"{report.task.name} ({counted(report.task.pairs, 'pair')})"
    return f"{report.model.name}, {task}, {report.ablation} ablation, {sizes}"


def _calibration(report: Report) -> Iterator[str]:
    """What was done to the circuit's logits, and what it would have come to without that."""
    fitted = report.calibration
    if fitted is None:
        return
    if fitted.scale is None:
        yield f"not calibrated: {fitted.problem}"
        return
    yield (
        f"logits of the circuit alone: {fitted_text(fitted)}, "
        f"fitted on {counted(fitted.pairs, 'finding pair')}"
    )
    without = fitted.uncalibrated
    if without.loss is not None and without.accuracy is not None:
        yield f"without it: loss {without.loss:.3g}, accuracy {100 * without.accuracy:.1f}%"


def fitted_text(fitted: FittedLogits) -> str:
    """What was done to the difference of two logits: `x 2.31 + 0.04`; `x 2.31` without a shift."""
    scale, shift = fitted.scale or 0.0, fitted.shift or 0.0
    if not shift:
        return f"x {scale:.3g}"
    return f"x {scale:.3g} {'-' if shift < 0 else '+'} {abs(shift):.3g}"


def _claim_rows(claim: ClaimResult) -> Iterator[tuple[str, ...]]:
    """Rows of (verdict, what, estimate, interval, level); a row of two is a sentence."""
    level = "" if claim.exact or claim.level is None else level_text(claim.level)
    interval = "exact" if claim.exact and claim.interval else interval_text(claim.interval)
    estimate = "" if claim.estimate is None else f"{claim.estimate:.3g}"
    yield claim.verdict, claim.statement, estimate, interval, level
    if claim.reason is not None:
        yield "", _INDENT + claim.reason
    if claim.counterexample is not None:
        example = claim.counterexample
        yield "", f"{_INDENT}worst is pair {example.pair}, loss {example.loss:.3g}:"
        for prompt in example.prompts:
            yield "", _INDENT * 2 + repr(prompt)
    for unit in sorted(claim.details, key=lambda unit: unit.cost)[:WEAKEST]:
        bounds = "" if claim.exact else interval_text(unit.interval)
        yield "", _INDENT + unit.name, f"{unit.cost:.3g}", bounds, ""
    others = len(claim.details) - WEAKEST
    if others > 0:
        yield "", _INDENT + others_text(others)


def level_text(level: float) -> str:
    """The confidence that goes with a level: `at 95%`."""
    return f"at {100 * (1 - level):.3g}%"


def others_text(count: int) -> str:
    """What is said of the units of a claim of minimality that are not shown."""
    return f"the other {count} cost{'s' if count == 1 else ''} no less"


def interval_text(bounds: tuple[float, float] | None) -> str:
    """`[0.131, 0.136]`, or nothing."""
    return "" if bounds is None else f"[{bounds[0]:.3g}, {bounds[1]:.3g}]"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows with their cells aligned; a sentence may be longer than its column."""
    table = [row for row in rows if len(row) > 2]
    widths = [max((len(row[i]) for row in table), default=0) for i in range(5)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]


def _baseline(report: Report) -> list[str]:
    runs = report.baseline
    scores = {"full": runs.full, "keep": runs.keep, "drop": runs.drop, "empty": runs.empty}

    def row(title: str, cell: Callable[[RunScore], str]) -> str:
        return title.ljust(8) + "".join(cell(score).rjust(9) for score in scores.values())

    return [
        " " * 8 + "".join(name.rjust(9) for name in scores),
        row("loss", lambda score: "-" if score.loss is None else f"{score.loss:.3g}"),
        row("accuracy", lambda s: "-" if s.accuracy is None else f"{100 * s.accuracy:.1f}%"),
    ]


def _footing(report: Report) -> str:
    if not report.claims:
        return "The spec claims nothing."
    if all(claim.exact for claim in report.claims):
        return "Every input was run; the numbers have no error."
    return f"The probability that any of these verdicts is wrong is {report.level:g} at most."
