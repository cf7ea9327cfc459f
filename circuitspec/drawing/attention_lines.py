"""How queries, keys and values of a head are joined: queries and keys meet in the softmax, values
go through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.drawing import style
from circuitspec.drawing.flow import Flow
from circuitspec.drawing.head_label import PATTERN_PORT, value_port
from circuitspec.drawing.implied import Head, Product, constant_other_side
from circuitspec.drawing.text import number


@dataclass(frozen=True)
class AttentionLine:
    """A line between two parts of a head.

    Attributes:
        target_port: where at the target it ends.
        look: Graphviz attributes beyond those of a plain line.
    """

    source: Node | Product
    target: Product | Head
    target_port: str
    look: Mapping[str, str | None] = field(default_factory=dict)


def attention_lines(
    circuit: Circuit, heads: Sequence[Head], scale: style.Scale, flow: Flow
) -> Iterator[AttentionLine]:
    """All lines inside `heads`, head by head."""
    constants = {node: constant_other_side(circuit, node) for head in heads for node in head.lone}
    largest = max((abs(c) for c in constants.values() if c), default=1.0)
    into_pattern = f"{PATTERN_PORT}:{flow.into}"
    for head in heads:
        for product in head.products:
            for node in (product.query, product.key):
                yield AttentionLine(node, product, flow.into)
            yield AttentionLine(product, head, into_pattern)
        for node in head.lone:
            look = _constant_look(node, constants[node], largest, scale)
            yield AttentionLine(node, head, into_pattern, look)
        for value in head.values:
            yield AttentionLine(value, head, f"{value_port(value)}:{flow.into}")


def _constant_look(
    node: Node, constant: float | None, largest: float, scale: style.Scale
) -> dict[str, str | None]:
    """How a key looks on its way to a constant query, or a query to a constant key."""
    other = "k" if node.place.part == "attn.q" else "q"
    if constant is None:
        return {"label": f" ×{other} " if scale.wordy else None, "style": "dotted"}
    if constant == 0.0:
        return {"label": f" {other}=0 ", "style": "dotted"}
    look = style.edge_look(constant)
    width = scale.thinnest + (scale.thickest - scale.thinnest) * abs(constant) / largest
    return {
        "label": f" {other}={number(constant, digits=2)} " if scale.wordy else None,
        "fontcolor": look.colour,
        "color": look.colour,
        "style": look.line,
        "arrowhead": look.arrowhead,
        "penwidth": f"{width:.2f}",
    }
