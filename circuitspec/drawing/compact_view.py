"""The compact view: heads and MLPs with the names of what is in them, and bundles of channels.

For one column of a paper, and for circuits that are too large to be read node by node.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import graphviz

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.diagnostics.wording import counted
from circuitspec.drawing import style
from circuitspec.drawing.canvas import add_end, add_rows, empty_drawing, handle, paper
from circuitspec.drawing.caption import brief_caption
from circuitspec.drawing.condensed import Box, Bundle, End, condense
from circuitspec.drawing.flow import UP
from circuitspec.drawing.implied import weights_between
from circuitspec.drawing.logits_label import logits_label
from circuitspec.drawing.node_label import NodeLabels
from circuitspec.drawing.text import font, shortened, table, wrapped
from circuitspec.evidence.evidence import Evidence
from circuitspec.report.report import Report

_WIDTH = 20
_MOST_LINES = 3
_ROLES = {"attn.q": "q", "attn.k": "k", "attn.v": "v", "mlp.neuron": ""}


def draw_compact(
    circuit: Circuit, report: Report | None, evidence: Evidence | None
) -> graphviz.Digraph:
    """The compact view of `circuit`; see `draw`."""
    return _CompactView(circuit, report, evidence).digraph


class _CompactView:
    """One drawing in the making."""

    def __init__(self, circuit: Circuit, report: Report | None, evidence: Evidence | None) -> None:
        edges = weights_between(circuit) if circuit.edges is None else circuit.edges
        self.scale = style.COMPACT
        self.labels = NodeLabels(circuit, self.scale)
        condensed = condense(circuit, edges)
        self.boxes, self.bundles = condensed.boxes, condensed.bundles
        self.ids: dict[End, str] = {box: f"b{i}" for i, box in enumerate(self.boxes)}
        self.ids |= {"embedding": "embedding", "logits": "logits"}
        self.example = None if evidence is None else evidence.example
        self.n_lines = 0

        self.digraph = empty_drawing(circuit, report, self.scale, UP)
        with paper(self.digraph, circuit.name, brief_caption(circuit, report)) as sheet:
            self._add_boxes(sheet)
            for i, bundle in enumerate(self.bundles):
                self._add_bundle(sheet, f"c{i}", bundle)

    def _add_boxes(self, sheet: graphviz.Digraph) -> None:
        stops = [stop for bundle in self.bundles for stop in bundle.stops]
        rows: list[list[str]] = []
        if any("embedding" in stop.writers for stop in stops):
            label = f"<{font('embedding', colour=style.GREY)}>"
            add_end(sheet, "embedding", label)
            rows.append(["embedding"])
        for _, members in groupby(self.boxes, key=lambda box: (box.layer, box.kind)):
            row = list(members)
            for box in row:
                self._add_box(sheet, box)
            rows.append([self.ids[box] for box in row])
        if any("logits" in stop.readers for stop in stops):
            add_end(sheet, "logits", logits_label(self.example, UP))
            rows.append(["logits"])
        add_rows(sheet, rows)

    def _add_box(self, sheet: graphviz.Digraph, box: Box) -> None:
        look = style.NEURON if box.kind == "mlp" else style.HEAD_CHANNEL
        lines = [[font(box.title, bold=True)]]
        for part, members in groupby(self.boxes[box], key=lambda node: node.place.part):
            role = _ROLES[part]
            words = self._names(list(members))
            size = self.scale.place_size
            for i, line in enumerate(words):
                start = (
                    font(f"{role}: ", size=size, colour=style.GREY, blanks=True)
                    if role and i == 0
                    else ""
                )
                lines.append([start + font(line, size=size)])
        names = ", ".join(self.labels.name(node) for node in self.boxes[box])
        sheet.node(
            self.ids[box],
            label=f"<{table(lines, align='CENTER')}>",
            shape="box",
            style="rounded,filled",
            fillcolor=look.fill,
            color=look.line,
            **handle(self.ids[box], look.kind, f"{box.title}: {names}"),
        )

    def _add_bundle(self, sheet: graphviz.Digraph, bundle_id: str, bundle: Bundle) -> None:
        """One line through all stops, with branches there."""
        for i, stop in enumerate(bundle.stops):
            stop_id = f"{bundle_id}_{i}"
            if i == 0:
                self._add_names(sheet, stop_id, bundle)
            else:
                _add_joint(sheet, stop_id)
                self._add_line(sheet, f"{bundle_id}_{i - 1}", stop_id, bundle, weight="1")
            # The heavier a line, the shorter: stops stand at the boxes that they belong to.
            for writer in sorted(self.ids[writer] for writer in stop.writers):
                self._add_line(sheet, writer, stop_id, bundle, weight="4")
            for reader in sorted(self.ids[reader] for reader in stop.readers):
                self._add_line(sheet, stop_id, reader, bundle, weight="2")

    def _add_names(self, sheet: graphviz.Digraph, bundle_id: str, bundle: Bundle) -> None:
        size = self.scale.place_size
        lines = [[font(line, size=size, bold=True)] for line in self._names(bundle.first_nodes)]
        names = ", ".join(self.labels.name(node) for node in bundle.first_nodes)
        sheet.node(
            bundle_id,
            label=f"<{table(lines, align='CENTER')}>",
            shape="box",
            style="rounded,filled",
            fillcolor=style.PAPER,
            color=style.WIRE,
            margin="0.03,0.01",
            **handle(bundle_id, "residual", f"channels {names}"),
        )

    def _add_line(
        self, sheet: graphviz.Digraph, source: str, target: str, bundle: Bundle, weight: str
    ) -> None:
        n_channels = len(bundle.first_nodes)
        sheet.edge(
            source,
            target,
            color=style.WIRE,
            penwidth=f"{min(1.0 + 0.5 * n_channels, 4.0):g}",
            arrowhead="none",
            weight=weight,
            **handle(
                f"w{self.n_lines}",
                "wire",
                f"{counted(n_channels, 'channel')} of the residual stream",
            ),
        )
        self.n_lines += 1

    def _names(self, nodes: Sequence[Node]) -> list[str]:
        """Names in a few lines; of many, how many are missing."""
        names = list(dict.fromkeys(shortened(self.labels.name(n), _WIDTH - 2) for n in nodes))
        for n_shown in range(len(names), 0, -1):
            missing = len(names) - n_shown
            more = [f"+{missing}"] if missing else []
            lines = wrapped(", ".join(names[:n_shown] + more), _WIDTH)
            if len(lines) <= _MOST_LINES or n_shown == 1:
                return lines
        return []


def _add_joint(sheet: graphviz.Digraph, name: str) -> None:
    """Where something is written to a channel that runs on."""
    sheet.node(
        name,
        label="",
        shape="circle",
        style="filled",
        width="0.06",
        fixedsize="true",
        fillcolor=style.WIRE,
        color=style.WIRE,
        **handle(name, "residual", "the channel goes on"),
    )
