"""Check: everything about a spec that can be known without running its model, and so without torch.

Finds the model and the task that the spec names, reads the model's files, looks up every place,
node and weight, and asks the tokenizer whether the task can be put to the model at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.circuit.check_claims import check_claims, no_finding_pairs, search_spans
from circuitspec.circuit.locate import locate
from circuitspec.circuit.nodes import Edge, NamedNodes
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic, has_errors, in_order
from circuitspec.diagnostics.source import Span
from circuitspec.language.claims import Predicts
from circuitspec.language.load import ParseResult
from circuitspec.language.spec import Calibration, Spec
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import load_blueprint
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Task

if TYPE_CHECKING:
    from circuitspec.model.blueprint import Blueprint
    from circuitspec.model.folder import Model


@dataclass(frozen=True)
class Checked:
    """What is known of a spec before anything is run.

    Attributes:
        model: what the spec was held against; None if it cannot be had.
        task: None if it cannot be had, or cannot be put to the model.
        groups: per declaration, in the order of the spec, those of its nodes that exist.
        outside: the same of the declarations of nodes that are not in the circuit.
        predicted: the tasks that predictions are about, by what the spec calls them; those that
            can be had and be put to the model.
        edges: in forward order; None where the spec lists none.
        diagnostics: in the order of the text.
    """

    model: Blueprint | Model | None
    task: Task | None
    groups: tuple[NamedNodes, ...]
    edges: tuple[Edge, ...] | None
    diagnostics: tuple[Diagnostic, ...]
    outside: tuple[NamedNodes, ...] = ()
    predicted: Mapping[str, Task] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether the spec can be verified."""
        return not has_errors(self.diagnostics)


def check_spec(spec: Spec, *, model: Blueprint | Model | None = None) -> Checked:
    """Find the model and the task of `spec`, and look up everything that it names.

    A model's folder and a task's file are relative to the folder of the file that `spec` was read
    from.

    Args:
        model: use this one, whatever the spec says.
    """
    diagnostics: list[Diagnostic] = []
    model_span = None
    if model is None:
        model_span = spec.model_span
        try:
            model = load_blueprint(spec.model, base=folder_of(spec))
        except ModelError as error:
            diagnostics.append(_at(error.diagnostic, spec.model_span))
    task = _task(spec, model, diagnostics)
    predicted = _predicted(spec, model, diagnostics)
    if model is None:
        return Checked(None, task, (), None, tuple(diagnostics), predicted=predicted)
    located = locate(spec, model, model_span=model_span)
    diagnostics += located.diagnostics
    diagnostics += check_claims(spec, model, located.sound, model_span=model_span)
    return Checked(
        model=model,
        task=task,
        groups=located.groups,
        edges=located.edges,
        diagnostics=tuple(in_order(diagnostics)),
        outside=located.outside,
        predicted=predicted,
    )


def check_sketches(
    result: ParseResult, *, model: Blueprint | Model | None = None
) -> tuple[Diagnostic, ...]:
    """What is wrong with the circuits of a file that has mistakes, beyond these mistakes.

    So that all that is wrong with a file is said in one go, and not first what is wrong in itself
    and then what is wrong in its model.

    Returns:
        Nothing that a known mistake may be the cause of: nothing on a line that has one.
    """
    errors = [found for found in result.diagnostics if found.severity == "error"]
    doubtful = {found.span.line for found in errors if found.span is not None}
    return tuple(
        found
        for sketch in result.sketches
        for found in check_spec(sketch, model=model).diagnostics
        if found.span is not None and found.span.line not in doubtful
    )


def folder_of(spec: Spec) -> Path | None:
    """The folder of the file that `spec` was read from, to which its paths are relative."""
    return None if spec.source is None else Path(spec.source.name).parent


def _task(
    spec: Spec, model: Blueprint | Model | None, diagnostics: list[Diagnostic]
) -> Task | None:
    """The task of `spec`, if it can be had and be put to `model`."""
    try:
        task = load_task(spec.task, base=folder_of(spec))
        if model is not None:
            encode_pairs(task.verifying, model.tokenizer, called=task.verifying_pair)
            if task.finding and (spec.calibration is not None or search_spans(spec)):
                encode_pairs(task.finding, model.tokenizer, called=task.finding_pair)
    except TaskError as error:
        diagnostics.append(_at(error.diagnostic, spec.task_span))
        return None
    if not task.finding:
        diagnostics += (no_finding_pairs(spec, span) for span in search_spans(spec))
    if spec.calibration is not None and not task.finding:
        diagnostics.append(_nothing_to_fit_on(spec, spec.calibration))
    return task


def _predicted(
    spec: Spec, model: Blueprint | Model | None, diagnostics: list[Diagnostic]
) -> Mapping[str, Task]:
    """The tasks of its predictions; what is wrong with one is said where it is first named."""
    spans: dict[str, Span | None] = {}
    for claim in spec.claims:
        if isinstance(claim, Predicts):
            spans.setdefault(claim.task, claim.span)
    found: dict[str, Task] = {}
    for name, span in spans.items():
        try:
            task = load_task(name, base=folder_of(spec))
            if model is not None:
                encode_pairs(task.verifying, model.tokenizer, called=task.verifying_pair)
            found[name] = task
        except TaskError as error:
            diagnostics.append(_at(error.diagnostic, span))
    return found


def _nothing_to_fit_on(spec: Spec, calibration: Calibration) -> Diagnostic:
    return Diagnostic(
        code=Code.NO_FINDING_PAIRS,
        message=f"the task `{spec.task}` has no finding pairs to fit anything on",
        span=calibration.span,
        label="what would this be fitted on?",
        secondary=() if spec.task_span is None else ((spec.task_span, "pairs to verify only"),),
        help='add lines with `"split": "finding"` to the file of pairs, or leave `calibrate` out',
    )


def _at(diagnostic: Diagnostic, span: Span | None) -> Diagnostic:
    return replace(diagnostic, span=span)
