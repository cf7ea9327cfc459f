"""The signs that occur in a full view, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge
from circuitspec.drawing import style
from circuitspec.drawing.caption import Sign
from circuitspec.drawing.implied import Head, Wire


def legend(
    circuit: Circuit, edges: Sequence[Edge], wires: Sequence[Wire], heads: Sequence[Head]
) -> list[list[Sign]]:
    """The legend's lines: signs of lines first, then of nodes.

    Args:
        edges: those that are drawn.
    """
    lines = []
    for look in (style.POSITIVE, style.NEGATIVE):
        if any(style.edge_look(edge.weight) == look for edge in edges):
            colour = look.pale if circuit.edges is None else look.colour
            lines.append(Sign(look.sign, colour, f"{look.kind} weight"))
    if wires:
        lines.append(Sign("━━━", style.WIRE, "residual channel"))
    lone = {node.place.part for head in heads for node in head.lone}
    for part, sign, other in (("attn.k", "q=", "query"), ("attn.q", "k=", "key")):
        if part in lone:
            lines.append(Sign(sign, style.GREY, f"constant {other} ({circuit.ablation.kind})"))
    looks = dict.fromkeys(style.node_look(node.place.part) for node in circuit.nodes)
    return [lines, [Sign(look.sign, look.line, look.meaning) for look in looks]]
