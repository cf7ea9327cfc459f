"""Locate: the names of a `Spec` to nodes and weights of a model. No torch, no run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from circuitspec.circuit.nodes import Edge, NamedNodes
from circuitspec.circuit.select_edges import EdgeSelector
from circuitspec.circuit.select_nodes import NodeSelector
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.language.spec import Spec
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place
from circuitspec.model.tensor_file import Floats


class Weights(Protocol):
    """What is asked of a model: a `Blueprint` has it, and so has a `Model`."""

    @property
    def config(self) -> ModelConfig:
        """Its shape."""
        ...

    def matrix(self, target: Place) -> Floats:
        """The weights [target width, source width] that compute `target`."""
        ...


@dataclass(frozen=True)
class Located:
    """What a spec names in a model.

    Attributes:
        groups: per declaration, in the order of the spec, those of its nodes that exist.
        outside: the same of the declarations of nodes that are not in the circuit.
        sound: those of both in whose declaration nothing is wrong, by name.
        edges: in forward order; None where the spec lists none.
        diagnostics: what does not exist, is listed twice, or is not as the spec says.
    """

    groups: tuple[NamedNodes, ...]
    outside: tuple[NamedNodes, ...]
    sound: Mapping[str, NamedNodes]
    edges: tuple[Edge, ...] | None
    diagnostics: tuple[Diagnostic, ...]


def locate(spec: Spec, weights: Weights, *, model_span: Span | None = None) -> Located:
    """Look up every place, node and weight that `spec` names.

    Args:
        model_span: where `spec` names the model that these are the weights of, if it does.
    """
    nodes = NodeSelector(weights.config, model_span)
    groups = tuple(nodes.select(declaration) for declaration in spec.nodes)
    outside = tuple(nodes.select(declaration, outside=True) for declaration in spec.outside)
    sound = {g.name: g for g in (*groups, *outside) if g.name not in nodes.incomplete}
    arrows = EdgeSelector(weights.matrix, sound)
    edges = [edge for declaration in spec.edges for edge in arrows.select(declaration)]
    return Located(
        groups=groups,
        outside=outside,
        sound=sound,
        edges=tuple(sorted(edges, key=lambda edge: edge.order)) if spec.edges else None,
        diagnostics=(*nodes.diagnostics, *arrows.diagnostics),
    )
