"""What all drawings have in common: the sheet of paper, with a caption, and handles for scripts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import pairwise

import graphviz

from circuitspec.circuit.circuit import Circuit
from circuitspec.drawing import style
from circuitspec.drawing.flow import Flow
from circuitspec.drawing.text import one_line, plain
from circuitspec.report.report import Report


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
            "fontsize": "8",
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


def add_end(sheet: graphviz.Digraph, name: str, label: str) -> None:
    """A box for what is no part of the circuit: where the residual stream begins or ends."""
    sheet.node(
        name,
        label=label,
        shape="box",
        style="rounded,filled",
        fillcolor=style.PANEL,
        color=style.PANEL_LINE,
        margin="0.08,0.05",
        **handle(name, "end", f"{name}: not part of the circuit"),
    )


def style_panel(panel: graphviz.Digraph, panel_id: str, words: str) -> None:
    """Make a cluster the panel of a block."""
    panel.attr(
        label="",
        style="rounded,filled",
        fillcolor=style.PANEL,
        color=style.PANEL_LINE,
        margin="8",
        **handle(panel_id, "block", words),
    )


def add_rows(
    sheet: graphviz.Digraph, rows: list[list[str]], joined: Collection[tuple[str, str]] = ()
) -> None:
    """Put rows one after another in forward order, also where no line connects them.

    Args:
        joined: the ends of lines. Rows that one of them connects need no more; an invisible one
            would still push the others around.
    """
    for row in rows:
        if len(row) > 1:
            with sheet.subgraph() as rank:
                rank.attr(rank="same")
                for node_id in row:
                    rank.node(node_id)
    for earlier, later in pairwise(rows):
        if not any(source in earlier and target in later for source, target in joined):
            sheet.edge(earlier[-1], later[-1], style="invis", weight="0")


def handle(element_id: str, kind: str, tooltip: str = "") -> dict[str, str]:
    """What a script or a mouse gets hold of."""
    # Without a tooltip, Graphviz shows the label's markup.
    return {"id": element_id, "class": kind, "tooltip": plain(tooltip) if tooltip else " "}
