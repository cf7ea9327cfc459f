"""Reports for people: a few plain lines per spec, in columns, without colours or markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from circuitspec.diagnostics.wording import counted
from circuitspec.report.claim_rows import Row, claim_rows, columns
from circuitspec.report.report import ClaimResult, FittedLogits, Report, RunScore
from circuitspec.report.tail_rows import tail_rows

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

      loss of      90%      95%      99%  worst pair  worst template
      full      0.0211    0.031   0.0582       0.112          0.0229
      keep      0.0985    0.143    0.192       0.197           0.163

      The probability that any of these verdicts is wrong is 0.05 at most.
    """
    blocks = [
        [_subject(report), *_calibration(report)],
        columns(_claims(report)),
        _baseline(report),
        list(tail_rows(report)),
        _footing(report),
    ]
    lines = [f"{report.circuit}: {report.verdict}"]
    for index, block in enumerate(blocks):
        lines += [""] if index and block else []
        lines += [(_INDENT + line).rstrip() for line in block]
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


def _claims(report: Report) -> Iterator[Row]:
    """The author's claims, those of the strict battery, and what decides nothing."""
    battery = report.strict
    asked = () if battery is None else battery.claims
    for claim in report.claims:
        if claim.name not in asked:
            yield from claim_rows(claim)
    if battery is not None:
        yield from _heading("Asked of every circuit, by --strict:")
        for claim in report.claims:
            if claim.name in asked:
                yield from claim_rows(claim)
        for sentence in battery.left_out:
            yield "left out", sentence
    if report.reported:
        yield from _heading("Measured as well, and no part of the verdict:")
        for claim in report.reported:
            yield from claim_rows(claim)


def _heading(text: str) -> Iterator[Row]:
    yield ("",)
    yield (text,)


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


def _footing(report: Report) -> list[str]:
    if not report.claims:
        return ["The spec claims nothing."]
    if all(claim.exact for claim in report.claims):
        return ["Every input was run; the numbers have no error."]
    wrong = f"The probability that any of these verdicts is wrong is {report.level:g} at most"
    if any(map(_beyond_pairs, report.claims)):
        return [
            f"{wrong}, as far as the drawn",
            "inputs go. That another search, or other sets of nodes, might find more is not in it.",
        ]
    return [f"{wrong}."]


def _beyond_pairs(claim: ClaimResult) -> bool:
    """Whether a claim rests on something besides pairs whose error is in no interval."""
    found_by_search = claim.kind in ("beats", "complete", "unique")
    return found_by_search or claim.statement.partition(":")[0].endswith(("subsets", "adversary"))
