"""The words under a drawing: what it shows, what was found of it, and what its signs mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuitspec.circuit.circuit import Circuit
from circuitspec.diagnostics.wording import counted
from circuitspec.drawing import style
from circuitspec.drawing.text import font, number, shortened, table, wrapped
from circuitspec.verdict.report import ClaimResult, Report, Verdict
from circuitspec.verdict.text import fitted_text

_WIDTH = 72
_NAME_WIDTH = 40
_SIGNS: dict[Verdict, str] = {
    "confirmed": "✓",
    "inconclusive": "?",
    "vacuous": "∅",
    "refuted": "✗",
    "error": "!",
}
_COMPARISONS = {"<=": "≤", ">=": "≥"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that occurs in a drawing, and what it means."""

    sign: str
    colour: str
    meaning: str


def caption(
    circuit: Circuit, report: Report | None, legend: Sequence[Sequence[Sign]], remark: str = ""
) -> str:
    """The label under the drawing, HTML-like.

    Args:
        legend: its lines.
        remark: what else readers must know to read the drawing.
    """
    rows = [[font(shortened(circuit.name, _NAME_WIDTH), size=13, bold=True)]]
    rows += [[font(line, size=10)] for line in wrapped(circuit.description, _WIDTH)]
    rows += [[_small(line)] for line in _facts(circuit, report)]
    rows += [[_small(line)] for line in wrapped(remark, _WIDTH)]
    if report is not None:
        rows += [[], *_findings(report)]
    if any(legend):
        rows += [[], [table([list(map(_legend_entry, line)) for line in legend], padding=2)]]
    return f"<{table(rows, padding=1)}>"


def _facts(circuit: Circuit, report: Report | None) -> list[str]:
    edges = circuit.edges
    shown = (
        f"model {shortened(circuit.model.name, _NAME_WIDTH)}",
        counted(len(circuit.nodes), "node"),
        "all weights between them" if edges is None else counted(len(edges), "edge"),
        f"{circuit.ablation.kind} ablation",
    )
    lines = [" · ".join(shown)]
    if report is not None:
        task, pairs = shortened(report.task.name, _NAME_WIDTH), counted(report.task.pairs, "pair")
        lines.append(f"task {task} · {pairs} · level {number(report.level)}")
        if report.calibration is not None and report.calibration.scale is not None:
            lines.append(f"calibrated: logits of the circuit {fitted_text(report.calibration)}")
    return lines


def _findings(report: Report) -> list[list[str]]:
    rows = []
    if report.verdict != "confirmed":
        words = f"✗ NOT CONFIRMED: {report.verdict}"
        rows.append([font(words, size=11, colour=style.NOT_CONFIRMED, bold=True)])
    if report.claims:
        rows.append([table([_claim(claim) for claim in report.claims], padding=2)])
    for claim in report.claims:
        if claim.reason is not None:
            rows += [[_small(line)] for line in wrapped(f"{claim.kind}: {claim.reason}", _WIDTH)]
    return rows


def _claim(claim: ClaimResult) -> list[str]:
    """The cells of one claim: sign, kind, estimate, interval, threshold, verdict."""
    colour = style.CONFIRMED if claim.verdict == "confirmed" else style.NOT_CONFIRMED
    metric = claim.metric if claim.unit is None else f"least {claim.unit} cost"
    measured = "" if claim.estimate is None else f"{metric} {number(claim.estimate)}"
    interval = "" if claim.interval is None else "[{}, {}]".format(*map(number, claim.interval))
    claimed = f"claimed {_COMPARISONS[claim.comparison]} {number(claim.threshold)}"
    return [
        font(_SIGNS[claim.verdict], size=9, colour=colour, bold=True),
        *(font(words, size=9) for words in (claim.kind, measured, interval, claimed)),
        font(claim.verdict, size=9, colour=colour, bold=True),
    ]


def _legend_entry(sign: Sign) -> str:
    return f"{font(sign.sign, size=8, colour=sign.colour)}&#160;{_small(sign.meaning)}"


def _small(text: str) -> str:
    return font(text, size=8, colour=style.GREY)
