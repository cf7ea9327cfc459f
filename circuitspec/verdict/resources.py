"""What the claims of a spec may need besides its circuit and its task, for all that verify."""

from __future__ import annotations

from circuitspec.circuit.bind import Bound
from circuitspec.circuit.check import Checked
from circuitspec.verdict.judge import Resources


def resources_of(found: Bound | Checked) -> Resources:
    """What was found for a spec that is sound."""
    return Resources(outside=found.outside, tasks=found.predicted)
