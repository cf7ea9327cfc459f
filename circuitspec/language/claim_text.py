"""Claims in the words of the language."""

from __future__ import annotations

from circuitspec.language.claim_words import Run
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Constant,
    Exchanging,
    Fires,
    InterchangeClaim,
    Minimal,
    Necessary,
    Predicts,
    Resampling,
    RoleClaim,
    Separates,
    Signed,
    Sufficient,
    Swapping,
)


def statement(claim: Claim) -> str:
    """A claim as a spec says it, without `expect`."""
    if isinstance(claim, Minimal):
        return f"minimal: every {claim.unit} costs >= {claim.cost:g}"
    return f"{subject(claim)}: {claim.metric} {claim.comparison} {claim.threshold:g}"


def subject(claim: Claim) -> str:
    """What a claim is about, as a spec says it; all but its bound."""
    match claim:
        case Sufficient() | Necessary():
            return claim.kind if claim.under is None else f"{claim.kind} under {claim.under}"
        case Fires(inside=None):
            return f"{claim.node} fires on {_tokens(claim.tokens)}{_where(claim)}"
        case Fires(inside=(first, last)):
            return f"{claim.node} fires inside {literal(first)} to {literal(last)}{_where(claim)}"
        case Separates(first=()):
            return f"{claim.node} separates answers{_where(claim)}"
        case Separates():
            sides = f"{_tokens(claim.first)} from {_tokens(claim.second)}"
            return f"{claim.node} separates {sides}{_where(claim)}"
        case Signed():
            on = f" on {_tokens(claim.tokens)}" if claim.tokens else ""
            return f"{claim.node} is {claim.sign}{on}{_where(claim)}"
        case Constant():
            return f"{claim.node} is constant{_where(claim)}"
        case Attends():
            ends = f"from {_spot(claim.source)} to {_spot(claim.target)}"
            return f"{claim.node} attends {ends}{_where(claim)}"
        case Swapping():
            return f"swapping {_interchanged(claim)} flips the answer{_in(claim.run)}"
        case Exchanging() | Resampling():
            return f"{claim.kind} {_interchanged(claim)} keeps the answer{_in(claim.run)}"
        case Beats():
            return f"beats {claim.control}"
        case Predicts():
            return f"predicts {literal(claim.text)}: task {claim.task}"
    return claim.kind


def _interchanged(claim: InterchangeClaim) -> str:
    at = "" if claim.at is None else f" at {claim.at}"
    return f"{', '.join(claim.nodes)}{at}"


def _where(claim: RoleClaim) -> str:
    over = "" if claim.over is None else f" over {claim.over}"
    return f"{_in(claim.run)}{over}"


def _in(run: Run | None) -> str:
    return "" if run is None else f" in {run}"


def _spot(spot: str | tuple[str, ...]) -> str:
    return spot if isinstance(spot, str) else _tokens(spot)


def _tokens(tokens: tuple[str, ...]) -> str:
    return ", ".join(map(literal, tokens))


_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t"})


def literal(text: str) -> str:
    """A text as a string of the language."""
    return f'"{text.translate(_ESCAPED)}"'
