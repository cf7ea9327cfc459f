"""Claims of a syntax tree, and claims of a `Spec`, as those of a `Document`."""

from __future__ import annotations

from typing import Any

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
    SeparatesClaim,
    StateClaim,
)
from circuitspec.document.values import spelt, spelt_percent
from circuitspec.language import syntax
from circuitspec.language.claim_words import PERCENTAGES
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Constant,
    Exchanging,
    Fires,
    Minimal,
    Predicts,
    Resampling,
    Separates,
    Signed,
    Swapping,
)


def written_claim(written: syntax.Expect, threshold: str) -> ClaimStatement:
    """A claim as its author wrote it; `threshold` in the author's spelling."""
    body, said = written.body, written.claim
    if isinstance(body, syntax.Cost):
        assert isinstance(said, syntax.Plain)
        return CostClaim(
            expect=said.word.text,
            every=body.unit.text,
            comparison=body.comparison,
            threshold=threshold,
        )
    # The keys are words of the text, of which Python has some for itself.
    bound: dict[str, Any] = {
        "metric": body.metric.text,
        "comparison": body.comparison,
        "threshold": threshold,
    }
    match said:
        case syntax.Plain(word=word):
            return MetricClaim(expect=word.text, **bound)
        case syntax.Against(word=word, control=control):
            return ControlClaim(expect=word.text, control=control.text, **bound)
        case syntax.Interchange(word=word, nodes=nodes):
            return InterchangeClaim(
                expect=word.text,
                nodes=_texts(nodes),
                at=_optional(said.at),
                answer=said.answer,
                run=_optional(said.run),
                **bound,
            )
    role: dict[str, Any] = {
        "expect": said.node.text,
        "run": _optional(said.run),
        "over": _optional(said.over),
        **bound,
    }
    match said:
        case syntax.FiresOn(tokens=tokens):
            return FiresOnClaim(fires_on=_texts(tokens), **role)
        case syntax.FiresInside(first=first, last=last):
            return FiresInsideClaim(fires_inside=(first.text, last.text), **role)
        case syntax.Separates(what=what, others=others):
            role |= {"separates": _word_or_texts(what), "from": _texts(others) or None}
            return SeparatesClaim.model_validate(role)
        case syntax.State(state=state, tokens=tokens):
            role |= {"is": state.text, "on": _texts(tokens) or None}
            return StateClaim.model_validate(role)
        case syntax.Attends(source=source, target=target):
            ends = (_word_or_texts(source), _word_or_texts(target))
            return AttendsClaim(attends_from=ends[0], to=ends[1], **role)


def written_prediction(written: syntax.Predict, threshold: str) -> Prediction:
    """A prediction as its author wrote it; `threshold` in the author's spelling."""
    body = written.body
    return Prediction(
        predict=written.text.text,
        task=written.task.text,
        metric=body.metric.text,
        comparison=body.comparison,
        threshold=threshold,
    )


def claim_statement(claim: Claim) -> ClaimStatement | Prediction:
    """The statement that makes a claim of a `Spec`."""
    if isinstance(claim, Minimal):
        return CostClaim(
            expect=claim.kind, every=claim.unit, comparison=">=", threshold=spelt(claim.cost)
        )
    spell = spelt_percent if claim.metric in PERCENTAGES else spelt
    bound: dict[str, Any] = {
        "metric": claim.metric,
        "comparison": claim.comparison,
        "threshold": spell(claim.threshold),
    }
    match claim:
        case Predicts(text=text, task=task):
            return Prediction(predict=text, task=task, **bound)
        case Beats(control=control):
            return ControlClaim(expect=claim.kind, control=control, **bound)
        case Swapping() | Exchanging() | Resampling():
            return InterchangeClaim(
                expect=claim.kind,
                nodes=claim.nodes,
                at=claim.at,
                answer="flips" if isinstance(claim, Swapping) else "keeps",
                run=claim.run,
                **bound,
            )
        case Fires() | Separates() | Signed() | Constant() | Attends():
            role = {"expect": claim.node, "run": claim.run, "over": claim.over, **bound}
            return _role(claim, role)
    return MetricClaim(expect=claim.kind, **bound)


def _role(
    claim: Fires | Separates | Signed | Constant | Attends, role: dict[str, Any]
) -> ClaimStatement:
    match claim:
        case Fires(inside=(first, last)):
            return FiresInsideClaim(fires_inside=(first, last), **role)
        case Fires(tokens=tokens):
            return FiresOnClaim(fires_on=tokens, **role)
        case Separates(first=(), second=()):
            return SeparatesClaim(separates="answers", **role)
        case Separates(first=higher, second=lower):
            return SeparatesClaim.model_validate({"separates": higher, "from": lower, **role})
        case Signed(sign=sign, tokens=tokens):
            return StateClaim.model_validate({"is": sign, "on": tokens or None, **role})
        case Constant():
            return StateClaim.model_validate({"is": "constant", **role})
        case Attends(source=source, target=target):
            return AttendsClaim(attends_from=source, to=target, **role)


def _optional(word: syntax.Word | None) -> str | None:
    return None if word is None else word.text


def _texts(words: tuple[syntax.Word, ...]) -> tuple[str, ...]:
    return tuple(word.text for word in words)


def _word_or_texts(written: syntax.Word | tuple[syntax.Word, ...]) -> str | tuple[str, ...]:
    return written.text if isinstance(written, syntax.Word) else _texts(written)
