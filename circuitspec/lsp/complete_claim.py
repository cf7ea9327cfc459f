"""What an expect or predict statement can go on with, from the words that it has so far."""

from __future__ import annotations

from collections.abc import Iterator

from circuitspec.language.claim_forms import CONSTANT, FORMS, PREDICTS, ClaimForm
from circuitspec.language.claim_words import CONTROLS, DATA, RUNS, SPOTS, metric_of
from circuitspec.language.words import INTERCHANGES, RELATIONS, REST, WHOLE
from circuitspec.lsp import suggestions as suggest
from circuitspec.lsp.documents import Document
from circuitspec.lsp.outline import CircuitOutline, Statement
from circuitspec.lsp.suggestions import Suggestion
from circuitspec.lsp.tokens import Token

_SIDES = {"<=": "at most", ">=": "at least"}


def in_claim(circuit: CircuitOutline, statement: Statement) -> Iterator[Suggestion]:
    """What can come next in an expect statement.

    Args:
        circuit: with all that is declared in it.
        statement: as much of it as stands before the word that is being typed.
    """
    words = [token.text for token in statement.rest]
    if ":" in words:
        yield from _bound(words)
    elif not words:
        yield from suggest.claims()
        yield from _nodes(circuit)
    elif len(words) > 1 and words[1] in RELATIONS:
        yield from _role(statement.rest[1:])
    elif words == ["beats"]:
        yield from map(suggest.value, CONTROLS)
    elif words[0] in INTERCHANGES:
        yield from _interchange(circuit, statement, words)
    elif len(words) == 1 and words[0] in circuit.declarations():
        yield from map(suggest.keyword, RELATIONS)


def in_prediction(document: Document, statement: Statement) -> Iterator[Suggestion]:
    """What can come next in a predict statement."""
    match [token.text for token in statement.rest]:
        case [_, ":"]:
            yield suggest.keyword("task")
        case [_, ":", "task"]:
            yield from suggest.tasks(document.folder)
        case [_, ":", "task", _, ","]:
            yield from map(suggest.metric, PREDICTS.sides)
        case [_, ":", "task", _, ",", _]:
            yield from (suggest.symbol(side, words) for side, words in _SIDES.items())


def _bound(words: list[str]) -> Iterator[Suggestion]:
    """The metric and the side of a claim, or what costs are of."""
    at = words.index(":")
    claim, rest = words[:at], words[at + 1 :]
    if claim == ["minimal"]:
        yield from _cost(rest)
        return
    form = _form(claim)
    if form is None:
        return
    metrics = _metrics(form, claim)
    if not rest:
        yield from map(suggest.metric, metrics)
    elif len(rest) == 1 and rest[0] in metrics:
        side = form.sides[rest[0]]
        if side is not None:
            yield suggest.symbol(side, _SIDES[side])


def _cost(rest: list[str]) -> Iterator[Suggestion]:
    match rest:
        case []:
            yield suggest.keyword("every")
        case ["every"]:
            yield suggest.symbol("node", "each node of the circuit")
            yield suggest.symbol("edge", "each edge that the circuit lists")
        case ["every", _]:
            yield suggest.keyword("costs")
        case ["every", _, "costs"]:
            yield suggest.symbol(">=", _SIDES[">="])


def _form(claim: list[str]) -> ClaimForm | None:
    """How a claim is bounded, from the words before its colon."""
    if len(claim) > 1 and claim[1] in RELATIONS:
        return CONSTANT if claim[1:3] == ["is", "constant"] else FORMS[claim[1]]
    return FORMS.get(claim[0]) if claim else None


def _metrics(form: ClaimForm, claim: list[str]) -> tuple[str, ...]:
    controls = [control for control in CONTROLS if claim == ["beats", control]]
    return tuple(map(metric_of, controls)) or tuple(form.sides)


def _interchange(
    circuit: CircuitOutline, statement: Statement, words: list[str]
) -> Iterator[Suggestion]:
    outcome = "flips" if words[0] == "swapping" else "keeps"
    match words[-1]:
        case word if len(words) == 1 or word == ",":
            if len(words) == 1:
                yield suggest.in_claim(REST if words == ["resampling"] else WHOLE)
            yield from _nodes(circuit)
        case "at":
            yield from map(suggest.value, SPOTS)
        case "answer" if words[-3:-1] == [outcome, "the"]:
            yield suggest.keyword("in")
        case "in" if "the" in words:
            yield from map(suggest.where, RUNS)
        case "flips" | "keeps" if len(words) > len(statement.named) + 1:
            yield suggest.symbol("the answer", "the likelier one of the two")
        case word if "at" not in words and "the" not in words:
            yield suggest.phrase(outcome, "the answer")
            yield suggest.keyword("at")
        case word if word in SPOTS:
            yield suggest.phrase(outcome, "the answer")


def _role(tokens: tuple[Token, ...]) -> Iterator[Suggestion]:
    """What a claim about a node goes on with, from its relation on."""
    words = [token.text for token in tokens]
    match words:
        case ["fires"]:
            yield from map(suggest.keyword, ("on", "inside"))
        case ["separates"]:
            yield suggest.value("answers")
        case ["is"]:
            yield from map(suggest.value, suggest.STATES)
        case ["attends"]:
            yield suggest.keyword("from")
        case [*_, "in"]:
            yield from map(suggest.where, RUNS)
        case [*_, "over"]:
            yield from map(suggest.where, DATA)
        case ["attends", "from"] | ["attends", "from", *_, "to"]:
            yield from map(suggest.value, SPOTS)
        case [*_, last] if tokens[-1].kind in ("string", "word") and last not in _OPEN:
            yield from map(suggest.keyword, _after(words))


_OPEN = ("on", "inside", "from", "to")
"""After these something must follow."""


def _after(words: list[str]) -> Iterator[str]:
    """The words that can follow a complete end of a role claim."""
    match words[0]:
        case "attends" if "to" not in words:
            yield "to"
            return
        case "separates" if "from" not in words and "answers" not in words:
            yield "from"
            return
        case "fires" if "inside" in words and "to" not in words:
            yield "to"
            return
        case "is" if words[-1] in ("positive", "negative"):
            yield "on"
    if "over" not in words:
        yield from () if "in" in words else ("in",)
        yield "over"


def _nodes(circuit: CircuitOutline) -> Iterator[Suggestion]:
    for name, declaration in circuit.declarations().items():
        yield suggest.node(name, declaration.description)
