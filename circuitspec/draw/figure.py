"""From a circuit, and perhaps a report on it, to a drawing in DOT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import graphviz

from circuitspec.circuit.circuit import Circuit, Edge, NamedNodes, Node
from circuitspec.draw import style
from circuitspec.draw.blocks import Block, stack
from circuitspec.draw.caption import Sign, Verified, caption
from circuitspec.draw.implied import Head, Wire, residual_wires, weights_between
from circuitspec.draw.text import font, number, one_line, plain, shortened, table, wrapped

_DESCRIPTION_WIDTH = 28
_DESCRIPTION_LINES = 2


def draw(circuit: Circuit, report: Verified | None = None) -> graphviz.Digraph:
    """A drawing of `circuit`, from the embedding at the bottom to the logits at the top.

    The same circuit and report give the same DOT. Elements of the picture carry ids and classes
    for whoever wants to style or script its SVG: `n…` nodes, `e…` weights, `w…` stretches of the
    residual stream, `h…` attention patterns and `p…` their lines.

    Args:
        report: what was found when the circuit was verified. Its claims are listed under the
            drawing with their verdicts; without it nothing is said to hold.
    """
    return _Drawing(circuit, report).digraph


import os
PORTS=int(os.environ.get('PORTS','0'))
class _Drawing:
    """One drawing in the making."""

    def __init__(self, circuit: Circuit, report: Verified | None) -> None:
        self.circuit = circuit
        self.blocks = stack(circuit)
        self.wires = residual_wires(circuit)
        self.edges = weights_between(circuit)
        self.heads = [m for block in self.blocks for m in block.members if isinstance(m, Head)]
        nodes = circuit.nodes
        self.scale = style.FULL if len(nodes) <= style.LARGEST_FULL else style.COMPACT
        self.ids: dict[Node | Head | str, str] = {"embedding": "embedding", "logits": "logits"}
        self.ids |= {node: f"n{i}" for i, node in enumerate(nodes)}
        self.ids |= {head: f"h{i}" for i, head in enumerate(self.heads)}
        self.groups = {node: group for group in circuit.groups for node in group.nodes}

        self.digraph = self._empty()
        with self.digraph.subgraph(name="cluster_paper") as paper:
            paper.attr(
                style="rounded,filled",
                fillcolor=style.PAPER,
                color=style.PAPER_LINE,
                margin="12",
                label=caption(circuit, report, list(self._legend())),
                # Graphviz mirrors labels along with the ranks: with BT, `t` is the bottom.
                labelloc="t",
                labeljust="l",
            )
            self.root = self.digraph
            self._add_boxes_and_blocks(paper)
            self.digraph = paper
            self._add_rows()
            self._add_wires()
            self._add_patterns()
            self._add_weights()
            self.digraph = self.root

    def _empty(self) -> graphviz.Digraph:
        name = one_line(self.circuit.name)
        return graphviz.Digraph(
            graphviz.escape(name),
            graph_attr={
                "rankdir": "BT",
                "newrank": "true",
                "bgcolor": "transparent",
                "fontname": style.SANS,
                "fontcolor": style.INK,
                "fontsize": "9",
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

    def _add_boxes_and_blocks(self, paper):
        ends = {end for wire in self.wires for end in (wire.source, wire.target)}
        for name in ("embedding", "logits"):
            if name in ends:
                paper.node(name, id=name, label=f"<{font(name, size=9, colour=style.GREY)}>", shape="box",
                    style="rounded,filled", fillcolor=style.PANEL, color=style.PANEL_LINE, margin="0.3,0.05", **{"class": "box"})
        for i, block in enumerate(self.blocks):
            with paper.subgraph(name=f"cluster_{i}") as panel:
                panel.attr(label="", style="rounded,filled", fillcolor=style.PANEL, color=style.PANEL_LINE, margin="8")
                t = f"t{i}"
                panel.node(t, shape="plaintext", label=f"<{table([[font(x, size=8, colour=style.GREY)] for x in block.title])}>")
                for m in block.rows[0]:
                    panel.edge(t, self.ids[m], style="invis")
                for m in block.members:
                    if isinstance(m, Head): self._head(panel, m)
                    else: self._node(panel, m)

    def _add_rows(self):
        g = self.digraph
        rows = []
        for i, b in enumerate(self.blocks):
            for j, row in enumerate(b.rows):
                rows.append([f"t{i}"] * (j == 0) + [self.ids[m] for m in row])
        for row in rows:
            if len(row) > 1:
                with g.subgraph() as r:
                    r.attr(rank="same")
                    for i in row: r.node(i)
        for a, b in pairwise(rows):
            g.edge(a[-1], b[-1], style="invis", weight="0")

    def _add_wires(self):
        for i, w in enumerate(self.wires):
            g = self.digraph
            g.edge(self.ids[w.source], self.ids[w.target], id=f"w{i}", arrowhead="none", color=style.WIRE, penwidth="0.8", tailport="n" if PORTS and w.source != "embedding" else None, headport="s" if PORTS and w.target != "logits" else None,
               label=f"channel {w.channel}" if self.scale.wordy and isinstance(w.source, Node) and isinstance(w.target, Node) else None, **{"class":"wire"})

    def _add_patterns(self):
        for i, h in enumerate(self.heads):
            for j, n in enumerate(h.queries + h.keys):
                self.digraph.edge(self.ids[n], self.ids[h], style="dotted", arrowhead="none", color=style.GREY)
            for o in dict.fromkeys(e.target for e in self.edges if e.source in h.values):
                self.digraph.edge(self.ids[h], self.ids[o], style="dotted", arrowhead="odot", color=style.GREY, weight="0", headport="s" if 0 else None)

    def _add_weights(self):
        s = self.scale
        largest = max((abs(e.weight) for e in self.edges), default=1)
        for i, e in enumerate(self.edges):
            look = style.POSITIVE if e.weight > 0 else style.NEGATIVE
            col = look.colour if self.circuit.edges is not None else look.pale
            self.digraph.edge(self.ids[e.source], self.ids[e.target], id=f"e{i}", color=col,
              style=look.line, arrowhead=look.arrowhead, penwidth=f"{s.thinnest+(s.thickest-s.thinnest)*abs(e.weight)/largest:.2f}",
              fontcolor=look.colour, weight="3",
              label=f" {'+' if e.weight > 0 else ''}{number(float(f'{e.weight:.2g}'))} " if self.circuit.edges and len(self.edges)<=style.LARGEST_NUMBERED else None)

    def _legend(self):
        yield [Sign("──▶", style.POSITIVE.colour, "positive weight"),
         Sign("╌╌┤", style.NEGATIVE.colour, "negative weight"),
         Sign("───", style.WIRE, "residual stream"),
         Sign("┈┈○", style.GREY, "attention pattern")]
        yield [Sign(l.sign, l.line, l.meaning) for l in (style.RESIDUAL, style.HEAD_CHANNEL, style.NEURON)]

    def _head(self, c, h):
        c.node(self.ids[h], label=f"<{font(f'softmax h{h.index}', size=7.5, colour=style.GREY)}>", shape="box", style="rounded,dashed,filled", fillcolor="#FFFFFF", color=style.GREY, margin="0.06,0.02")

    def _node(self, c, n):
        s = self.scale
        look = style.node_look(n.place.part)
        g = self.groups[n]
        lines = [font(shortened(g.name, s.name_width), bold=True)]
        lines.append(font(self.place(n), size=s.place_size, colour=style.GREY, face=style.MONO))
        if s.wordy and n == g.nodes[0] and g.description:
            d = wrapped(g.description, 28)
            if len(d) <= 2:
                lines += [font(x, size=8, colour=style.INK) for x in d]
        c.node(self.ids[n], label=f"<{table([[l] for l in lines],align='CENTER')}>", id=self.ids[n], shape=look.shape, style=look.style, fillcolor=look.fill, color=look.line)

    def place(self, n):
        p = n.place
        d = self.circuit.model.config.d_head
        if p.part in ("attn.q","attn.k","attn.v"):
            return f"L{p.layer}.h{n.index//d}.{p.part[-1]}[{n.index%d}]"
        return str(n)
