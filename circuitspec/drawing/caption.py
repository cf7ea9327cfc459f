"""The words under a drawing: what it shows, what was found of it, and what its signs mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from circuitspec.circuit.circuit import Circuit
from circuitspec.diagnostics.wording import counted
from circuitspec.drawing import style
from circuitspec.drawing.text import font, number, shortened, table, wrapped
from circuitspec.report.claim_rows import about
from circuitspec.report.report import VERDICTS, ClaimResult, Report, Verdict
from circuitspec.report.text import fitted_text

_WIDTH = 72
_NAME_WIDTH = 40
_REMARK_WIDTH = 90
_BRIEF_WIDTH = 48
_CLAIM_WIDTH = 44
_MOST_CLAIMS = 8
"""Of more claims the verdicts are counted: a drawing is no table."""
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
    circuit: Circuit,
    report: Report | None,
    legend: Sequence[Sequence[Sign]],
    remarks: Iterable[str] = (),
) -> str:
    """The label under the drawing, HTML-like.

    Args:
        legend: its lines.
        remarks: what else readers must know to read the drawing.
    """
    rows = [[font(shortened(circuit.name, _NAME_WIDTH), size=13, bold=True)]]
    rows += [[font(line, size=10)] for line in wrapped(circuit.description, _WIDTH)]
    rows += [[_small(line)] for line in _facts(circuit, report)]
    if report is not None:
        rows += [[], *_findings(report)]
    if any(legend):
        rows += [[], [table([list(map(_legend_entry, line)) for line in legend], padding=3)]]
    for remark in remarks:
        rows += [[], *([_small(line)] for line in wrapped(remark, _REMARK_WIDTH))]
    return f"<{table(rows, padding=1)}>"


def brief_caption(circuit: Circuit, report: Report | None) -> str:
    """The label under a drawing that has little room, HTML-like."""
    rows = [[font(shortened(circuit.name, _NAME_WIDTH), size=10, bold=True)]]
    rows += [[_small(line)] for line in wrapped(circuit.description, _BRIEF_WIDTH)]
    size = counted(len(circuit.nodes), "node")
    if circuit.edges is not None:
        size += f" · {counted(len(circuit.edges), 'edge')}"
    rows.append([_small(f"{shortened(circuit.model.name, _NAME_WIDTH)} · {size}")])
    if report is not None:
        rows += [[], *_findings(report, brief=True)]
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


def _findings(report: Report, *, brief: bool = False) -> list[list[str]]:
    rows = []
    if report.verdict != "confirmed":
        words = f"✗ NOT CONFIRMED: {report.verdict}"
        rows.append([font(words, size=11, colour=style.NOT_CONFIRMED, bold=True)])
    shown, others = report.claims[:_MOST_CLAIMS], report.claims[_MOST_CLAIMS:]
    if shown:
        claims = [_brief_claim(c) if brief else _claim(c) for c in shown]
        rows.append([table(claims, padding=1 if brief else 2)])
    if others:
        rows.append([font(_counted_verdicts(others), size=8 if brief else 9)])
    for claim in shown:
        if claim.reason is not None and not brief:
            rows += [[_small(line)] for line in wrapped(f"{_name(claim)}: {claim.reason}", _WIDTH)]
    return rows


def _counted_verdicts(claims: Sequence[ClaimResult]) -> str:
    """`and 32 more: 30 confirmed, 2 refuted`."""
    counts = Counter(claim.verdict for claim in claims)
    found = (f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    return f"and {len(claims)} more: {', '.join(found)}"


def _name(claim: ClaimResult) -> str:
    """What a claim is about, without its bound, which stands in another cell."""
    return shortened(about(claim), _CLAIM_WIDTH)


def _claim(claim: ClaimResult) -> list[str]:
    """The cells of one claim: sign, kind, estimate, interval, threshold, verdict."""
    interval = "" if claim.interval is None else "[{}, {}]".format(*map(number, claim.interval))
    return [
        font(_SIGNS[claim.verdict], size=9, colour=_colour(claim), bold=True),
        *(font(words, size=9) for words in (_name(claim), _measured(claim), interval)),
        font(_claimed(claim), size=9),
        font(claim.verdict, size=9, colour=_colour(claim), bold=True),
    ]


def _brief_claim(claim: ClaimResult) -> list[str]:
    """The cells of one claim: sign, verdict and kind, estimate and threshold."""
    numbers = ", ".join(filter(None, (_measured(claim), _claimed(claim))))
    return [
        font(_SIGNS[claim.verdict], size=8, colour=_colour(claim), bold=True),
        font(_name(claim), size=8),
        font(claim.verdict, size=8, colour=_colour(claim), bold=True),
        font(numbers, size=8),
    ]


def _colour(claim: ClaimResult) -> str:
    return style.CONFIRMED if claim.verdict == "confirmed" else style.NOT_CONFIRMED


def _measured(claim: ClaimResult) -> str:
    metric = claim.metric if claim.unit is None else f"least {claim.unit} cost"
    return "" if claim.estimate is None else f"{metric} {number(claim.estimate)}"


def _claimed(claim: ClaimResult) -> str:
    return f"claimed {_COMPARISONS[claim.comparison]} {number(claim.threshold)}"


def _legend_entry(sign: Sign) -> str:
    return f"{font(sign.sign, size=8, colour=sign.colour)}&#160;{_small(sign.meaning)}"


def _small(text: str) -> str:
    return font(text, size=8, colour=style.GREY)
