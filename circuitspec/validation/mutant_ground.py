"""What mutants of a spec are held against: spec, circuit and task, and runs that they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.claims.measure import Measurements, Range, quiet
from circuitspec.claims.store import Store
from circuitspec.language.spec import Spec
from circuitspec.model.places import layer_places
from circuitspec.tasks.task import Task

# As for dead nodes: a constant that several operations computed is still one.
_ROUNDING = 1e-6


@dataclass(eq=False)
class Ground:
    """A spec that is sound, with what its mutants are held against.

    Attributes:
        store: keeps runs that mutants share.
    """

    spec: Spec
    circuit: Circuit
    task: Task
    seed: int = 0
    store: Store = field(default_factory=Store)

    def runs(self, circuit: Circuit, task: Task | None = None) -> Measurements:
        """Runs of a circuit of the same model."""
        calibration = self.spec.calibration
        return Measurements(circuit, task or self.task, 0, quiet, calibration, self.store)

    @cached_property
    def alive(self) -> tuple[Node, ...]:
        """The nodes of the model that are not the same everywhere on the task."""
        config = self.circuit.model.config
        every = tuple(
            Node(place, index)
            for place in layer_places(config.n_layer)
            for index in range(config.width(place))
        )
        whole = Circuit(
            name="all",
            model=self.circuit.model,
            groups=(NamedNodes("all", every),),
            edges=None,
            scope=self.circuit.scope,
            ablation=self.circuit.ablation,
        )
        ranges = self.runs(whole).ranges()
        return tuple(n for n in every if ranges[n].greatest - ranges[n].least > _alike(ranges[n]))

    @cached_property
    def own(self) -> Measurements:
        """The runs of the original."""
        return self.runs(self.circuit)


def _alike(ends: Range) -> float:
    return _ROUNDING * max(abs(ends.least), abs(ends.greatest))
