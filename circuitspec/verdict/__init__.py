"""Claims held against a model: estimates with intervals, verdicts, reports and certificates.

Torch is imported by the first call that runs a model, so that reports can be read without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from circuitspec.report.report import Report as Report

if TYPE_CHECKING:
    from circuitspec.verdict.judge import verify_circuit as verify_circuit


def __getattr__(name: str) -> Any:
    if name == "verify_circuit":
        from circuitspec.verdict.judge import verify_circuit

        return verify_circuit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
