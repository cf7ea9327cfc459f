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
) -> Spec:
    """A spec that names every node of `circuit` by its place.

    Args:
        model, task: what the spec calls them.
    """
    names = {node: _name(node) for node in circuit.nodes}
    return Spec(
        name=circuit.name,
        description=circuit.description,
        model=model,
        task=task,
        ablation=Ablation(kind="mean", over="pretraining"),
        nodes=tuple(
            NodeDecl(name=names[node], selections=(_selection(node),)) for node in circuit.nodes
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


def _name(node: Node) -> str:
    layer = "" if node.place.layer is None else f"L{node.place.layer}_"
    return f"{layer}{node.place.part.replace('.', '_')}_{node.index}"


def _selection(node: Node) -> Selection:
    return Selection(
        place=PlaceRef(layer=node.place.layer, part=node.place.part),
        indices=(IndexRange(first=node.index, last=node.index),),
    )
