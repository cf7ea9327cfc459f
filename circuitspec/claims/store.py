"""Measurements kept on disk by what they depend on, so that interrupted work goes on.

A key says everything that the numbers follow from: model, task, circuit, ablation, seed, what was
measured and with which settings. Numbers are kept in `.npz` files without pickles; a file that
cannot be read counts as none. Files are written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from circuitspec import __version__
from circuitspec.circuit.circuit import Circuit
from circuitspec.files import replacing
from circuitspec.tasks.task import Task

Arrays: TypeAlias = dict[str, NDArray[Any]]

REVISION = 1
"""Grows whenever something measures another number than before under the same key."""


@dataclass(frozen=True)
class Store:
    """A folder of measurements; without one they are kept in memory, as long as this object is."""

    folder: Path | None = None
    _kept: dict[str, Arrays] = field(default_factory=dict, init=False, repr=False, compare=False)

    def get(self, key: Mapping[str, object], measure: Callable[[], Arrays]) -> Arrays:
        """What `measure` gives, or gave before under the same key.

        Args:
            key: JSON-able; nothing else may have an influence on the numbers.
            measure: gives numbers and truth values by name.
        """
        digest = _digest(key)
        if self.folder is None:
            if digest not in self._kept:
                self._kept[digest] = measure()
            return self._kept[digest]
        path = self.folder / f"{digest}.npz"
        found = _read(path)
        if found is None:
            found = measure()
            self.folder.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary, temporary.open("wb") as file:
                np.savez(file, allow_pickle=False, **found)
        return found


def identity(circuit: Circuit, task: Task) -> dict[str, object]:
    """The part of a key that says which circuit of which model on which task; not its names."""
    return {
        "model": circuit.model.sha256,
        "reference": circuit.model.reference_sha256,
        "task": task.sha256,
        "finding": task.finding_sha256,
        "nodes": [str(node) for node in circuit.nodes],
        "edges": None if circuit.edges is None else [str(edge) for edge in circuit.edges],
        "scope": [str(place) for place in circuit.scope],
        "ablation": circuit.ablation.kind,
    }


def _digest(key: Mapping[str, object]) -> str:
    content = {"version": __version__, "revision": REVISION, **key}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> Arrays | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError):
        return None
