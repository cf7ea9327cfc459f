"""Also and report statements: further ablations, each stated once and each of use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.claim_words import ALTERNATIVES, Alternative

_OF_A_COMPLEMENT = ("subsets", "adversary")
"""Ablations under which only `sufficient` is judged."""


def alternatives(
    stated: syntax.Also | syntax.Report | None,
    ablate: syntax.Ablate | None,
    also: syntax.Also | None,
    problems: list[Diagnostic],
) -> tuple[Alternative, ...]:
    """The further ablations that a statement lists; what is wrong is added to `problems`.

    Args:
        ablate: the ablation of the circuit.
        also: those that are judged, if others are read.
    """
    if stated is None:
        return ()
    first: dict[str, tuple[Span, str]] = {}
    if ablate is not None:
        first[ablate.kind.text] = ablate.span, "the ablation of the circuit"
    for word in () if also is None else also.ablations:
        first.setdefault(word.text, (word.span, "judged already"))
    found: list[Alternative] = []
    for word in stated.ablations:
        if word.text not in ALTERNATIVES:
            problems.append(_unknown(word, [other for other in ALTERNATIVES if other not in first]))
        elif word.text in first:
            problems.append(_repeated(word, *first[word.text]))
        else:
            first[word.text] = word.span, "first stated here"
            found.append(word.text)
    return tuple(found)


def unused_ablations(
    circuit: syntax.Circuit, claims: Sequence[syntax.Expect | syntax.Predict]
) -> Iterator[Diagnostic]:
    """A warning for each ablation that must hold as well, where there is nothing to hold."""
    words = {
        claim.claim.word.text
        for claim in claims
        if isinstance(claim, syntax.Expect) and isinstance(claim.claim, syntax.Plain)
    }
    if "sufficient" in words:
        return
    for statement in circuit.statements:
        for word in statement.ablations if isinstance(statement, syntax.Also) else ():
            if word.text in _OF_A_COMPLEMENT or "necessary" not in words:
                yield _unused(word)


def _unknown(word: syntax.Word, free: Sequence[str]) -> Diagnostic:
    """An ablation that there is not.

    Args:
        free: those that are not stated yet; others would only be stated twice.
    """
    meant = near_miss(word.text, free)
    return Diagnostic(
        code=Code.UNKNOWN_ABLATION,
        message=f"there is no further ablation `{word.text}`",
        span=word.span,
        label=f"expected {quoted(free)}" if free else "all that there are, are stated",
        help="a mean over pretraining is stated with `ablate mean over pretraining`"
        if word.text == "mean"
        else f"did you mean `{meant}`?"
        if meant is not None
        else "write one of these, or leave it out",
    )


def _repeated(word: syntax.Word, earlier: Span, label: str) -> Diagnostic:
    return Diagnostic(
        code=Code.DUPLICATE_ABLATION,
        message=f"the ablation `{word.text}` is stated twice",
        span=word.span,
        label="stated again",
        secondary=((earlier, label),),
        help="delete it here",
    )


def _unused(word: syntax.Word) -> Diagnostic:
    needed = ("sufficient",) if word.text in _OF_A_COMPLEMENT else ("sufficient", "necessary")
    return Diagnostic(
        code=Code.UNUSED_ABLATION,
        message=f"nothing is judged under `{word.text}`",
        severity="warning",
        span=word.span,
        label=f"holds for {quoted(needed, 'and')}, and neither is claimed"
        if len(needed) > 1
        else f"holds for {quoted(needed)}, which is not claimed",
        help=f"claim {quoted(needed)}, or move it to `report`",
    )
