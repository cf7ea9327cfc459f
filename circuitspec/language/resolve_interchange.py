"""Claims about what becomes of the answer when the values of nodes are replaced."""

from __future__ import annotations

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language import syntax
from circuitspec.language.claim_forms import INTERCHANGE_FORMS
from circuitspec.language.claims import Exchanging, Resampling, Swapping
from circuitspec.language.resolve_bounds import resolve_bound
from circuitspec.language.resolve_names import check_repeated
from circuitspec.language.resolve_role_claims import resolve_run, resolve_spot
from circuitspec.language.words import REST, WHOLE

InterchangeClaim = Swapping | Exchanging | Resampling

_KINDS: dict[str, type[InterchangeClaim]] = {
    "swapping": Swapping,
    "exchanging": Exchanging,
    "resampling": Resampling,
}
_VALUES = {
    "swapping": "of the other prompt",
    "exchanging": "of a prompt with the same answer",
    "resampling": "of any text",
}


def resolve_interchange(
    statement: syntax.Expect, written: syntax.Interchange, problems: list[Diagnostic]
) -> InterchangeClaim | None:
    """A claim with one of `INTERCHANGES`; whether its nodes exist is for the caller to look up."""
    word = written.word.text
    before = len(problems)
    form = INTERCHANGE_FORMS[word]
    check_repeated(written.nodes, "name", problems)
    problems += _misused(written)
    if written.answer != _outcome(word):
        problems.append(
            Diagnostic(
                code=Code.INVALID_CLAIM,
                message=f"`{word}` claims that the answer {_said(_outcome(word))}, "
                f"not that it {_said(written.answer)}",
                span=written.answer_span,
                label=f"values {_VALUES[word]} are put in",
                help=f"write `{_outcome(word)} the answer`",
            )
        )
    at = None if written.at is None else resolve_spot(written.at, problems)
    run = resolve_run(written.run, problems)
    bound = resolve_bound(form, statement.body, problems)
    if bound is None or len(problems) > before:
        return None
    return _KINDS[word](
        nodes=tuple(node.text for node in written.nodes),
        at=at,
        run=run,
        threshold=bound.threshold,
        span=statement.span,
    )


def _outcome(word: str) -> str:
    return "flips" if word == "swapping" else "keeps"


def _said(outcome: str) -> str:
    return "flips" if outcome == "flips" else "stays"


_MANY = {
    REST: f"`{REST}` is all that is not in the circuit",
    WHOLE: f"`{WHOLE}` is every node of the circuit",
}


def _misused(written: syntax.Interchange) -> list[Diagnostic]:
    """The rest can be resampled, the circuit swapped and exchanged, and each stands alone."""
    many = next((node for node in written.nodes if node.text in _MANY), None)
    if many is None:
        return []
    resampled = written.word.text == "resampling"
    if many.text == REST and not resampled:
        message, advice = (
            f"{_MANY[REST]}, and can only be resampled",
            f"write `resampling {REST} keeps the answer`, or name nodes of the circuit",
        )
    elif many.text == WHOLE and resampled:
        message, advice = (
            f"{_MANY[WHOLE]}, and cannot be irrelevant to the answer",
            f"write `resampling {REST} keeps the answer`, or name nodes that do not matter",
        )
    elif len(written.nodes) > 1:
        message, advice = (
            f"{_MANY[many.text]}, and stands alone",
            "claim it of the other names in a claim of their own",
        )
    else:
        return []
    return [
        Diagnostic(
            code=Code.INVALID_CLAIM,
            message=message,
            span=many.span,
            label="more than a node",
            help=advice,
        )
    ]
