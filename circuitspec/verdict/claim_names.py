"""What claims are called, before they are judged and after; no torch."""

from __future__ import annotations

from circuitspec.language.spec import Claim, Spec


def claim_names(spec: Spec) -> tuple[str, ...]:
    """The names of the claims of `spec`: the kind, or all that is claimed where several claims
    are of one kind."""
    kinds = [claim.kind for claim in spec.claims]
    return tuple(
        claim.kind if kinds.count(claim.kind) == 1 else statement(claim) for claim in spec.claims
    )


def statement(claim: Claim) -> str:
    """A claim as a report states it."""
    if claim.kind == "minimal":
        return f"minimal: every {claim.unit} costs >= {claim.cost:g}"
    return f"{claim.kind}: {claim.metric} {claim.comparison} {claim.threshold:g}"
