"""From a circuit, and perhaps a report and evidence on it, to a drawing in DOT."""

from __future__ import annotations

from typing import Literal, TypeAlias

import graphviz

from circuitspec.circuit.circuit import Circuit
from circuitspec.drawing.compact_view import draw_compact
from circuitspec.drawing.full_view import draw_full
from circuitspec.evidence.evidence import Evidence
from circuitspec.report.report import Report

View: TypeAlias = Literal["full", "compact"]


def draw(
    circuit: Circuit,
    report: Report | None = None,
    evidence: Evidence | None = None,
    view: View = "full",
) -> graphviz.Digraph:
    """A drawing of `circuit`, from the embedding to the logits: up the page or, where that leaves
    more of its size on a page, to the right.

    The same arguments give the same DOT. For styles and scripts, what is drawn carries ids and
    classes into SVG: `n…` nodes, `e…` weights, `w…` channels of the residual stream, `h…` heads
    and `p…` the lines at them, each numbered in forward order.

    Args:
        report: what was found when this circuit was verified: its claims stand under the drawing
            with their verdicts. Without a report, nothing is said to hold.
        evidence: where the nodes fire, and what the circuit answers. The compact view has no room
            for the former.
        view: `full` shows every node and weight, `compact` what goes from head to head.

    Raises:
        ValueError: no such view, or report or evidence are about another circuit or another model.
    """
    if report is not None:
        _check_belongs("a report", report.circuit, report.model.sha256, circuit)
    if evidence is not None:
        _check_belongs("evidence", evidence.circuit, evidence.model_sha256, circuit)
    views = {"full": draw_full, "compact": draw_compact}
    if view not in views:
        raise ValueError(f"there is no view {view!r}; choose one of {', '.join(views)}")
    return views[view](circuit, report, evidence)


def _check_belongs(what: str, name: str, model_sha256: str, circuit: Circuit) -> None:
    if (name, model_sha256) != (circuit.name, circuit.model.sha256):
        raise ValueError(
            f"{what} on {name!r} of the model {model_sha256[:12]} says nothing about "
            f"{circuit.name!r} of {circuit.model.name!r} ({circuit.model.sha256[:12]})"
        )
