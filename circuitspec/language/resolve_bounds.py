"""The end of every claim: a metric that it has, the right comparison, a threshold it can take."""

from __future__ import annotations

from dataclasses import dataclass, replace

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.wording import digits, near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.claim_forms import FORMS, PREDICTS, ClaimForm
from circuitspec.language.claim_words import AT_MOST_ONE, METRICS, PERCENTAGES, Comparison
from circuitspec.language.words import LATER_METRICS

_IN_NATS = ("loss", "text_loss", "kl", "frozen_loss")
_NOUNS = ("loss", "accuracy", "share", "spread", "mass", "ratio", "gap", "sign", "agreement")
"""Metrics that a message can speak of as of any other thing."""


@dataclass(frozen=True)
class Bound:
    """A bound in which nothing is wrong; a share is a number from 0 to 1."""

    metric: str
    comparison: Comparison
    threshold: float


def resolve_bound(
    form: ClaimForm, body: syntax.Bound | syntax.Cost, problems: list[Diagnostic]
) -> Bound | None:
    """The bound of a claim; what is wrong with it is added to `problems`."""
    if isinstance(body, syntax.Cost):
        problems.append(other_form(form, body))
        return None
    metric = body.metric.text
    if metric not in form.sides:
        problems.append(unknown_metric(form, body.metric))
        return None
    before = len(problems)
    check_direction(form, body, form.sides[metric], problems)
    check_threshold(metric, body.threshold, problems)
    if len(problems) > before:
        return None
    return Bound(metric, body.comparison, float(body.threshold.value))


def other_form(form: ClaimForm, written: syntax.Syntax) -> Diagnostic:
    """The diagnostic for a claim that is stated in the form of another."""
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"`{form.name}` is not claimed in this form",
        span=written.span,
        label=f"`{form.name}` bounds {form.bounds}",
        help=f"write it like `{form.example}`",
    )


def unknown_metric(form: ClaimForm, metric: syntax.Word) -> Diagnostic:
    """The diagnostic for a metric that a claim does not have."""
    later = metric.text in LATER_METRICS
    known = tuple(form.sides)
    if later:
        message, label = (
            f"the metric `{metric.text}` is not yet in this version of the language",
            "reserved for a later version",
        )
    else:
        message, label = f"there is no metric `{metric.text}`", f"expected {quoted(known)}"
        if metric.text in _all_metrics():
            message = f"`{form.name}` has no metric `{metric.text}`"
    meant = near_miss(metric.text, known)
    if meant is not None and not later:
        advice = f"did you mean `{meant}`?"
    elif known == METRICS:
        advice = "use `loss` (two-token cross-entropy in nats) or `accuracy`"
    else:
        advice = f"use {quoted(known)}"
    return Diagnostic(
        code=Code.UNSUPPORTED_METRIC if later else Code.UNKNOWN_METRIC,
        message=message,
        span=metric.span,
        label=label,
        help=advice,
    )


def is_metric(word: str) -> bool:
    """Whether any claim has a metric of this name."""
    return word in _all_metrics()


def _all_metrics() -> frozenset[str]:
    return frozenset(metric for form in (*FORMS.values(), PREDICTS) for metric in form.sides)


def check_direction(
    form: ClaimForm,
    body: syntax.Bound | syntax.Cost,
    right: Comparison | None,
    problems: list[Diagnostic],
) -> None:
    """Add a problem where a bound points the wrong way; None is right either way."""
    if right is None or body.comparison == right:
        return
    what = "costs" if isinstance(body, syntax.Cost) else f"the {body.metric.text}"
    side, other = ("above", "below") if right == "<=" else ("below", "above")
    problems.append(
        Diagnostic(
            code=Code.WRONG_DIRECTION,
            message=f"`{form.name}` bounds {what} from {side}, not from {other}",
            span=body.comparison_span,
            label=f"a bound from {other}",
            help=f"write `{right}`",
            notes=(form.meaning,),
        )
    )


def check_threshold(metric: str, number: syntax.Number, problems: list[Diagnostic]) -> None:
    """Add a problem where a metric cannot take a threshold, or not as it is written."""
    found = _impossible(metric, number)
    if found is not None:
        message, label, advice = found
        problems.append(
            Diagnostic(
                code=Code.INVALID_THRESHOLD,
                message=message,
                span=number.span,
                label=label,
                help=advice,
            )
        )


def _impossible(metric: str, number: syntax.Number) -> tuple[str, str, str] | None:
    """Message, label and advice for a threshold, if it is wrong."""
    value, what = number.value, _noun(metric)
    never = "no measurement can give this"
    if value < 0 and metric == "correlation":
        return (
            "a claim is about a correlation above 0",
            "says nothing",
            "write a number from 0 to 1",
        )
    if value < 0:
        return f"{what} is never negative", never, "write a number that is not negative"
    if metric in PERCENTAGES:
        if value <= 1:
            return None
        percent = not number.percent and value <= 100
        advice = f"did you mean `{digits(value)}%`?" if percent else "write a share up to `100%`"
        return f"{what} is at most 100%", never, advice
    if number.percent:
        plain = f"did you mean `{digits(value)}`?"
        if metric in _IN_NATS:
            return f"{what} is in nats, not a share of anything", never, plain
        return f"{what} is written as a plain number", "a percentage", plain
    if metric in AT_MOST_ONE and value > 1:
        advice = f"did you mean `{digits(value / 100)}`?" if value <= 100 else "write at most `1`"
        return f"{what} is at most 1", never, advice
    return None


def _noun(metric: str) -> str:
    if metric not in _NOUNS:
        return f"`{metric}`"
    return f"{'an' if metric[0] in 'aeiou' else 'a'} {metric}"


def for_control(form: ClaimForm, metric: str) -> ClaimForm:
    """A form of which only one metric is left."""
    return replace(form, sides={metric: form.sides[metric]})
