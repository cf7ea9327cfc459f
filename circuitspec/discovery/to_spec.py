"""From a found circuit to a spec with generated names: a start for its author."""

from __future__ import annotations

from itertools import groupby

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.language.spec import (
    Ablation,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    NodeRef,
    PlaceRef,
    Selection,
    Spec,
    Sufficient,
)


def circuit_to_spec(circuit: Circuit, *, task: str, claimed_loss: float) -> Spec:
    """A spec that names every node of `circuit` by its place and claims that it is sufficient."""
    names = {node: _name(node) for node in circuit.nodes}
    return Spec(
        name=circuit.name,
        description=circuit.description,
        model=circuit.model.name,
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
        claims=(Sufficient(metric="loss", comparison="<=", threshold=claimed_loss),),
    )


def _name(node: Node) -> str:
    layer = "" if node.place.layer is None else f"L{node.place.layer}_"
    return f"{layer}{node.place.part.replace('.', '_')}_{node.index}"


def _selection(node: Node) -> Selection:
    return Selection(
        place=PlaceRef(layer=node.place.layer, part=node.place.part),
        indices=(IndexRange(first=node.index, last=node.index),),
    )
