"""Claims that are not confirmed, as diagnostics: located in the spec, measured, with a way on.

Everything that shows failed claims (formats, pytest, editors) shows these. What they need is in
the spec and in its report, so they can be made of a certificate that was written long ago, and
without torch.

A way on is never "move the bound to where these pairs pass": a bound that was chosen after seeing
the numbers says nothing, however small its interval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic, Severity
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import counted
from circuitspec.language.spec import Claim, Spec
from circuitspec.report.report import ClaimResult, Report, UnitCost
from circuitspec.report.text import level_text

_POINTED_AT = 3
"""So many of the cheapest nodes or edges are pointed at where they are declared."""

_MORE_DATA = "it takes more pairs, or a bound with more room, stated before looking at these"
_MENDS = {
    "sufficient": "add the node or the edge that is missing",
    "necessary": "another part of the model does the task as well: add it to the circuit",
}
WAYS_OUT = {
    "dead node": "leave out what does nothing on this task, or name what does",
    "disconnected node": "leave out what leads nowhere, or draw the edges from it to the logits",
    "the full model itself fails": "choose a task that the model can do",
    "the full model itself is not shown": _MORE_DATA,
    "nothing at all already passes": "state a bound that is not met with everything ablated",
    "nothing at all is not shown to fail": _MORE_DATA,
    "the full model is as bad already": "choose a task that the model can do",
    "the full model is not shown to be better": _MORE_DATA,
    "the circuit alone does no better": "make the circuit sufficient first, then minimal",
    "the circuit alone is not shown": "make the circuit sufficient first, then minimal",
    "the circuit alone says the same": "add the nodes that tell the two prompts of a pair apart",
    "the circuit alone answers the wrong way round": "look for what turns its answers round: a "
    "node or an edge that is missing",
    "the circuit has no": "claim this of a circuit that has some",
    "one pair has no interval": "choose a task with more pairs",
    "`": "turn the comparison round",
}
"""What to do about a vacuous claim, by how the reason begins."""


def diagnose_claims(
    spec: Spec, report: Report, *, allow_inconclusive: bool = False
) -> dict[str, Diagnostic]:
    """What to say of each claim of `spec` that `report` does not confirm, by its name, in order.

    Args:
        allow_inconclusive: inconclusive claims give warnings, not errors.

    Raises:
        ValueError: the report is about other claims.
    """
    if [claim.kind for claim in spec.judged] != [result.kind for result in report.claims]:
        raise ValueError(f"the report is about other claims than those of {spec.name}")
    found: dict[str, Diagnostic] = {}
    for claim, result in zip(spec.judged, report.claims, strict=True):
        if result.verdict == "confirmed":
            continue
        allowed = allow_inconclusive and result.verdict == "inconclusive"
        found[result.name] = _diagnose(spec, claim, result, "warning" if allowed else "error")
    return found


def _diagnose(spec: Spec, claim: Claim, result: ClaimResult, severity: Severity) -> Diagnostic:
    cheapest = _cheapest(result)
    match result.verdict:
        case "refuted":
            bound = f"{result.comparison} {result.threshold:g}"
            return Diagnostic(
                code=Code.CLAIM_REFUTED,
                message=f"{result.kind}: {_measured(result, cheapest)}, claimed {bound}",
                span=claim.span,
                label="refuted",
                secondary=tuple(_pointers(spec, result, cheapest)),
                help=_mend(result, cheapest),
                notes=tuple(_notes(result, cheapest)),
            )
        case "inconclusive":
            return Diagnostic(
                code=Code.CLAIM_INCONCLUSIVE,
                message=f"{result.kind}: {_measured(result, cheapest)}, "
                f"too close to {result.threshold:g} to tell",
                severity=severity,
                span=claim.span,
                label="not decided",
                secondary=tuple(_pointers(spec, result, cheapest[:1])),
                help=_MORE_DATA,
                notes=tuple(_notes(result, ())),
            )
        case "vacuous":
            reason = result.reason or "it cannot mean anything"
            ways = (way for start, way in WAYS_OUT.items() if reason.startswith(start))
            return Diagnostic(
                code=Code.CLAIM_VACUOUS,
                message=f"{result.kind} is vacuous: {reason}",
                span=claim.span,
                label="cannot mean anything",
                secondary=tuple(_idle(spec, reason)),
                help=next(ways, "choose a task with more pairs"),
                notes=tuple(_notes(result, ())),
            )
    return Diagnostic(
        code=Code.CLAIM_ERROR,
        message=f"{result.kind} could not be measured: {result.reason or 'no reason is known'}",
        span=claim.span,
        label="not measured",
        help="mend what the reason names; until then nothing is known of this claim",
    )


def _cheapest(result: ClaimResult) -> tuple[UnitCost, ...]:
    """Of `minimal`, what costs less than claimed, but at least the cheapest of all."""
    costs = sorted(result.details, key=lambda unit: unit.cost)
    return tuple(costs[:1]) + tuple(u for u in costs[1:] if u.cost < result.threshold)


def _measured(result: ClaimResult, cheapest: tuple[UnitCost, ...]) -> str:
    number = "unknown" if result.estimate is None else _apart(result.estimate, result.threshold)
    if cheapest:
        return f"leaving out `{cheapest[0].name}` costs {number}"
    return f"{result.metric} is {number}"


def _apart(value: float, threshold: float) -> str:
    """A number with three digits, or as many as it takes not to look like the threshold."""
    for digits in range(3, 7):
        shown = f"{value:.{digits}g}"
        if float(shown) != threshold:
            return shown
    return f"{value:g}"


def _mend(result: ClaimResult, cheapest: tuple[UnitCost, ...]) -> str:
    if not cheapest:
        return _MENDS[result.kind]
    if len(cheapest) == 1:
        return f"leave `{cheapest[0].name}` out of the circuit"
    return (
        f"leave `{cheapest[0].name}` out of the circuit and verify again: what the others cost "
        "changes with it"
    )


def _notes(result: ClaimResult, cheapest: tuple[UnitCost, ...]) -> Iterator[str]:
    if result.estimate is not None and result.interval is not None:
        yield _evidence(result)
    below = cheapest[_POINTED_AT:]
    if below:
        names = ", ".join(f"`{unit.name}`" for unit in below[:_POINTED_AT])
        more = len(below) - _POINTED_AT
        rest = f" and {more} more" if more > 0 else ""
        yield f"less than {result.threshold:g} cost also {names}{rest}"
    if result.counterexample is not None:
        example = result.counterexample
        first, second = map(repr, example.prompts)
        yield f"worst is pair {example.pair}, loss {example.loss:.3g}: {first} and {second}"


def _evidence(result: ClaimResult) -> str:
    assert result.estimate is not None
    assert result.interval is not None
    pairs = counted(result.n, "pair")
    if result.exact:
        return f"{result.metric} {result.estimate:.4g} on all {pairs} that there are"
    low, high = result.interval
    level = "" if result.level is None else f" {level_text(result.level)}"
    return f"{result.metric} {result.estimate:.4g} in [{low:.4g}, {high:.4g}]{level}, {pairs}"


def _pointers(
    spec: Spec, result: ClaimResult, units: tuple[UnitCost, ...]
) -> Iterator[tuple[Span, str]]:
    """Where the cheapest nodes or edges are declared, and what each costs."""
    for unit in units[:_POINTED_AT]:
        span = _declared(spec, unit.name)
        if span is not None:
            yield span, f"costs {_apart(unit.cost, result.threshold)}"


def _declared(spec: Spec, name: str) -> Span | None:
    """Where a node or an edge is declared, from the name that a report gives it."""
    # `name`, or `name (place)` of a declaration that stands for several nodes.
    ends = [end.partition(" (")[0] for end in name.split(" -> ")]
    if len(ends) == 1:
        return next((node.name_span for node in spec.nodes if node.name == ends[0]), None)
    edges = (edge for edge in spec.edges if [edge.source.name, edge.target.name] == ends)
    return next((edge.span for edge in edges), None)


def _idle(spec: Spec, reason: str) -> Iterator[tuple[Span, str]]:
    """The declarations of the nodes that a claim is vacuous for; the reason names them."""
    if not reason.startswith(("dead node", "disconnected node")):
        return
    for node in spec.nodes:
        if node.name_span is not None and re.search(rf"(?:[:;,]|and) {node.name}[ ,]", reason):
            yield node.name_span, "does nothing here"
