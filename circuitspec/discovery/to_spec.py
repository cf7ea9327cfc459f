"""From a found circuit to a spec with generated names and claims: a start for its author."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.document import Document
from circuitspec.document.spec_to_document import spec_to_document
from circuitspec.language.spec import (
    Ablation,
    Alternative,
    Calibration,
    Claim,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    NodeRef,
    PlaceRef,
    Selection,
    Spec,
)


def circuit_to_spec(
    circuit: Circuit,
    *,
    model: str,
    task: str,
    claims: Sequence[Claim] = (),
    calibration: Calibration | None = None,
    also: tuple[Alternative, ...] = (),
) -> Spec:
    """A spec that names every node of `circuit` by its place.

    Args:
        model, task: what the spec calls them.
    """
    d_head = circuit.model.config.d_head
    names = {node: _name(node, d_head) for node in circuit.nodes}
    return Spec(
        name=circuit.name,
        description=circuit.description,
        model=model,
        task=task,
        ablation=Ablation(kind="mean", over="pretraining"),
        nodes=tuple(
            NodeDecl(name=names[node], selections=(_selection(node, d_head),))
            for node in circuit.nodes
        ),
        edges=tuple(
            EdgeDecl(
                source=NodeRef(name=names[edge.source]),
                target=NodeRef(name=names[edge.target]),
                sign="+" if edge.weight > 0 else "-",
            )
            for _, edges in groupby(circuit.edges or (), key=lambda edge: edge.source)
            for edge in edges
        ),
        claims=tuple(claims),
        calibration=calibration,
        also=also,
    )


def with_comment(spec: Spec, lines: Sequence[str]) -> Document:
    """The spec with comments between the header and the circuit."""
    document = spec_to_document(spec)
    comments = tuple(f"# {line}" if line else "#" for line in lines)
    circuits = tuple(
        block.model_copy(update={"above": comments if index == 0 else block.above})
        for index, block in enumerate(document.circuits)
    )
    return document.model_copy(update={"circuits": circuits})


def _name(node: Node, d_head: int) -> str:
    head, index = _by_head(node, d_head)
    part = node.place.part if head is None else f"h{head}.{node.place.part.removeprefix('attn.')}"
    layer = "" if node.place.layer is None else f"L{node.place.layer}_"
    return f"{layer}{part.replace('.', '_')}_{index}"


def _selection(node: Node, d_head: int) -> Selection:
    head, index = _by_head(node, d_head)
    return Selection(
        place=PlaceRef(layer=node.place.layer, part=node.place.part),
        head=head,
        indices=(IndexRange(first=index, last=index),),
    )


def _by_head(node: Node, d_head: int) -> tuple[int | None, int]:
    """Head and channel of a query, key or value; no head and the index of any other node."""
    if node.place.part in ("attn.q", "attn.k", "attn.v"):
        return divmod(node.index, d_head)
    return None, node.index
