"""What can be told of a node of a model: what it reads and writes, and where it fires.

Torch is imported by the first call that runs a model, so that results can be read without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circuitspec.inspection.facts import Inspection as Inspection

if TYPE_CHECKING:
    from circuitspec.inspection.inspector import inspect_nodes as inspect_nodes


def __getattr__(name: str) -> Any:
    if name == "inspect_nodes":
        from circuitspec.inspection.inspector import inspect_nodes

        return inspect_nodes
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
