"""What can come next, from the tokens before the cursor: the text need not be a spec yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from circuitspec.language.claim_words import ALTERNATIVES
from circuitspec.language.spec import SCOPE_NAMES, UNITS
from circuitspec.lsp import suggestions as suggest
from circuitspec.lsp.complete_claim import in_claim, in_prediction
from circuitspec.lsp.documents import Document
from circuitspec.lsp.outline import CircuitOutline, Outline, Statement, outline_of
from circuitspec.lsp.places import places, readers, writers
from circuitspec.lsp.suggestions import Suggestion
from circuitspec.lsp.tokens import Token

_MARKS = ("=", "channel", "from", "to")
"""What the parts of a node's right side come after."""


def complete(document: Document, offset: int, *, statements: bool = True) -> tuple[Suggestion, ...]:
    """What can be written at an offset, each with the stretch of text that it replaces.

    Args:
        statements: also the next statement, where the one before may be complete.
    """
    outline = document.outline
    begun = _begun(outline, offset)
    if _in_comment(outline, offset) or (begun is not None and begun.kind == "string"):
        return ()
    start = offset if begun is None else begun.start
    before = outline_of(token for token in outline.tokens if token.end <= start)
    circuit = before.circuits[-1] if before.circuits else None
    if circuit is None or circuit.closed:
        return _placed(_outside(before), start, offset)
    if circuit.name is None or before.tokens[-1] == circuit.name:
        return ()
    found: list[Suggestion] = []
    last = circuit.statements[-1] if circuit.statements else None
    if last is not None:
        whole = outline.circuit_at(circuit.start) or circuit
        found += _going_on(document, whole, last, begun)
    if statements and (last is None or _can_end(last)):
        found += suggest.statements(circuit)
    return _placed(found, start, offset)


def _in_comment(outline: Outline, offset: int) -> bool:
    return any(comment.start < offset <= comment.end for comment in outline.comments)


def _begun(outline: Outline, offset: int) -> Token | None:
    """The word that is being typed, if the cursor is inside of one or at its end."""
    for token in outline.tokens:
        if token.start < offset <= token.end and token.kind in ("word", "bare", "number"):
            return token
        inside = offset < token.end or (offset == token.end and token.unterminated)
        if token.kind == "string" and token.start < offset and inside:
            return token
    return None


def _placed(found: Iterable[Suggestion], start: int, end: int) -> tuple[Suggestion, ...]:
    return tuple(replace(suggestion, start=start, end=end) for suggestion in found)


def _outside(before: Outline) -> Iterator[Suggestion]:
    if not before.tokens:
        yield suggest.FILE
        yield suggest.keyword("circuitspec")
    elif len(before.tokens) > 1:
        yield suggest.CIRCUIT


def _going_on(
    document: Document, circuit: CircuitOutline, statement: Statement, begun: Token | None
) -> Iterator[Suggestion]:
    """What a statement can go on with.

    Args:
        circuit: with all that is declared in it, after the cursor too.
        statement: as much of it as stands before the word that is being typed.
        begun: that word.
    """
    match statement.word.text:
        case "node" | "outside":
            yield from _in_node(document, circuit, statement, begun)
        case "edge":
            yield from _in_edge(circuit, statement)
        case "expect":
            yield from in_claim(circuit, statement)
        case "predict":
            yield from in_prediction(document, statement)
        case _:
            yield from _in_setting(document, circuit, statement)


def _can_end(statement: Statement) -> bool:
    """Whether what there is of a statement may be all of it."""
    rest = [token.text for token in statement.rest]
    previous = statement.last
    match statement.word.text, rest:
        case _, []:
            return False
        case "node" | "outside", _:
            mark, since, another = _right_side(rest)
            whole = previous.text == "]" if mark == "=" else mark == "to" and not another
            return previous.kind == "string" or (whole and bool(since))
        case "edge", _:
            return "->" in rest and (previous.kind == "word" or previous.text in "+-")
        case "expect" | "predict", _:
            return previous.kind == "number" or previous.text == "%"
        case "ablate" | "level", _:
            return rest[-1] != "over"
    return previous.text != ","


def _in_setting(
    document: Document, circuit: CircuitOutline, statement: Statement
) -> Iterator[Suggestion]:
    rest = [token.text for token in statement.rest]
    match statement.word.text, rest:
        case "model", []:
            yield from suggest.models(document.folder)
        case "task", []:
            yield from suggest.tasks(document.folder)
        case "ablate", []:
            yield suggest.setting("mean", "mean over pretraining")
            yield suggest.setting("zero")
        case "ablate", ["mean"]:
            yield suggest.keyword("over")
        case "ablate", ["mean", "over"]:
            yield suggest.setting("pretraining")
        case "calibrate", []:
            yield suggest.setting("scale")
            yield suggest.setting("shift", "scale, shift")
        case "calibrate", ["scale", ","]:
            yield suggest.setting("shift")
        case "level", [_] | [_, "%"]:
            yield suggest.keyword("over")
        case "level", [*_, "over"]:
            yield from map(suggest.setting, UNITS)
        case "also" | "report", _ if not rest or rest[-1] == ",":
            yield from map(suggest.value, _further_ablations(circuit))
        case "scope", _ if not rest or rest[-1] == ",":
            yield from (suggest.setting(name) for name in SCOPE_NAMES if name not in rest)


def _further_ablations(circuit: CircuitOutline) -> Iterator[str]:
    """Those that the circuit does not name yet."""
    stated = circuit.of_kind("ablate", "also", "report")
    said = {token.text for statement in stated for token in statement.rest}
    return (name for name in ALTERNATIVES if name not in said)


def _in_node(
    document: Document, circuit: CircuitOutline, statement: Statement, begun: Token | None
) -> Iterator[Suggestion]:
    rest = [token.text for token in statement.rest]
    if len(rest) < 2 or rest.count("[") > rest.count("]"):
        return
    model = document.model_of(circuit)
    config = None if model is None else model.config
    mark, since, another = _right_side(rest)
    if mark == "from" and another:
        yield from writers(config)
    if mark == "to" and another:
        yield from readers(_written(rest), config)
    if another and (mark == "=" or (mark == "to" and since)):
        yield from places("" if begun is None else begun.text, config)
        yield suggest.CHANNEL
    if mark == "from" and not another:
        yield suggest.keyword("to")
    if mark == "channel" and since:
        yield suggest.keyword("from")


def _right_side(rest: list[str]) -> tuple[str, list[str], bool]:
    """The last of the words that part a node's right side, what follows it, and whether another
    item of a list is still to come."""
    last = max(at for at, text in enumerate(rest) if text in _MARKS or at == 0)
    since = rest[last + 1 :]
    return rest[last], since, not since or since[-1] == ","


def _written(rest: list[str]) -> list[str]:
    """The blocks between the last `from` and the `to` after it."""
    channel = rest[max(at for at, text in enumerate(rest) if text == "from" or at == 0) :]
    return channel[: channel.index("to")] if "to" in channel else []


def _in_edge(circuit: CircuitOutline, statement: Statement) -> Iterator[Suggestion]:
    previous = statement.last
    if previous.text == ":":
        yield suggest.symbol("+", "a positive weight")
        yield suggest.symbol("-", "a negative weight")
    elif previous.text in (",", "->") or previous == statement.word:
        for name, declaration in circuit.declarations("node").items():
            yield suggest.node(name, declaration.description)
            if declaration.is_pair:
                yield suggest.node(f"{name}.q", "the query")
                yield suggest.node(f"{name}.k", "the key")
    elif previous.kind == "word":
        yield suggest.symbol("->", "to the node that the weights lead to")
