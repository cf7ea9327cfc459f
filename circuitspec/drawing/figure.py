"""From a circuit, and perhaps a report on it, to a drawing in DOT."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import graphviz

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.drawing import style
from circuitspec.drawing.blocks import Block, stack
from circuitspec.drawing.caption import Sign, caption
from circuitspec.drawing.implied import Head, Wire, residual_wires, weights_between
from circuitspec.drawing.node_label import NodeLabels
from circuitspec.drawing.text import font, number, one_line, plain, table
from circuitspec.verdict.report import Report

# Of weights that no spec lists, no more than these are drawn, the largest ones.
_MOST_UNLISTED = 400


def draw(circuit: Circuit, report: Report | None = None) -> graphviz.Digraph:
    """A drawing of `circuit`, from the embedding at the bottom to the logits at the top.

    The same circuit and report give the same DOT. For styles and scripts, what is drawn carries
    ids and classes into SVG: `n…` nodes, `e…` weights, `w…` channels of the residual stream, `h…`
    attention patterns and `p…` the lines at them, each numbered in forward order.

    Args:
        report: what was found when this circuit was verified: its claims stand under the drawing
            with their verdicts. Without a report, nothing is said to hold.

    Raises:
        ValueError: the report is about another circuit or another model.
    """
    if report is not None:
        _check_belongs(report, circuit)
    return _Drawing(circuit, report).digraph


def _check_belongs(report: Report, circuit: Circuit) -> None:
    if (report.circuit, report.model.sha256) != (circuit.name, circuit.model.sha256):
        raise ValueError(
            f"a report on {report.circuit!r} of the model {report.model.name!r} says nothing "
            f"about {circuit.name!r} of {circuit.model.name!r}"
        )


class _Drawing:
    """One drawing in the making.

    All that is drawn is declared inside the cluster `paper`: Graphviz keeps lines inside the
    panel, and block titles at the left of their rows, only where the edges that ask for it are
    declared there too.
    """

    def __init__(self, circuit: Circuit, report: Report | None) -> None:
        self.circuit = circuit
        self.blocks = stack(circuit)
        self.wires = residual_wires(circuit)
        self.edges = weights_between(circuit) if circuit.edges is None else circuit.edges
        self.n_hidden = 0
        if circuit.edges is None and len(self.edges) > _MOST_UNLISTED:
            self._hide_small_weights()
        self.heads = [m for block in self.blocks for m in block.members if isinstance(m, Head)]
        nodes = circuit.nodes
        self.scale = style.FULL if len(nodes) <= style.LARGEST_FULL else style.COMPACT
        self.labels = NodeLabels(circuit, self.scale)
        self.ids: dict[Node | Head | str, str] = {"embedding": "embedding", "logits": "logits"}
        self.ids |= {node: f"n{i}" for i, node in enumerate(nodes)}
        self.ids |= {head: f"h{i}" for i, head in enumerate(self.heads)}

        self.digraph = self._empty(report)
        with self.digraph.subgraph(name="cluster_paper") as paper:
            paper.attr(
                label=caption(circuit, report, list(self._legend()), self._remark()),
                tooltip=plain(circuit.name),
                # With BT, Graphviz turns the labels of clusters upside down along with the rest.
                labelloc="t",
                labeljust="l",
                style="rounded,filled",
                fillcolor=style.PAPER,
                color=style.PAPER_LINE,
                margin="12",
            )
            self._add_rows(paper, list(self._nodes_by_row(paper)))
            for i, wire in enumerate(self.wires):
                self._add_wire(paper, f"w{i}", wire)
            self._add_pattern_lines(paper)
            strongest = max((abs(edge.weight) for edge in self.edges), default=1.0)
            for i, edge in enumerate(self.edges):
                self._add_weight(paper, f"e{i}", edge, abs(edge.weight) / strongest)

    def _hide_small_weights(self) -> None:
        by_size = sorted(self.edges, key=lambda edge: -abs(edge.weight))
        self.n_hidden = len(self.edges) - _MOST_UNLISTED
        self.edges = tuple(sorted(by_size[:_MOST_UNLISTED], key=lambda edge: edge.order))

    def _remark(self) -> str:
        if not self.n_hidden:
            return ""
        return f"The {_MOST_UNLISTED} largest weights are drawn, {self.n_hidden} others are not."

    def _empty(self, report: Report | None) -> graphviz.Digraph:
        circuit = self.circuit
        about = f"Circuit {circuit.name} of {circuit.model.name}. {circuit.description}"
        if report is not None:
            about += f" Verdict: {report.verdict}."
        return graphviz.Digraph(
            plain(circuit.name),
            comment=one_line(about),
            graph_attr={
                "rankdir": "BT",
                # Ranks nodes as one graph, so that rows are rows across the panels of blocks.
                "newrank": "true",
                "bgcolor": "transparent",
                "fontname": style.SANS,
                "fontcolor": style.INK,
                "fontsize": "8",
                "nodesep": f"{self.scale.node_gap:g}",
                "ranksep": f"{self.scale.row_gap:g}",
                "pad": "0.05",
            },
            node_attr={
                "fontname": style.SANS,
                "fontcolor": style.INK,
                "fontsize": f"{self.scale.name_size:g}",
                "margin": self.scale.node_margin,
                "width": "0",
                "height": "0",
                "penwidth": "0.9",
            },
            edge_attr={
                "fontname": style.SANS,
                "fontcolor": style.GREY,
                "fontsize": "7",
                "arrowsize": "0.6",
            },
        )

    def _nodes_by_row(self, paper: graphviz.Digraph) -> Iterator[list[str]]:
        """Declare everything that lines connect, and give the ids row by row, bottom first."""
        ends = {end for wire in self.wires for end in (wire.source, wire.target)}
        if "embedding" in ends:
            yield [self._add_box(paper, "embedding")]
        for i, block in enumerate(self.blocks):
            with paper.subgraph(name=f"cluster_b{i}") as panel:
                yield from self._add_block(panel, f"b{i}", block)
        if "logits" in ends:
            yield [self._add_box(paper, "logits")]

    def _add_box(self, paper: graphviz.Digraph, name: str) -> str:
        paper.node(
            name,
            label=f"<{font(name, size=9, colour=style.GREY)}>",
            shape="box",
            style="rounded,filled",
            fillcolor=style.PANEL,
            color=style.PANEL_LINE,
            margin="0.3,0.05",
            **_handle(name, "end", f"{name}: not part of the circuit"),
        )
        return name

    def _add_block(self, panel: graphviz.Digraph, block_id: str, block: Block) -> list[list[str]]:
        panel.attr(
            label="",
            style="rounded,filled",
            fillcolor=style.PANEL,
            color=style.PANEL_LINE,
            margin="8",
            **_handle(block_id, "block", " ".join(block.title)),
        )
        # The title is a node, because lines are drawn across the label of a cluster.
        title = f"{block_id}_title"
        lines = [[font(line, size=8, colour=style.GREY)] for line in block.title]
        panel.node(title, label=f"<{table(lines)}>", shape="plaintext", **_handle(title, "title"))
        for member in block.members:
            if isinstance(member, Head):
                self._add_pattern(panel, member)
            else:
                self._add_node(panel, member)
        rows = [[self.ids[member] for member in row] for row in block.rows]
        beside = rows[block.shortest_row]
        for member_id in beside:
            panel.edge(title, member_id, style="invis")  # asks for the title at the left
        beside.insert(0, title)
        return rows

    def _add_node(self, panel: graphviz.Digraph, node: Node) -> None:
        look = style.node_look(node.place.part)
        panel.node(
            self.ids[node],
            label=self.labels.label(node),
            shape=look.shape,
            style=look.style,
            fillcolor=look.fill,
            color=look.line,
            **_handle(self.ids[node], look.kind, self.labels.tooltip(node)),
        )

    def _add_pattern(self, panel: graphviz.Digraph, head: Head) -> None:
        panel.node(
            self.ids[head],
            label=f"<{font(f'softmax h{head.index}', size=7.5, colour=style.GREY)}>",
            shape="box",
            style="rounded,dashed,filled",
            fillcolor=style.PAPER,
            color=style.GREY,
            margin="0.06,0.02",
            **_handle(self.ids[head], "pattern", f"where head {head.index} attends"),
        )

    def _add_rows(self, paper: graphviz.Digraph, rows: list[list[str]]) -> None:
        """Put rows above each other in forward order, also where no line connects them."""
        for row in rows:
            if len(row) > 1:
                with paper.subgraph() as rank:
                    rank.attr(rank="same")
                    for node_id in row:
                        rank.node(node_id)
        for lower, upper in pairwise(rows):
            paper.edge(lower[-1], upper[-1], style="invis", weight="0")

    def _add_wire(self, paper: graphviz.Digraph, wire_id: str, wire: Wire) -> None:
        inside = isinstance(wire.source, Node) and isinstance(wire.target, Node)
        words = f"channel {wire.channel}"
        paper.edge(
            self.ids[wire.source],
            self.ids[wire.target],
            label=words if inside and self.scale.wordy else None,
            arrowhead="none",
            color=style.WIRE,
            penwidth="0.8",
            # Into nodes from below and out of them at the top: wires are not aimed like weights.
            tailport="n" if isinstance(wire.source, Node) else None,
            headport="s" if isinstance(wire.target, Node) else None,
            **_handle(wire_id, "wire", f"{words} of the residual stream"),
        )

    def _add_pattern_lines(self, paper: graphviz.Digraph) -> None:
        """Queries and keys meet in the pattern, which gates what the head's values write."""
        lines: list[tuple[Node | Head, Node | Head, str]] = []
        for head in self.heads:
            lines += [(node, head, "none") for node in head.queries + head.keys]
            lines += [(head, node, "odot") for node in self._written_by(head)]
        for i, (source, target, arrowhead) in enumerate(lines):
            paper.edge(
                self.ids[source],
                self.ids[target],
                style="dotted",
                color=style.GREY,
                arrowhead=arrowhead,
                weight="0" if arrowhead == "odot" else None,
                **_handle(f"p{i}", "pattern", "attention pattern"),
            )

    def _written_by(self, head: Head) -> list[Node]:
        targets = (edge.target for edge in self.edges if edge.source in head.values)
        return list(dict.fromkeys(targets))

    def _add_weight(
        self, paper: graphviz.Digraph, edge_id: str, edge: Edge, strength: float
    ) -> None:
        listed, scale = self.circuit.edges is not None, self.scale
        look = style.edge_look(edge.weight)
        weight = ("+" if edge.weight > 0 else "") + number(edge.weight, digits=2)
        numbered = listed and len(self.edges) <= style.LARGEST_NUMBERED
        ends = f"{self.labels.name(edge.source)} to {self.labels.name(edge.target)}"
        paper.edge(
            self.ids[edge.source],
            self.ids[edge.target],
            # The blanks hold the number off the line.
            label=f" {weight} " if numbered else None,
            fontcolor=look.colour,
            color=look.colour if listed else look.pale,
            style=look.line,
            arrowhead=look.arrowhead,
            penwidth=f"{scale.thinnest + (scale.thickest - scale.thinnest) * strength:.2f}",
            weight="3",
            **_handle(edge_id, f"weight {look.kind}", f"{ends}: weight {weight}"),
        )

    def _legend(self) -> Iterator[list[Sign]]:
        """The signs that occur: lines first, then nodes."""
        lines = []
        for look in (style.POSITIVE, style.NEGATIVE):
            if any(style.edge_look(edge.weight) == look for edge in self.edges):
                colour = look.pale if self.circuit.edges is None else look.colour
                lines.append(Sign(look.sign, colour, f"{look.kind} weight"))
        if self.wires:
            lines.append(Sign("───", style.WIRE, "residual stream"))
        if self.heads:
            lines.append(Sign("┈┈○", style.GREY, "attention pattern"))
        yield lines
        looks = dict.fromkeys(style.node_look(node.place.part) for node in self.circuit.nodes)
        yield [Sign(look.sign, look.line, look.meaning) for look in looks]


def _handle(element_id: str, kind: str, tooltip: str = "") -> dict[str, str]:
    """What a script or a mouse gets hold of."""
    # Without a tooltip, Graphviz shows the label's markup.
    return {"id": element_id, "class": kind, "tooltip": plain(tooltip) if tooltip else " "}
