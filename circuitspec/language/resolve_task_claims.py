"""Claims about the circuit as a whole, and predictions."""

from __future__ import annotations

from typing import Literal, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.wording import near_miss
from circuitspec.language import syntax
from circuitspec.language.claim_forms import (
    BEATS,
    COMPLETE,
    FAITHFUL,
    MINIMAL,
    NECESSARY,
    PREDICTS,
    SPECIFIC,
    SUFFICIENT,
    UNIQUE,
)
from circuitspec.language.claim_words import CONTROLS, Control, FaithfulMetric, Metric, metric_of
from circuitspec.language.claims import (
    Beats,
    Complete,
    Faithful,
    Minimal,
    Necessary,
    Predicts,
    Specific,
    Sufficient,
    Unique,
)
from circuitspec.language.resolve_bounds import (
    check_direction,
    check_threshold,
    for_control,
    other_form,
    resolve_bound,
)
from circuitspec.language.resolve_names import check_text, known_word

UNITS = ("node", "edge")

PlainClaim = Sufficient | Necessary | Minimal | Faithful | Specific | Complete | Unique


def resolve_plain(
    statement: syntax.Expect, word: str, has_edges: bool, problems: list[Diagnostic]
) -> PlainClaim | None:
    """A claim that is one of `PLAIN_CLAIMS`; what is wrong with it is added to `problems`."""
    if word == "minimal":
        return _minimal(statement, has_edges, problems)
    form = {
        "sufficient": SUFFICIENT,
        "necessary": NECESSARY,
        "faithful": FAITHFUL,
        "specific": SPECIFIC,
        "complete": COMPLETE,
        "unique": UNIQUE,
    }[word]
    bound = resolve_bound(form, statement.body, problems)
    if bound is None:
        return None
    side, threshold, span = bound.comparison, bound.threshold, statement.span
    match word:
        case "sufficient":
            metric = cast("Metric", bound.metric)
            return Sufficient(metric=metric, comparison=side, threshold=threshold, span=span)
        case "necessary":
            metric = cast("Metric", bound.metric)
            return Necessary(metric=metric, comparison=side, threshold=threshold, span=span)
        case "faithful":
            inside = cast("FaithfulMetric", bound.metric)
            return Faithful(metric=inside, comparison=side, threshold=threshold, span=span)
        case "specific":
            return Specific(threshold=threshold, span=span)
        case "complete":
            return Complete(threshold=threshold, span=span)
        case _:
            return Unique(threshold=threshold, span=span)


def _minimal(
    statement: syntax.Expect, has_edges: bool, problems: list[Diagnostic]
) -> Minimal | None:
    cost = statement.body
    if isinstance(cost, syntax.Bound):
        problems.append(other_form(MINIMAL, cost))
        return None
    before = len(problems)
    unit = cost.unit.text
    if unit not in UNITS:
        problems.append(unknown_unit(cost.unit))
    elif unit == "edge" and not has_edges:
        problems.append(
            Diagnostic(
                code=Code.INVALID_CLAIM,
                message="this is claimed of every edge, but the circuit lists none",
                span=cost.unit.span,
                label="there are no edges",
                help="claim it of `every node`, or list the edges",
            )
        )
    check_direction(MINIMAL, cost, ">=", problems)
    check_threshold("loss", cost.threshold, problems)
    if len(problems) > before:
        return None
    return Minimal(
        unit=cast("Literal['node', 'edge']", unit),
        cost=float(cost.threshold.value),
        span=statement.span,
    )


def unknown_unit(unit: syntax.Word) -> Diagnostic:
    """The diagnostic for a cost that is claimed of neither nodes nor edges."""
    meant = near_miss(unit.text, UNITS)
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"a cost is claimed of every `node` or every `edge`, not every `{unit.text}`",
        span=unit.span,
        label="expected `node` or `edge`",
        help=f"did you mean `{meant}`?"
        if meant is not None
        else f"write it like `{MINIMAL.example}`",
    )


def resolve_beats(
    statement: syntax.Expect, against: syntax.Against, problems: list[Diagnostic]
) -> Beats | None:
    """A claim that the circuit is better than a control."""
    control = known_word(against.control, CONTROLS, "control", problems)
    if control is None:
        return None
    metric = metric_of(cast("Control", control))
    bound = resolve_bound(for_control(BEATS, metric), statement.body, problems)
    if bound is None:
        return None
    return Beats(
        control=cast("Control", control),
        metric=metric,
        threshold=bound.threshold,
        span=statement.span,
    )


def resolve_prediction(statement: syntax.Predict, problems: list[Diagnostic]) -> Predicts | None:
    """What the whole model is said to do on another task."""
    before = len(problems)
    check_text(statement.text, "prediction", "say what will be seen", problems)
    check_text(statement.task, "task", "write a task's name or a `.jsonl` file", problems)
    bound = resolve_bound(PREDICTS, statement.body, problems)
    if bound is None or len(problems) > before:
        return None
    return Predicts(
        text=statement.text.text,
        task=statement.task.text,
        metric=cast("Metric", bound.metric),
        comparison=bound.comparison,
        threshold=bound.threshold,
        span=statement.span,
    )
