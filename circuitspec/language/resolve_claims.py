"""Expect statements: each claim in its own form, with a threshold that it can have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import digits, near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.later import later_claim
from circuitspec.language.spec import (
    METRICS,
    Comparison,
    Metric,
    Minimal,
    Necessary,
    Sufficient,
    claimed_side,
)
from circuitspec.language.words import CLAIMS, LATER_CLAIMS, LATER_METRICS

_AnyClaim = Sufficient | Necessary | Minimal

_FORMS = {
    "sufficient": "expect sufficient: loss <= 0.15",
    "necessary": "expect necessary: loss >= 0.60",
    "minimal": "expect minimal: every node costs >= 0.02",
}
_OBJECTS = {
    "sufficient": "the loss or the accuracy of the circuit",
    "necessary": "the loss or the accuracy without the circuit",
    "minimal": "what every node or every edge costs",
}
_MEANING = {
    "sufficient": "`sufficient` says that the circuit alone does the task at least this well",
    "necessary": "`necessary` says that without the circuit the task goes at least this badly",
    "minimal": "`minimal` says that leaving out any one part costs at least this much",
}
_UNITS = ("node", "edge")


def resolve_claims(
    statements: Sequence[syntax.Expect], has_edges: bool, problems: list[Diagnostic]
) -> tuple[_AnyClaim, ...]:
    """The claims of a circuit, in order; what is wrong with them is added to `problems`."""
    claims: dict[tuple[str, str], tuple[_AnyClaim, Span]] = {}
    for statement in statements:
        claim = _resolve_claim(statement, has_edges, problems)
        if claim is None:
            continue
        about = claim.unit if isinstance(claim, Minimal) else claim.metric
        earlier, span = claims.setdefault((claim.kind, about), (claim, statement.span))
        if earlier is not claim:
            problems.append(_duplicate(claim, statement.span, earlier, span))
    return tuple(claim for claim, _ in claims.values())


def _duplicate(claim: _AnyClaim, again: Span, earlier: _AnyClaim, first: Span) -> Diagnostic:
    old, new = _bound(earlier), _bound(claim)
    stricter = min(old, new) if _comparison(claim) == "<=" else max(old, new)
    return Diagnostic(
        code=Code.DUPLICATE_CLAIM,
        message=f"`{claim.kind}` is claimed twice of {_about(claim)}",
        span=again,
        label="claimed again",
        secondary=((first, "first claimed here"),),
        help="delete one of the two"
        if old == new
        else f"keep `{_comparison(claim)} {stricter:g}`, from which the other follows",
    )


def _bound(claim: _AnyClaim) -> float:
    return claim.cost if isinstance(claim, Minimal) else claim.threshold


def _comparison(claim: _AnyClaim) -> Comparison:
    return ">=" if isinstance(claim, Minimal) else claim.comparison


def _about(claim: _AnyClaim) -> str:
    return f"every {claim.unit}" if isinstance(claim, Minimal) else f"the {claim.metric}"


def _resolve_claim(
    statement: syntax.Expect, has_edges: bool, problems: list[Diagnostic]
) -> _AnyClaim | None:
    kind = statement.claim.text
    if kind not in CLAIMS:
        problems.append(_unknown_claim(statement.claim))
        if kind not in LATER_CLAIMS:
            problems.extend(_unknown_in(statement.body))
        return None
    match statement.body:
        case syntax.Cost() as cost if kind == "minimal":
            return _minimal(statement, cost, has_edges, problems)
        case syntax.Bound() as bound if kind != "minimal":
            return _metric_claim(statement, bound, problems)
    problems.append(
        Diagnostic(
            code=Code.INVALID_CLAIM,
            message=f"`{kind}` is not claimed in this form",
            span=statement.body.span,
            label=f"`{kind}` bounds {_OBJECTS[kind]}",
            help=f"write it like `{_FORMS[kind]}`",
        )
    )
    return None


def _unknown_in(body: syntax.Bound | syntax.Cost) -> list[Diagnostic]:
    """What no claim at all can be about."""
    match body:
        case syntax.Bound(metric=metric) if metric.text not in METRICS:
            return [_unknown_metric(metric)]
        case syntax.Cost(unit=unit) if unit.text not in _UNITS:
            return [_unknown_unit(unit)]
    return []


def _unknown_claim(claim: syntax.Word) -> Diagnostic:
    if claim.text in LATER_CLAIMS:
        return later_claim(claim.text, claim.span)
    meant = near_miss(claim.text, CLAIMS)
    return Diagnostic(
        code=Code.UNKNOWN_CLAIM,
        message=f"there is no claim `{claim.text}`",
        span=claim.span,
        label=f"expected {quoted(CLAIMS)}",
        help=f"did you mean `{meant}`?"
        if meant is not None
        else f"write for example `{_FORMS['sufficient']}`",
    )


def _metric_claim(
    statement: syntax.Expect, bound: syntax.Bound, problems: list[Diagnostic]
) -> Sufficient | Necessary | None:
    if bound.metric.text not in METRICS:
        problems.append(_unknown_metric(bound.metric))
        return None
    metric = bound.metric.text
    before = len(problems)
    kind = Sufficient if statement.claim.text == "sufficient" else Necessary
    right = claimed_side("sufficient" if kind is Sufficient else "necessary", metric)
    _check_direction(statement, bound, right, problems)
    problems.extend(_check_threshold(metric, bound.threshold))
    if len(problems) > before:
        return None
    return kind(
        metric=metric,
        comparison=bound.comparison,
        threshold=float(bound.threshold.value),
        span=statement.span,
    )


def _minimal(
    statement: syntax.Expect, cost: syntax.Cost, has_edges: bool, problems: list[Diagnostic]
) -> Minimal | None:
    before = len(problems)
    unit = cost.unit.text
    problems.extend(_unknown_in(cost))
    if unit == "edge" and not has_edges:
        problems.append(
            Diagnostic(
                code=Code.INVALID_CLAIM,
                message="this is claimed of every edge, but the circuit lists none",
                span=cost.unit.span,
                label="there are no edges",
                help="claim it of `every node`, or list the edges",
            )
        )
    _check_direction(statement, cost, ">=", problems)
    problems.extend(_check_threshold("loss", cost.threshold))
    if len(problems) > before:
        return None
    return Minimal(
        unit=cast("Literal['node', 'edge']", unit),
        cost=float(cost.threshold.value),
        span=statement.span,
    )


def _unknown_unit(unit: syntax.Word) -> Diagnostic:
    meant = near_miss(unit.text, _UNITS)
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"a cost is claimed of every `node` or every `edge`, not every `{unit.text}`",
        span=unit.span,
        label="expected `node` or `edge`",
        help=f"did you mean `{meant}`?"
        if meant is not None
        else f"write it like `{_FORMS['minimal']}`",
    )


def _unknown_metric(metric: syntax.Word) -> Diagnostic:
    later = metric.text in LATER_METRICS
    meant = near_miss(metric.text, METRICS)
    return Diagnostic(
        code=Code.UNSUPPORTED_METRIC if later else Code.UNKNOWN_METRIC,
        message=f"the metric `{metric.text}` is not yet in this version of the language"
        if later
        else f"there is no metric `{metric.text}`",
        span=metric.span,
        label="reserved for a later version" if later else f"expected {quoted(METRICS)}",
        help=f"did you mean `{meant}`?"
        if meant is not None and not later
        else "use `loss` (two-token cross-entropy in nats) or `accuracy`",
    )


def _check_direction(
    statement: syntax.Expect,
    body: syntax.Bound | syntax.Cost,
    right: Comparison,
    problems: list[Diagnostic],
) -> None:
    if body.comparison == right:
        return
    kind = statement.claim.text
    what = "costs" if isinstance(body, syntax.Cost) else f"the {body.metric.text}"
    side, other = ("above", "below") if right == "<=" else ("below", "above")
    problems.append(
        Diagnostic(
            code=Code.WRONG_DIRECTION,
            message=f"`{kind}` bounds {what} from {side}, not from {other}",
            span=body.comparison_span,
            label=f"a bound from {other}",
            help=f"write `{right}`",
            notes=(_MEANING[kind],),
        )
    )


def _article(metric: str) -> str:
    return f"{'an' if metric[0] in 'aeiou' else 'a'} {metric}"


def _check_threshold(metric: Metric, number: syntax.Number) -> list[Diagnostic]:
    advice = None
    if number.value < 0:
        message = f"{_article(metric)} is never negative"
        advice = "write a number that is not negative"
    elif metric == "loss" and number.percent:
        message = "a loss is in nats, not a share of anything"
        advice = f"did you mean `{digits(number.value)}`?"
    elif metric == "accuracy" and number.value > 1:
        message = "an accuracy is at most 100%"
        percent = not number.percent and number.value <= 100
        advice = (
            f"did you mean `{digits(number.value)}%`?" if percent else "write a share up to `100%`"
        )
    if advice is None:
        return []
    return [
        Diagnostic(
            code=Code.INVALID_THRESHOLD,
            message=message,
            span=number.span,
            label="no measurement can give this",
            help=advice,
        )
    ]
