"""The names that stay: what a program writes instead of a command line."""

from __future__ import annotations

import graphviz

from circuitspec.circuit.bind import bind_spec
from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.discovery.discover import discover as discover_spec
from circuitspec.discovery.goal import Goal
from circuitspec.discovery.search_circuit import Discovery
from circuitspec.drawing import View
from circuitspec.drawing import draw as draw_circuit
from circuitspec.evidence import Evidence
from circuitspec.evidence import gather_evidence as gather
from circuitspec.language.error import SpecError
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model
from circuitspec.model.shipped import load_model as load_model
from circuitspec.report.report import Report
from circuitspec.tasks.shipped import load_task
from circuitspec.verdict.manner import Manner, judge


def compile(spec: Spec, model: Model) -> Circuit:  # noqa: A001
    """The nodes and weights that `spec` names in `model`, ready to run.

    Raises:
        SpecError: the model has not got what the spec names; carries all diagnostics.
    """
    compiled = compile_spec(spec, model)
    if compiled.circuit is None:
        raise _error(spec, compiled.diagnostics)
    return compiled.circuit


def verify(
    spec: Spec, *, model: Model | None = None, seed: int = 0, strict: bool = False
) -> Report:
    """Hold every claim of `spec` against its model, on the pairs that were kept for this.

    Args:
        model: instead of the one that the spec names.
        seed: of whatever is drawn at random; same seed, same report.
        strict: add the strict battery of claims to those of the spec.

    Raises:
        SpecError: model or task are not there, or the model has not got what the spec names.
    """
    bound = bind_spec(spec, model=model)
    if bound.circuit is None or bound.task is None:
        raise _error(spec, bound.diagnostics)
    return judge(spec, bound.circuit, bound.task, bound, Manner(seed, strict)).report


def gather_evidence(circuit: Circuit, *, task: str) -> Evidence:
    """Where the nodes of `circuit` fire, and what it answers, on prompts for finding circuits.

    Args:
        task: a shipped one, or a file of pairs.

    Raises:
        TaskError: no such task, or one that this model cannot be asked.
    """
    return gather(circuit, load_task(task))


def draw(
    circuit: Circuit,
    report: Report | None = None,
    evidence: Evidence | None = None,
    view: View = "full",
) -> graphviz.Digraph:
    """The circuit as a Graphviz drawing.

    Args:
        report: what was confirmed stands below the drawing.
        evidence: snippets of text show where nodes fire, and how the circuit answers.
        view: `compact` for one column of a paper.
    """
    return draw_circuit(circuit, report, evidence, view)


def discover(
    model: Model, *, task: str = "single_double_quote", target_loss: float = 0.15, seed: int = 0
) -> Spec:
    """A small circuit that does `task` with at most `target_loss` (nats, on the finding pairs).

    `circuitspec.discovery.discover.discover` takes all settings, and returns what was measured.

    Raises:
        TaskError: no such task, or one that this model cannot be asked.
        NotFoundError: no circuit reaches the target.
    """
    settings = Discovery(goal=Goal("loss", target_loss))
    return discover_spec(model, load_task(task), settings, seeds=(seed,)).spec


def _error(spec: Spec, diagnostics: tuple[Diagnostic, ...]) -> SpecError:
    return SpecError(diagnostics, spec.source or Source(spec.name, ""))
