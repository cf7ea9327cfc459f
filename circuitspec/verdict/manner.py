"""Verifying as everybody does it who verifies: with all that claims may need, strictly if asked."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs

from circuitspec.circuit.bind import Bound
from circuitspec.circuit.check import Checked
from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.rivals import fingerprint, rivals_of
from circuitspec.claims.measure import OnProgress, quiet
from circuitspec.claims.store import Store
from circuitspec.language.spec import Spec
from circuitspec.report.claim_names import claim_names
from circuitspec.report.report import Report, StrictBattery
from circuitspec.tasks.task import Task
from circuitspec.verdict.battery import strict
from circuitspec.verdict.judge import Resources, verify_circuit


@dataclass(frozen=True)
class Manner:
    """How circuits are judged.

    Attributes:
        seed: of whatever a claim draws at random.
        strict: hold every circuit against the strict battery as well.
        store: keeps what takes long.
        workers: how many processes measure for the strict battery; with several, a program that
            is a script must be guarded by `if __name__ == "__main__"`.
    """

    seed: int = 0
    strict: bool = False
    store: Store = field(default_factory=Store)
    workers: int = 1


@dataclass(frozen=True)
class Judged:
    """A spec, with the claims that the strict battery added, and what became of them."""

    spec: Spec
    report: Report


def workers() -> int:
    """One process for each processor that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def user_store() -> Store:
    """Measurements in the user's cache folder, where the next run finds them."""
    return Store(Path(platformdirs.user_cache_dir("circuitspec")) / "measurements")


def judge(
    spec: Spec,
    circuit: Circuit,
    task: Task,
    found: Bound | Checked,
    manner: Manner,
    *,
    on_progress: OnProgress = quiet,
) -> Judged:
    """Judge a spec that was found sound.

    Args:
        circuit, task: what the spec compiled to, and its task.
        found: what else was found for it.
    """
    if manner.strict and manner.workers > 1 and manner.store.folder is None:
        # Processes meet in a folder; this one is gone afterwards.
        with TemporaryDirectory() as folder:
            own = replace(manner, store=Store(Path(folder)))
            return judge(spec, circuit, task, found, own, on_progress=on_progress)
    rivals = rivals_of(spec, circuit.model) if _compares(spec) or manner.strict else ()
    resources = Resources(
        outside=found.outside, tasks=found.predicted, rivals=rivals, store=manner.store
    )
    if not manner.strict:
        report = verify_circuit(
            spec, circuit, task, seed=manner.seed, resources=resources, on_progress=on_progress
        )
        return Judged(spec, report)
    harder = strict(spec, circuit, task, rivals)
    names = dict(zip(harder.spec.judged, claim_names(harder.spec.judged), strict=True))
    report = verify_circuit(
        harder.spec,
        circuit,
        task,
        seed=manner.seed,
        resources=resources,
        reported=harder.reported,
        battery=StrictBattery(
            claims=tuple(names[claim] for claim in harder.added),
            left_out=harder.left_out,
            rivals=tuple((rival.name, fingerprint(rival)) for rival in rivals),
        ),
        workers=manner.workers,
        on_progress=on_progress,
    )
    return Judged(harder.spec, report)


def _compares(spec: Spec) -> bool:
    """Whether the author claims something about circuits of other tasks."""
    return any(claim.kind == "beats" for claim in spec.claims)
