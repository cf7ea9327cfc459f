"""The words under a drawing: what it shows, what was claimed of it, and what its signs mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from circuitspec.circuit.circuit import Circuit
from circuitspec.draw import style
from circuitspec.draw.text import font, number, shortened, table, wrapped

_WIDTH = 64
_CLAIM_WIDTH = 44
_SIGNS = {"confirmed": "✓", "refuted": "✗", "inconclusive": "?", "vacuous": "∅", "error": "!"}
_COMPARISONS = {"<=": "≤", ">=": "≥"}


class Claim(Protocol):
    """What a caption says of one claim."""

    @property
    def name(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def metric(self) -> str: ...
    @property
    def estimate(self) -> float | None: ...
    @property
    def interval(self) -> tuple[float, float] | None: ...
    @property
    def comparison(self) -> str: ...
    @property
    def threshold(self) -> float | None: ...


class Verified(Protocol):
    """What a caption says of a whole report."""

    @property
    def verdict(self) -> str: ...
    @property
    def claims(self) -> Sequence[Claim]: ...


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that occurs in a drawing, and what it means."""

    sign: str
    colour: str
    meaning: str


def caption(circuit: Circuit, report: Verified | None, legend: Sequence[Sequence[Sign]]) -> str:
    """The label under the drawing, HTML-like, with one line for each row of the legend."""
    rows = [[font(circuit.name, size=13, bold=True)]]
    rows += [[font(line, size=10)] for line in wrapped(circuit.description, _WIDTH)]
    rows.append([_small(_facts(circuit))])
    if report is not None:
        rows += [[], *_verdicts(report)]
    signs = [[cell for sign in line for cell in _legend_cells(sign)] for line in legend if line]
    if signs:
        rows += [[], [table(signs, padding=2)]]
    return f"<{table(rows, padding=1)}>"


def _facts(circuit: Circuit) -> str:
    edges = circuit.edges
    return " · ".join(
        (
            f"model {circuit.model.name}",
            _count(len(circuit.nodes), "node"),
            "all weights between them" if edges is None else _count(len(edges), "edge"),
            f"{circuit.ablation.kind} ablation",
        )
    )


def _verdicts(report: Verified) -> list[list[str]]:
    rows = []
    if report.verdict != "confirmed":
        words = f"✗ NOT CONFIRMED ({report.verdict})"
        rows.append([font(words, size=11, colour=style.NOT_CONFIRMED, bold=True)])
    if report.claims:
        rows.append([table([_claim(claim) for claim in report.claims], padding=2)])
    for claim in report.claims:
        if claim.verdict != "confirmed" and claim.reason:
            words = f"{shortened(claim.name, _CLAIM_WIDTH)}: {claim.reason}"
            rows += [[_small(line)] for line in wrapped(words, _WIDTH)]
    return rows


def _claim(claim: Claim) -> list[str]:
    """The cells of one claim: sign, name, estimate, interval, threshold, verdict."""
    colour = style.CONFIRMED if claim.verdict == "confirmed" else style.NOT_CONFIRMED
    estimate = "" if claim.estimate is None else f"{claim.metric} {number(claim.estimate)}"
    interval = "" if claim.interval is None else "[{}, {}]".format(*map(number, claim.interval))
    threshold = ""
    if claim.threshold is not None:
        comparison = _COMPARISONS.get(claim.comparison, claim.comparison)
        threshold = f"claimed {comparison} {number(claim.threshold)}"
    return [
        font(_SIGNS.get(claim.verdict, "!"), size=9, colour=colour, bold=True),
        font(shortened(claim.name, _CLAIM_WIDTH), size=9),
        *(font(words, size=9) for words in (estimate, interval, threshold)),
        font(claim.verdict, size=9, colour=colour, bold=True),
    ]


def _legend_cells(sign: Sign) -> list[str]:
    return [font(sign.sign, size=8, colour=sign.colour), _small(sign.meaning)]


def _small(text: str) -> str:
    return font(text, size=8, colour=style.GREY)


def _count(number_of: int, noun: str) -> str:
    return f"{number_of} {noun}" if number_of == 1 else f"{number_of} {noun}s"
