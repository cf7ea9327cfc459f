"""Claims of a `Document` as words: the pieces between which a line may be broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.document.claims import (
    AttendsClaim,
    ClaimStatement,
    ControlClaim,
    CostClaim,
    FiresInsideClaim,
    FiresOnClaim,
    InterchangeClaim,
    MetricClaim,
    Prediction,
    RoleClaim,
    SeparatesClaim,
    StateClaim,
)
from circuitspec.document.layout import Piece
from circuitspec.document.values import bare
from circuitspec.language.claim_text import literal


def plain_claim(claim: MetricClaim | CostClaim) -> Piece:
    """What follows the colon of a claim that is one word."""
    if isinstance(claim, CostClaim):
        return Piece(f"every {claim.every} costs {claim.comparison} {claim.threshold}")
    return _bound(claim)


def phrase(claim: ClaimStatement) -> list[list[Piece]]:
    """A claim of several words: those up to its colon, and what follows that."""
    assert not isinstance(claim, MetricClaim | CostClaim)
    *words, last = _phrase(claim)
    return [[*map(Piece, words), Piece(f"{last}:")], [_bound(claim)]]


def prediction(claim: Prediction) -> list[list[Piece]]:
    """A prediction, its task and its bound."""
    return [
        [Piece(f"{literal(claim.predict)}:")],
        [Piece(f"task {bare(claim.task)},")],
        [_bound(claim)],
    ]


def _bound(claim: MetricClaim | ControlClaim | InterchangeClaim | RoleClaim | Prediction) -> Piece:
    return Piece(f"{claim.metric} {claim.comparison} {claim.threshold}")


def _phrase(claim: ControlClaim | InterchangeClaim | RoleClaim) -> Iterator[str]:
    yield claim.expect
    match claim:
        case ControlClaim(control=control):
            yield control
        case InterchangeClaim():
            yield from _listed(claim.nodes)
            if claim.at is not None:
                yield f"at {claim.at}"
            yield f"{claim.answer} the answer"
        case FiresOnClaim(fires_on=tokens):
            yield from ("fires", "on", *_strings(tokens))
        case FiresInsideClaim(fires_inside=(first, last)):
            yield from ("fires", "inside", f"{literal(first)} to {literal(last)}")
        case SeparatesClaim(separates=what, others=others):
            yield "separates"
            yield from _end(what)
            if others is not None:
                yield from ("from", *_strings(others))
        case StateClaim(state=state, on=tokens):
            yield f"is {state}"
            if tokens is not None:
                yield from ("on", *_strings(tokens))
        case AttendsClaim(attends_from=source, to=target):
            yield from ("attends", "from", *_end(source), "to", *_end(target))
    if not isinstance(claim, ControlClaim) and claim.run is not None:
        yield f"in {claim.run}"
    if not isinstance(claim, ControlClaim | InterchangeClaim) and claim.over is not None:
        yield f"over {claim.over}"


def _end(end: str | Sequence[str]) -> Sequence[str]:
    return [end] if isinstance(end, str) else _strings(end)


def _strings(tokens: Sequence[str]) -> list[str]:
    return _listed([literal(token) for token in tokens])


def _listed(items: Sequence[str]) -> list[str]:
    *before, last = items
    return [*(f"{item}," for item in before), last]
