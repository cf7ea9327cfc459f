"""Circuits of other tasks in the same model, from the specs that lie beside one.

A claim may be held against them: without the circuit of this task, the model should do it worse
than without the circuit of another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from circuitspec.circuit.bind import compile_checked
from circuitspec.circuit.check import check_spec
from circuitspec.circuit.circuit import Circuit
from circuitspec.language.load import parse_bytes, read_bytes
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model

_SUFFIX = ".circ"


def rivals_of(spec: Spec, model: Model) -> tuple[Circuit, ...]:
    """The circuits of other tasks in `model`, by the names of their files.

    Looked at are the other `.circ` files in the folder of the file that `spec` was read from, and
    the other circuits in that file. What has mistakes is left out.
    """
    if spec.source is None:
        return ()
    return rivals_in(Path(spec.source.name).parent, model, spec.model, spec.task)


def rivals_in(folder: Path, model: Model, called: str, task: str) -> tuple[Circuit, ...]:
    """The circuits of other tasks than `task` in the specs of a folder.

    Args:
        called: what specs call `model`.
    """
    paths = sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []
    return tuple(circuit for path in paths for circuit in _circuits(path, model, called, task))


def fingerprint(circuit: Circuit) -> str:
    """SHA-256 over the nodes and edges of a circuit, whatever they are called."""
    edges = () if circuit.edges is None else circuit.edges
    return hashlib.sha256("\n".join(map(str, (*circuit.nodes, "", *edges))).encode()).hexdigest()


def _circuits(path: Path, model: Model, called: str, task: str) -> Iterator[Circuit]:
    content = read_bytes(path)
    if not isinstance(content, bytes):
        return
    file = parse_bytes(content, str(path)).file
    for other in () if file is None else file.circuits:
        if other.model != called or other.task == task:
            continue
        checked = check_spec(other, model=model)
        if checked.sound:
            yield compile_checked(other, checked, model=model)
