"""Compile: a `Spec` and a `Model` to a `Circuit`, or to diagnostics. Nothing is run."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.locate import locate
from circuitspec.circuit.nodes import Edge, NamedNodes
from circuitspec.diagnostics.diagnostic import Diagnostic, has_errors
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
    located = locate(spec, model)
    if has_errors(located.diagnostics):
        return Compiled(None, located.diagnostics)
    circuit = build_circuit(spec, model, located.groups, located.edges)
    return Compiled(circuit, located.diagnostics)


def build_circuit(
    spec: Spec, model: Model, groups: tuple[NamedNodes, ...], edges: tuple[Edge, ...] | None
) -> Circuit:
    """The circuit of `spec`, of which everything was found in `model`."""
    return Circuit(
        name=spec.name,
        description=spec.description,
        model=model,
        groups=groups,
        edges=edges,
        scope=_scope(spec, model),
        ablation=_ablation(spec, model),
    )


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
