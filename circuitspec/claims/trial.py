"""All that a claim is held against: the circuit, the task, and what else some claims need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes
from circuitspec.claims.measure import Measurements
from circuitspec.claims.store import Arrays as Arrays
from circuitspec.claims.store import Store
from circuitspec.language.claims import Claim
from circuitspec.language.spec import Unit
from circuitspec.model.held_out import HeldOut
from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.least_mean import LeastMean
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.statistics.units import Ints, Units
from circuitspec.tasks.task import Pair, Task


@dataclass(frozen=True, eq=False)
class Trial:
    """One circuit on one task, with everything that its claims may ask for.

    Attributes:
        runs: of the circuit on the task's pairs; each is made once.
        seed: of whatever is drawn at random.
        unit: what counts as drawn independently.
        level: what all claims together may be wrong at.
        outside: the named nodes that are not in the circuit.
        rivals: circuits of other tasks in the same model.
        tasks: those that predictions are about, by what the spec calls them.
        store: keeps what takes long.
        claims: all that will be weighed, so that what one of them measures can serve others.
        shared: what its claims have in common in memory, by whose it is and what it is.
    """

    runs: Measurements
    seed: int = 0
    unit: Unit = "pairs"
    level: float = 0.05
    outside: tuple[NamedNodes, ...] = ()
    rivals: tuple[Circuit, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    store: Store = field(default_factory=Store)
    claims: tuple[Claim, ...] = ()
    shared: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False)

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

    def units(self, pairs: Sequence[Pair] | None = None, *, exact: bool | None = None) -> Units:
        """What of some pairs is independent; of the verifying pairs if none are given.

        Args:
            exact: whether they are all that there are; as the task's if None.
        """
        templates = [pair.template for pair in (self.task.verifying if pairs is None else pairs)]
        return Units.of(self.unit, templates, exact=self.task.exact if exact is None else exact)

    def mean(self, sample: Floats, pairs: Sequence[int] | Ints | Bools | None = None) -> Estimate:
        """The estimate of the mean of one number per verifying pair, [pair].

        Args:
            pairs: which of the verifying pairs, by index or by which count; all if None.
        """
        return self._units(pairs).mean(sample)

    def least_mean(self, samples: Floats) -> LeastMean:
        """The estimate of the least of several means over the verifying pairs, [what, pair]."""
        return self.units().least_mean(samples)

    def share(self, right: Bools, pairs: Sequence[int] | Ints | Bools | None = None) -> Estimate:
        """The estimate of the share of prompts of which something is true, [pair, 2].

        Args:
            pairs: as for `mean`.
        """
        return self._units(pairs).share(right)

    def _units(self, pairs: Sequence[int] | Ints | Bools | None) -> Units:
        units = self.units()
        return units if pairs is None else units.only(pairs)

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
