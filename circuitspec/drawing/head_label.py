"""What is written on a head: its softmax, and the values that go through it."""

from __future__ import annotations

import html

from circuitspec.circuit.nodes import Node
from circuitspec.drawing import style
from circuitspec.drawing.flow import RIGHT, Flow
from circuitspec.drawing.implied import Head
from circuitspec.drawing.node_label import NodeLabels
from circuitspec.drawing.text import font, shortened

PATTERN_PORT = "qk"


def value_port(value: Node) -> str:
    """The port of a value at its head's label."""
    return f"v{value.index}"


def head_label(head: Head, attends: str, labels: NodeLabels, scale: style.Scale, flow: Flow) -> str:
    """The HTML-like label: a cell where queries and keys arrive, and one for every value, through
    which that passes on its way to what the head writes.

    Args:
        attends: how the head does so, in a word or two.
    """
    size = scale.place_size
    name = font(f"head {head.index}", size=size, colour=style.INK, bold=True)
    pattern = (
        f'<TD PORT="{PATTERN_PORT}">{name}<BR/>{font(attends, size=size, colour=style.GREY)}</TD>'
    )
    values = [
        f'<TD PORT="{value_port(value)}" BGCOLOR="{style.HEAD_CHANNEL.fill}">'
        f"{font('× ' + shortened(labels.name(value), scale.value_width), size=size)}</TD>"
        for value in head.values
    ]
    cells = [pattern, *values]
    rows = (
        [f"<TR>{cell}</TR>" for cell in cells] if flow is RIGHT else [f"<TR>{''.join(cells)}</TR>"]
    )
    frame = 'BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED"'
    colours = f'COLOR="{html.escape(style.HEAD_CHANNEL.line)}" BGCOLOR="{style.PAPER}"'
    return f"<<TABLE {frame} {colours}>{''.join(rows)}</TABLE>>"
