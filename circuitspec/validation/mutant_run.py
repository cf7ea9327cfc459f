"""The mutants of many specs, one after the other; a journal lets an interrupted run go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from circuitspec import __version__
from circuitspec.circuit.bind import bind_spec
from circuitspec.circuit.circuit import Circuit
from circuitspec.document import print_file
from circuitspec.language.spec import Spec
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.tasks.task import Task
from circuitspec.validation.mutant_ground import Ground
from circuitspec.validation.mutants import MutantOutcome, judge_mutant
from circuitspec.validation.mutate import Mutant, Mutator

OnProgress = Callable[[int, int | None, str], None]


class UnsoundError(Exception):
    """A spec that cannot be mutated, since it is no sound one; `str()` of it is for the user."""


@dataclass(frozen=True)
class SpecMutants:
    """What became of all mutants of one spec."""

    spec: Spec
    outcomes: tuple[MutantOutcome, ...]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    outcome: MutantOutcome


class Journal:
    """Outcomes by what they follow from, a line each; a line that is cut off counts as none."""

    def __init__(self, path: Path) -> None:
        """Take up what an earlier run left at `path`."""
        self._path = path
        self._known: dict[str, MutantOutcome] = {}
        if path.exists():
            for text in path.read_text(encoding="utf-8").splitlines():
                try:
                    line = _Line.model_validate_json(text)
                except ValidationError:
                    continue
                self._known[line.key] = line.outcome

    def get(self, key: str, judge: Callable[[], MutantOutcome]) -> MutantOutcome:
        """What `judge` gives, or gave before under the same key."""
        if key not in self._known:
            self._known[key] = judge()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_Line(key=key, outcome=self._known[key]).model_dump_json() + "\n")
        return self._known[key]

    def remove(self) -> None:
        """The run is over."""
        self._path.unlink(missing_ok=True)


def judge_mutants(
    specs: Sequence[Spec],
    journal: Journal,
    *,
    seed: int,
    least: int,
    on_progress: OnProgress,
) -> Iterator[SpecMutants]:
    """Judge the mutants of every spec, at least `least` of each where there are so many.

    Raises:
        UnsoundError: a spec has a mistake, or claims nothing.
    """
    for spec in specs:
        on_progress(0, None, spec.name)
        ground = _ground(spec, seed)
        mutants = _mutants(ground, least)
        outcomes = []
        for number, mutant in enumerate(mutants):
            key = _key(mutant, ground)
            outcomes.append(journal.get(key, lambda: judge_mutant(mutant, ground)))  # noqa: B023
            on_progress(number + 1, len(mutants), spec.name)
        yield SpecMutants(spec, tuple(outcomes))


def _ground(spec: Spec, seed: int) -> Ground:
    bound = bind_spec(spec)
    if bound.circuit is None or bound.task is None:
        raise UnsoundError(f"{spec.name} has a mistake; `circuitspec check` says which")
    if not spec.claims:
        raise UnsoundError(f"{spec.name} claims nothing")
    return Ground(spec, bound.circuit, bound.task, seed)


def _mutants(ground: Ground, least: int) -> list[Mutant]:
    digest = hashlib.sha256(ground.spec.name.encode()).digest()
    rng = np.random.default_rng([ground.seed, int.from_bytes(digest[:4], "big")])
    tasks = [name for name in _askable(ground.circuit) if name != ground.task.name]
    return Mutator(ground.spec, ground.circuit, ground.alive, tasks, rng).mutants(least)


def _askable(circuit: Circuit) -> Iterator[str]:
    """The shipped tasks that can be put to a model."""
    for name in shipped_tasks():
        try:
            encode_pairs(load_task(name).verifying, circuit.model.tokenizer)
        except TaskError:
            continue
        yield name


def _key(mutant: Mutant, ground: Ground) -> str:
    parts = (
        __version__,
        str(ground.seed),
        _said(ground.spec),
        mutant.kind,
        mutant.what,
        _said(mutant.spec),
        ground.circuit.model.sha256,
        ground.circuit.model.reference_sha256,
        _pairs(ground.task),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _said(spec: Spec) -> str:
    return print_file(spec)


def _pairs(task: Task) -> str:
    return f"{task.sha256} {task.finding_sha256}"
