"""Compile: a `Spec` and a `Model` to a `Circuit`, or to diagnostics. Nothing is run."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.select_edges import EdgeSelector
from circuitspec.circuit.select_nodes import NodeSelector
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.engine.ablation import AblationValues, mean_ablation, zero_ablation
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model
from circuitspec.model.places import EMBED, FINAL, Place, layer_places


@dataclass(frozen=True)
class Compiled:
    """What became of a spec: a circuit if no diagnostic is an error."""

    circuit: Circuit | None
    diagnostics: tuple[Diagnostic, ...]


def compile_spec(spec: Spec, model: Model) -> Compiled:
    """Find the nodes and weights that `spec` names in `model`, and check all that needs no run."""
    nodes = NodeSelector(model.config)
    groups = tuple(nodes.select(declaration) for declaration in spec.nodes)
    found = {group.name: group for group in groups if group.name not in nodes.incomplete}
    arrows = EdgeSelector(model.transformer, found)
    edges = [edge for declaration in spec.edges for edge in arrows.select(declaration)]
    diagnostics = (*nodes.diagnostics, *arrows.diagnostics)
    if any(diagnostic.severity == "error" for diagnostic in diagnostics):
        return Compiled(None, diagnostics)
    circuit = Circuit(
        name=spec.name,
        description=spec.description,
        model=model,
        groups=groups,
        edges=tuple(sorted(edges, key=lambda edge: edge.order)) if spec.edges else None,
        scope=_scope(spec, model),
        ablation=_ablation(spec, model),
    )
    return Compiled(circuit, diagnostics)


def _scope(spec: Spec, model: Model) -> tuple[Place, ...]:
    places: list[Place] = []
    if "embed" in spec.scope:
        places.append(EMBED)
    if "layers" in spec.scope:
        places.extend(layer_places(model.config.n_layer))
    if "final" in spec.scope:
        places.append(FINAL)
    return tuple(places)


def _ablation(spec: Spec, model: Model) -> AblationValues:
    if spec.ablation.kind == "zero":
        return zero_ablation(model.config)
    return mean_ablation(model.reference.means)
