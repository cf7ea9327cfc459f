"""What claims are called, before they are judged and after; no torch."""

from __future__ import annotations

from collections.abc import Sequence

from circuitspec.language.claim_text import statement
from circuitspec.language.claims import Claim

_BY_KIND = ("sufficient", "necessary", "minimal")


def claim_names(claims: Sequence[Claim]) -> tuple[str, ...]:
    """A name for each claim: all that is claimed, or for the three oldest kinds of claims their
    kind, unless several are of it."""
    kinds = [claim.kind for claim in claims]
    return tuple(
        claim.kind if claim.kind in _BY_KIND and kinds.count(claim.kind) == 1 else statement(claim)
        for claim in claims
    )
