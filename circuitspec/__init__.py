"""State, check and draw circuits inside weight-sparse transformers.

    import circuitspec as cs

    spec = cs.load("specs/quote_closing.circ")
    model = cs.load_model("python-small")
    circuit = cs.compile(spec, model)
    report = cs.verify(spec, model=model, seed=0)
    evidence = cs.gather_evidence(circuit, task=spec.task)
    cs.draw(circuit, report=report, evidence=evidence)

Importing the package is instant: torch is imported by the first call that needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from circuitspec.api import compile as compile  # noqa: A004
    from circuitspec.api import discover as discover
    from circuitspec.api import draw as draw
    from circuitspec.api import gather_evidence as gather_evidence
    from circuitspec.api import load_model as load_model
    from circuitspec.api import verify as verify
    from circuitspec.diagnostics.diagnostic import Diagnostic as Diagnostic
    from circuitspec.language.error import SpecError as SpecError
    from circuitspec.language.load import load as load
    from circuitspec.language.spec import Spec as Spec

__version__ = "0.1.0"

_HOMES = {
    "compile": "circuitspec.api",
    "discover": "circuitspec.api",
    "draw": "circuitspec.api",
    "gather_evidence": "circuitspec.api",
    "load": "circuitspec.language.load",
    "load_model": "circuitspec.api",
    "verify": "circuitspec.api",
    "Diagnostic": "circuitspec.diagnostics.diagnostic",
    "Spec": "circuitspec.language.spec",
    "SpecError": "circuitspec.language.error",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
