"""The full view: every node, every weight, and the channels of the residual stream as lines.

In the manner of Figure 4 of Gao et al. 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import graphviz

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.drawing import style
from circuitspec.drawing.attention_lines import attention_lines
from circuitspec.drawing.blocks import Block, stack
from circuitspec.drawing.canvas import (
    add_end,
    add_rows,
    empty_drawing,
    handle,
    paper,
    style_panel,
)
from circuitspec.drawing.caption import caption
from circuitspec.drawing.flow import RIGHT, better_flow
from circuitspec.drawing.head_label import head_label, value_port
from circuitspec.drawing.implied import (
    Head,
    Product,
    Wire,
    attends_evenly,
    logit_weights,
    named_before,
    residual_wires,
    weights_between,
)
from circuitspec.drawing.legend import legend
from circuitspec.drawing.logits_label import logits_label
from circuitspec.drawing.node_label import NodeLabels
from circuitspec.drawing.text import font, signed, table
from circuitspec.evidence.evidence import Evidence, Example
from circuitspec.report.report import Report

# Of weights that no spec lists, no more than these are drawn, the largest ones.
_MOST_UNLISTED = 400
# What a channel does to a candidate is drawn if it is this much of the most that one does.
_LEAST_LOGIT_WEIGHT = 0.1


def draw_full(
    circuit: Circuit, report: Report | None, evidence: Evidence | None
) -> graphviz.Digraph:
    """The full view of `circuit`; see `draw`."""
    return _FullView(circuit, report, evidence).digraph


class _FullView:
    """One drawing in the making."""

    def __init__(self, circuit: Circuit, report: Report | None, evidence: Evidence | None) -> None:
        self.circuit = circuit
        self.blocks = stack(circuit)
        self.wires = residual_wires(circuit)
        self.edges = weights_between(circuit) if circuit.edges is None else circuit.edges
        self.n_hidden = 0
        if circuit.edges is None and len(self.edges) > _MOST_UNLISTED:
            self._hide_small_weights()
        members = [member for block in self.blocks for member in block.members]
        self.heads = [member for member in members if isinstance(member, Head)]
        self.head_of = {value: head for head in self.heads for value in head.values}
        products = [member for member in members if isinstance(member, Product)]
        self.scale = style.scale_for(len(circuit.nodes))
        self.labels = NodeLabels(circuit, self.scale, evidence)
        self.example = None if evidence is None else evidence.example
        self.again = set(named_before(circuit))
        self.joined: set[tuple[str, str]] = set()
        self.ids: dict[Node | Product | Head | str, str] = {"logits": "logits"}
        self.ids |= {node: f"n{i}" for i, node in enumerate(circuit.nodes)}
        self.ids |= {head: f"h{i}" for i, head in enumerate(self.heads)}
        self.ids |= {product: f"x{i}" for i, product in enumerate(products)}
        widths = [len(row) for block in self.blocks for row in block.rows]
        self.flow = better_flow(widths, self.scale.box, (self.scale.node_gap, self.scale.row_gap))
        self.numbered = circuit.edges is not None and len(self.edges) <= style.LARGEST_NUMBERED
        if self.flow is RIGHT and not self.numbered:
            # Lines between two tall rows are told apart only with room between these.
            self.scale = replace(self.scale, row_gap=0.9)

        self.digraph = empty_drawing(circuit, report, self.scale, self.flow)
        signs = legend(circuit, self.edges, self.wires, self.heads)
        words = caption(circuit, report, signs, self._remarks(evidence))
        with paper(self.digraph, circuit.name, words) as sheet:
            rows = list(self._nodes_by_row(sheet))
            for i, wire in enumerate(self.wires):
                self._add_wire(sheet, f"w{i}", wire)
            self._add_attention(sheet)
            strongest = max((abs(edge.weight) for edge in self.edges), default=1.0)
            for i, edge in enumerate(self.edges):
                self._add_weight(sheet, f"e{i}", edge, abs(edge.weight) / strongest)
            add_rows(sheet, rows, self.joined)

    def _hide_small_weights(self) -> None:
        by_size = sorted(self.edges, key=lambda edge: -abs(edge.weight))
        self.n_hidden = len(self.edges) - _MOST_UNLISTED
        self.edges = tuple(sorted(by_size[:_MOST_UNLISTED], key=lambda edge: edge.order))

    def _remarks(self, evidence: Evidence | None) -> Iterator[str]:
        """What else readers must know."""
        if self.n_hidden:
            yield f"The {_MOST_UNLISTED} largest weights are drawn, {self.n_hidden} others are not."
        if evidence is not None and evidence.snippets and self.scale.n_snippets:
            yield (
                "In the text below a node, the marked token is one at which it says the most that "
                "is unusual when the circuit runs alone, and the number is what it says there."
            )

    # Nodes

    def _nodes_by_row(self, sheet: graphviz.Digraph) -> Iterator[list[str]]:
        """Declare everything that lines connect, and give the ids row by row, the first first."""
        starts = [wire for wire in self.wires if wire.source == "embedding"]
        if starts:
            yield self._add_embedding(sheet, starts)
        for i, block in enumerate(self.blocks):
            with sheet.subgraph(name=f"cluster_b{i}") as panel:
                yield from self._add_block(panel, f"b{i}", block)
        if any(wire.target == "logits" for wire in self.wires):
            add_end(sheet, "logits", logits_label(self.example, self.flow))
            yield ["logits"]

    def _add_embedding(self, sheet: graphviz.Digraph, starts: list[Wire]) -> list[str]:
        """A panel in which every line starts at a point of its own, so that they are parallel."""
        with sheet.subgraph(name="cluster_embedding") as panel:
            style_panel(panel, "embedding", "embedding: not part of the circuit")
            panel.attr(label=f"<{font('embed', size=8, colour=style.GREY)}>", labelloc="t")
            for wire in starts:
                name = _start_id(wire)
                panel.node(
                    name,
                    label="",
                    shape="circle",
                    style="filled",
                    width="0.07",
                    fixedsize="true",
                    fillcolor=style.WIRE,
                    color=style.WIRE,
                    **handle(name, "end", f"channel {wire.channel} of the embedding"),
                )
        return [_start_id(wire) for wire in starts]

    def _add_block(self, panel: graphviz.Digraph, block_id: str, block: Block) -> list[list[str]]:
        style_panel(panel, block_id, " ".join(block.title))
        heads = [member for member in block.members if isinstance(member, Head)]
        for head in heads:
            with panel.subgraph(name=f"cluster_{self.ids[head]}") as own:
                self._add_head(own, head)
        own_nodes = {node for head in heads for node in head.queries + head.keys + head.values}
        for member in block.members:
            if isinstance(member, Node) and member not in own_nodes:
                self._add_node(panel, member)
        rows = [[self.ids[member] for member in row] for row in block.rows]
        if self.flow is RIGHT:
            title = font(" · ".join(block.title), size=8, colour=style.GREY)
            panel.attr(label=f"<{title}>", labelloc="t", labeljust="l")
            return rows
        # Here the title is a node, because lines are drawn across the label of a cluster.
        title_id = f"{block_id}_title"
        lines = [[font(line, size=8, colour=style.GREY)] for line in block.title]
        label = f"<{table(lines)}>"
        panel.node(title_id, label=label, shape="plaintext", **handle(title_id, "title"))
        beside = rows[block.shortest_row]
        for member_id in beside:
            panel.edge(title_id, member_id, style="invis")  # asks for the title at the left
        beside.insert(0, title_id)
        return rows

    def _add_node(self, panel: graphviz.Digraph, node: Node) -> None:
        look, again = style.node_look(node.place.part), node in self.again
        panel.node(
            self.ids[node],
            label=self.labels.place_alone(node) if again else self.labels.label(node),
            shape=look.shape,
            style=look.style,
            fillcolor=look.fill,
            color=look.line,
            margin=look.margin,
            **handle(self.ids[node], look.kind, self.labels.tooltip(node)),
        )

    def _add_head(self, panel: graphviz.Digraph, head: Head) -> None:
        """A panel of its own, so that what belongs to a head stands together."""
        panel_id = f"{self.ids[head]}_panel"
        panel.attr(
            label="",
            style="rounded,filled",
            color=style.HEAD_PANEL,
            fillcolor=style.HEAD_PANEL,
            margin="5",
            **handle(panel_id, "head", f"layer {head.layer}, head {head.index}"),
        )
        for node in head.queries + head.keys + head.values:
            self._add_node(panel, node)
        for product in head.products:
            self._add_product(panel, product)
        even = attends_evenly(self.circuit, head)
        label = head_label(
            head, "even attention" if even else "softmax(q·k)", self.labels, self.scale, self.flow
        )
        name = f"layer {head.layer}, head {head.index}"
        panel.node(
            self.ids[head],
            label=label,
            shape="plain",
            **handle(self.ids[head], "pattern", f"{name}: where it attends, and what it brings"),
        )

    def _add_product(self, panel: graphviz.Digraph, product: Product) -> None:
        key, query = self.labels.name(product.key), self.labels.name(product.query)
        panel.node(
            self.ids[product],
            label=f"<{font('q·k', size=7.5)}>",
            shape="circle",
            style="filled",
            fillcolor=style.PAPER,
            color=style.HEAD_CHANNEL.line,
            margin="0.01",
            **handle(self.ids[product], "pattern", f"{query} times {key}"),
        )

    # Lines

    def _add_line(
        self, sheet: graphviz.Digraph, source: str, target: str, **look: str | None
    ) -> None:
        sheet.edge(source, target, **look)
        self.joined.add((source, target))

    def _add_wire(self, sheet: graphviz.Digraph, wire_id: str, wire: Wire) -> None:
        source = _start_id(wire) if wire.source == "embedding" else self.ids[wire.source]
        words = f"channel {wire.channel} of the residual stream"
        if wire.target == "logits" and self.example is not None:
            ends = list(self._logit_ends(wire.channel, self.example))
        else:
            ends = [(self.flow.into, None)]
        for i, (port, weight) in enumerate(ends):
            look = None if weight is None else style.edge_look(weight)
            through = wire.source != "embedding" and wire.target != "logits"
            element_id = wire_id if len(ends) == 1 else f"{wire_id}_{i}"
            self._add_line(
                sheet,
                source,
                self.ids[wire.target],
                label=f" {wire.channel} " if through and self.scale.wordy else None,
                arrowhead="none" if look is None else look.arrowhead,
                style="solid" if look is None else look.line,
                color=style.WIRE if look is None else look.colour,
                penwidth="2.2",
                # A panel is pulled together with 128: the starts of lines are to withstand that.
                weight="200" if wire.source == "embedding" else "12",
                # Into nodes and out of them at their ends: wires are not aimed like weights.
                tailport=self.flow.out_of,
                headport=port,
                **handle(element_id, "wire", words),
            )

    def _logit_ends(self, channel: int, example: Example) -> Iterator[tuple[str, float | None]]:
        """The candidates that a channel speaks for or against, or else the logits as a whole."""
        weights = logit_weights(self.circuit, channel, example.ids)
        most = max(map(abs, weights))
        if most == 0.0:
            yield self.flow.into, None
        for i, weight in enumerate(weights):
            if weight and abs(weight) >= _LEAST_LOGIT_WEIGHT * most:
                yield f"c{i}:{self.flow.into}", weight

    def _add_attention(self, sheet: graphviz.Digraph) -> None:
        plain = {"color": style.HEAD_CHANNEL.line, "arrowhead": "none", "weight": "2"}
        lines = attention_lines(self.circuit, self.heads, self.scale, self.flow)
        for i, line in enumerate(lines):
            self._add_line(
                sheet,
                self.ids[line.source],
                self.ids[line.target],
                headport=line.target_port,
                tailport=self.flow.out_of,
                **{**plain, **line.look},
                **handle(f"p{i}", "pattern", "attention"),
            )

    def _add_weight(
        self, sheet: graphviz.Digraph, edge_id: str, edge: Edge, strength: float
    ) -> None:
        listed, scale = self.circuit.edges is not None, self.scale
        look = style.edge_look(edge.weight)
        ends = f"{self.labels.name(edge.source)} to {self.labels.name(edge.target)}"
        head = self.head_of.get(edge.source)
        self._add_line(
            sheet,
            self.ids[edge.source if head is None else head],
            self.ids[edge.target],
            tailport=None if head is None else f"{value_port(edge.source)}:{self.flow.out_of}",
            # The blanks hold the number off the line.
            label=f" {signed(edge.weight)} " if self.numbered else None,
            fontcolor=look.colour,
            color=look.colour if listed else look.pale,
            style=look.line,
            arrowhead=look.arrowhead,
            penwidth=f"{scale.thinnest + (scale.thickest - scale.thinnest) * strength:.2f}",
            weight="3",
            **handle(edge_id, f"weight {look.kind}", f"{ends}: weight {signed(edge.weight)}"),
        )


def _start_id(wire: Wire) -> str:
    return f"s{wire.channel}"
