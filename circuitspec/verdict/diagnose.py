"""Claims that are not confirmed, as diagnostics: located in the spec, measured, with a way on.

Everything that shows failed claims (formats, pytest, editors) shows these. What they need is in
the spec and in its report, so they can be made of a certificate that was written long ago, and
without torch.

`ways_on` says what to do about each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic, Severity
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import counted
from circuitspec.language.claim_text import statement, subject
from circuitspec.language.claims import Necessary, Sufficient, nodes_of
from circuitspec.language.spec import Claim, Spec
from circuitspec.report.claim_rows import level_text
from circuitspec.report.report import ClaimResult, Report, UnitCost
from circuitspec.verdict.ways_on import MORE_DATA, failing_parts, mend, way_out, worst_part

_POINTED_AT = 3
"""So many of the cheapest nodes or edges are pointed at where they are declared."""

_PARTS_NOTED = 6


def diagnose_claims(
    spec: Spec, report: Report, *, allow_inconclusive: bool = False
) -> dict[str, Diagnostic]:
    """What to say of each claim of `spec` that `report` does not confirm, by its name, in order.

    Args:
        allow_inconclusive: inconclusive claims give warnings, not errors.

    Raises:
        ValueError: the report is about other claims.
    """
    if [statement(claim) for claim in spec.judged] != [r.statement for r in report.claims]:
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
    about = subject(claim)
    stands = _Place.of(spec, claim)
    match result.verdict:
        case "refuted":
            bound = f"{result.comparison} {result.threshold:g}"
            return Diagnostic(
                code=Code.CLAIM_REFUTED,
                message=f"{about}: {_measured(result, cheapest)}, claimed {bound}",
                span=stands.span,
                label=stands.label("refuted"),
                secondary=(*stands.marks, *_pointers(spec, claim, result, cheapest)),
                help=_mend(claim, result, cheapest),
                notes=tuple(_notes(result, cheapest)),
            )
        case "inconclusive":
            return Diagnostic(
                code=Code.CLAIM_INCONCLUSIVE,
                message=f"{about}: {_measured(result, cheapest)}, "
                f"too close to {result.threshold:g} to tell",
                severity=severity,
                span=stands.span,
                label=stands.label("not decided"),
                secondary=(*stands.marks, *_pointers(spec, claim, result, cheapest[:1])),
                help=MORE_DATA,
                notes=tuple(_notes(result, ())),
            )
        case "vacuous":
            reason = result.reason or "it cannot mean anything"
            return Diagnostic(
                code=Code.CLAIM_VACUOUS,
                message=f"{about} is vacuous: {reason}",
                span=stands.span,
                label=stands.label("cannot mean anything"),
                secondary=(*stands.marks, *_idle(spec, reason)),
                help=way_out(reason),
                notes=tuple(_notes(result, ())),
            )
    return Diagnostic(
        code=Code.CLAIM_ERROR,
        message=f"{about} could not be measured: {result.reason or 'no reason is known'}",
        span=stands.span,
        label=stands.label("not measured"),
        secondary=stands.marks,
        help="mend what the reason names; until then nothing is known of this claim",
    )


@dataclass(frozen=True)
class _Place:
    """Where to look at a claim: where it is written, or what in the text it comes from.

    Attributes:
        why: what is said there besides what became of it.
        marks: where else to look.
    """

    span: Span | None
    why: str = ""
    marks: tuple[tuple[Span, str], ...] = ()

    @classmethod
    def of(cls, spec: Spec, claim: Claim) -> _Place:
        under = claim.under if isinstance(claim, Sufficient | Necessary) else None
        if under is not None:
            also = spec.also_span
            if also is None or not _says(spec, also, under):
                return cls(claim.span or spec.name_span, f" under {under}")
            marks = () if claim.span is None else ((claim.span, "claimed here"),)
            return cls(also, f" under {under}", marks)
        if claim.span is not None:
            return cls(claim.span)
        return cls(spec.name_span, ", which is asked of every circuit")

    def label(self, verdict: str) -> str:
        return f"{verdict}{self.why}"


def _says(spec: Spec, span: Span, word: str) -> bool:
    """Whether a word stands in a stretch of the text; the strict battery adds some that do not."""
    return spec.source is None or word in spec.source.text[span.start : span.end]


def _cheapest(result: ClaimResult) -> tuple[UnitCost, ...]:
    """Of `minimal`, what costs less than claimed, but at least the cheapest of all."""
    costs = sorted(result.details, key=lambda unit: unit.cost)
    return tuple(costs[:1]) + tuple(u for u in costs[1:] if u.cost < result.threshold)


def _measured(result: ClaimResult, cheapest: tuple[UnitCost, ...]) -> str:
    number = "unknown" if result.estimate is None else _apart(result.estimate, result.threshold)
    if cheapest:
        return f"leaving out `{cheapest[0].name}` costs {number}"
    worst = worst_part(result)
    where = "" if worst is None else f" ({worst.what})"
    return f"{result.metric} is {number}{where}"


def _apart(value: float, threshold: float) -> str:
    """A number with three digits, or as many as it takes not to look like the threshold."""
    for digits in range(3, 7):
        shown = f"{value:.{digits}g}"
        if float(shown) != threshold:
            return shown
    return f"{value:g}"


def _mend(claim: Claim, result: ClaimResult, cheapest: tuple[UnitCost, ...]) -> str:
    if not cheapest:
        return mend(claim, result)
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
    failing = failing_parts(result)
    for part in failing[:_PARTS_NOTED]:
        yield f"{part.what}: {result.metric} {part.estimate:.4g}"
    if len(failing) > _PARTS_NOTED:
        yield f"and so are {len(failing) - _PARTS_NOTED} more of {len(result.parts)} measurements"
    yield from result.facts


def _evidence(result: ClaimResult) -> str:
    assert result.estimate is not None
    assert result.interval is not None
    drawn = counted(result.n, result.drawn.removesuffix("s"))
    if result.exact:
        return f"{result.metric} {result.estimate:.4g} on all {drawn} that there are"
    low, high = result.interval
    level = "" if result.level is None else f" {level_text(result.level)}"
    return f"{result.metric} {result.estimate:.4g} in [{low:.4g}, {high:.4g}]{level}, {drawn}"


def _pointers(
    spec: Spec, claim: Claim, result: ClaimResult, units: tuple[UnitCost, ...]
) -> Iterator[tuple[Span, str]]:
    """Where the cheapest nodes or edges are declared, and what each costs; where the nodes are
    declared that a claim names."""
    for unit in units[:_POINTED_AT]:
        span = _declared(spec, unit.name)
        if span is not None:
            yield span, f"costs {_apart(unit.cost, result.threshold)}"
    names = nodes_of(claim)
    for name in names if len(names) <= _POINTED_AT else ():
        span = _declared(spec, name)
        if span is not None:
            yield span, "declared here"


def _declared(spec: Spec, name: str) -> Span | None:
    """Where a node or an edge is declared, from the name that a report gives it."""
    # `name`, or `name (place)` of a declaration that stands for several nodes.
    ends = [end.partition(" (")[0] for end in name.split(" -> ")]
    if len(ends) == 1:
        declared = (*spec.nodes, *spec.outside)
        return next((node.name_span for node in declared if node.name == ends[0]), None)
    edges = (edge for edge in spec.edges if [edge.source.name, edge.target.name] == ends)
    return next((edge.span for edge in edges), None)


def _idle(spec: Spec, reason: str) -> Iterator[tuple[Span, str]]:
    """The declarations of the nodes that a claim is vacuous for; the reason names them."""
    if not reason.startswith(("dead node", "disconnected node")):
        return
    for node in spec.nodes:
        if node.name_span is not None and re.search(rf"(?:[:;,]|and) {node.name}[ ,]", reason):
            yield node.name_span, "does nothing here"
