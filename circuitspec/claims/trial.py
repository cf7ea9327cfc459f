"""All that a claim is held against: the circuit, the task, and what else some claims need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes
from circuitspec.claims.measure import Measurements
from circuitspec.claims.store import Arrays as Arrays
from circuitspec.claims.store import Store
from circuitspec.language.spec import Alternative, Unit
from circuitspec.model.held_out import HeldOut
from circuitspec.statistics.estimate import Estimate, Mean, Share
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.tasks.task import Task


@dataclass(frozen=True, eq=False)
class Trial:
    """One circuit on one task, with everything that its claims may ask for.

    Attributes:
        runs: of the circuit on the task's pairs; each is made once.
        seed: of whatever is drawn at random.
        unit: what counts as drawn independently.
        outside: the named nodes that are not in the circuit.
        rivals: circuits of other tasks in the same model.
        tasks: those that predictions are about, by what the spec calls them.
        reported: ablations to report on, besides those that are claimed.
        store: keeps what takes long.
    """

    runs: Measurements
    seed: int = 0
    unit: Unit = "pairs"
    outside: tuple[NamedNodes, ...] = ()
    rivals: tuple[Circuit, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    reported: tuple[Alternative, ...] = ()
    store: Store = field(default_factory=Store)

    @property
    def circuit(self) -> Circuit:
        """The circuit."""
        return self.runs.circuit

    @property
    def task(self) -> Task:
        """The task."""
        return self.runs.task

    @property
    def held_out(self) -> HeldOut | None:
        """Pretraining text that the model was not trained on; None where the model has none."""
        return self.circuit.model.held_out

    def mean(self, sample: Floats, pairs: Sequence[int] | None = None) -> Estimate:
        """The estimate of the mean of one number per verifying pair, [pair].

        Args:
            pairs: which of the verifying pairs these are; None is all of them.
        """
        return Mean(sample, self.task.exact)

    def share(self, right: Bools, pairs: Sequence[int] | None = None) -> Estimate:
        """The estimate of the share of prompts of which something is true, [pair, 2].

        Args:
            pairs: which of the verifying pairs these are; None is all of them.
        """
        return Share(right, self.task.exact)

    def named(self, name: str) -> NamedNodes:
        """The nodes of a declaration, in the circuit or outside.

        Raises:
            KeyError: no such declaration.
        """
        groups = {group.name: group for group in (*self.circuit.groups, *self.outside)}
        return groups[name]

    def tell(self, done: int, total: int, what: str) -> None:
        """Reports progress of one claim."""
        self.runs.on_progress(done, total, what)
