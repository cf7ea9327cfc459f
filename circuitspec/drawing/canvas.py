"""What all drawings have in common: the sheet of paper, with a caption, and handles for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import graphviz

from circuitspec.circuit.circuit import Circuit
from circuitspec.drawing import style
from circuitspec.drawing.flow import Flow
from circuitspec.drawing.text import one_line, plain
from circuitspec.verdict.report import Report


def empty_drawing(
    circuit: Circuit, report: Report | None, scale: style.Scale, flow: Flow
) -> graphviz.Digraph:
    """A drawing without content, with words for those who cannot see it as its comment."""
    about = f"Circuit {circuit.name} of {circuit.model.name}. {circuit.description}"
    if report is not None:
        about += f" Verdict: {report.verdict}."
    return graphviz.Digraph(
        plain(circuit.name),
        comment=one_line(about),
        graph_attr={
            "rankdir": flow.rankdir,
            # Ranks nodes as one graph, so that rows are rows across the panels of blocks.
            "newrank": "true",
            "bgcolor": "transparent",
            "fontname": style.SANS,
            "fontcolor": style.INK,
            "fontsize": "8",
            "nodesep": f"{scale.node_gap:g}",
            "ranksep": f"{scale.row_gap:g}",
            "pad": "0.05",
        },
        node_attr={
            "fontname": style.SANS,
            "fontcolor": style.INK,
            "fontsize": f"{scale.name_size:g}",
            "margin": scale.node_margin,
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


@contextmanager
def paper(digraph: graphviz.Digraph, name: str, caption: str) -> Iterator[graphviz.Digraph]:
    """The sheet on which everything is declared.

    Graphviz keeps lines inside panels, and block titles beside their rows, only where the edges
    that ask for it are declared in the same cluster.
    """
    with digraph.subgraph(name="cluster_paper") as sheet:
        sheet.attr(
            label=caption,
            tooltip=plain(name),
            # With BT, Graphviz turns the labels of clusters upside down along with the rest.
            labelloc="t" if digraph.graph_attr["rankdir"] == "BT" else "b",
            labeljust="l",
            style="rounded,filled",
            fillcolor=style.PAPER,
            color=style.PAPER_LINE,
            margin="12",
        )
        yield sheet


def handle(element_id: str, kind: str, tooltip: str = "") -> dict[str, str]:
    """What a script or a mouse gets hold of."""
    # Without a tooltip, Graphviz shows the label's markup.
    return {"id": element_id, "class": kind, "tooltip": plain(tooltip) if tooltip else " "}
