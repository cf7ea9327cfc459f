"""What is shown when the pointer rests on a word: what it means, and what was last measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from circuitspec.language.claim_words import ALTERNATIVES
from circuitspec.language.selections import QkPair
from circuitspec.language.words import CLAIMS, RELATIONS, WHOLE
from circuitspec.lsp.certificates import Found, find_certificate
from circuitspec.lsp.documents import Document
from circuitspec.lsp.fragments import read_claim, read_description, read_node, read_place
from circuitspec.lsp.measured import (
    ablation_measured,
    circuit_measured,
    claim_measured,
    node_measured,
)
from circuitspec.lsp.outline import CircuitOutline, Statement, unquoted
from circuitspec.lsp.plain_places import (
    place_in_words,
    selection_in_words,
    width_in_words,
    width_of,
)
from circuitspec.lsp.tokens import WHERE_FOLLOWS, WHOLE_FOLLOWS, Token
from circuitspec.lsp.words import DOCUMENTATION, IN_CLAIMS, WHERE

_IN_NODES = ("channel", "from", "to", "node", "outside")


@dataclass(frozen=True)
class Hover:
    """Markdown about the text from `start` up to, not including, `end`."""

    text: str
    start: int
    end: int


def hover(document: Document, offset: int) -> Hover | None:
    """What to show for an offset, if there is anything to say."""
    outline = document.outline
    if any(comment.start < offset <= comment.end for comment in outline.comments):
        return None
    token = outline.token_at(offset)
    if token is None:
        return None
    circuit = outline.circuit_at(offset)
    statement = outline.statement_at(offset)
    if circuit is None or statement is None:
        blocks = _outside(document, circuit, token)
    else:
        blocks = _inside(document, circuit, statement, token)
    text = "\n\n".join(blocks)
    return Hover(text, token.start, token.end) if text else None


def _outside(document: Document, circuit: CircuitOutline | None, token: Token) -> Iterator[str]:
    if circuit is not None and token == circuit.name:
        found = find_certificate(token.text, document.path, document.text)
        description = _description(document, token)
        yield f"circuit `{token.text}`" + (f": {_escaped(description)}" if description else "")
        if found is not None:
            yield from circuit_measured(found)
    elif token.kind == "word" and token.text in ("circuitspec", "circuit"):
        yield DOCUMENTATION[token.text]


def _description(document: Document, name: Token) -> str | None:
    """What the string behind the opening brace says of the circuit."""
    following = (token for token in document.outline.tokens if token.start >= name.end)
    match list(islice(following, 2)):
        case [Token(text="{"), Token(kind="string") as string]:
            return read_description(string.text)
    return None


def _inside(
    document: Document, circuit: CircuitOutline, statement: Statement, token: Token
) -> Iterator[str]:
    value = token == statement.value
    match statement.word.text:
        case "node" | "outside" if value:
            yield from _node(document, circuit, token.text, statement)
        case "edge" if token.kind == "word" and token != statement.word:
            name, _, part = token.text.partition(".")
            yield from _node(document, circuit, name, circuit.declarations().get(name))
            if part in ("q", "k"):
                yield f"`.{part}`: {DOCUMENTATION[part]}"
        case "model" if value:
            yield from _model(document, circuit)
        case "task" if value:
            yield from _task(document, circuit.setting("task"))
        case "expect" if token in statement.named:
            declared = circuit.declarations().get(token.text)
            yield from _node(document, circuit, token.text, declared)
        case "predict" if token.kind == "bare":
            yield from _task(document, unquoted(token))
        case "expect" | "predict":
            yield from _claim(document, circuit, statement, token)
        case "also" | "report" if token != statement.word:
            yield from _ablation(document, circuit, token)
        case "node" | "outside" if token.kind == "word" and token.text not in _IN_NODES:
            yield from _place(document, circuit, token.text)
        case _ if token.kind == "word" and token.text in DOCUMENTATION:
            yield DOCUMENTATION[token.text]


def _node(
    document: Document, circuit: CircuitOutline, name: str, statement: Statement | None
) -> Iterator[str]:
    declared = None if statement is None else read_node(document.written(statement))
    if declared is None:
        return
    model = document.model_of(circuit)
    config = None if model is None else model.config
    yield f"node `{name}`" + (f": {_escaped(declared.description)}" if declared.description else "")
    lines = [_sentence(selection_in_words(s, config)) for s in declared.selections]
    yield lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
    if any(isinstance(selection, QkPair) for selection in declared.selections):
        yield f"In edges, `{name}.q` is the query and `{name}.k` the key."
    found = _certificate(document, circuit)
    if found is not None:
        yield from node_measured(name, found)


def _place(document: Document, circuit: CircuitOutline, path: str) -> Iterator[str]:
    selection = read_place(path)
    if selection is None:
        return
    yield f"`{path}`: {place_in_words(selection)}"
    model = document.model_of(circuit)
    width = None if model is None else width_of(selection, model.config)
    if width is not None:
        yield f"{width_in_words(width)}."


def _model(document: Document, circuit: CircuitOutline) -> Iterator[str]:
    model = document.model_of(circuit)
    if model is None:
        return
    config = model.config
    yield f"model `{model.name}`"
    yield "\n".join(
        (
            f"- {_number(config.n_layer, 'layer')}",
            f"- {_number(config.d_model, 'residual channel')}",
            f"- {_number(config.n_head, 'head')} of {config.d_head:,} channels in each layer",
            f"- {_number(config.d_mlp, 'neuron')} in each layer",
            f"- {_number(config.vocab_size, 'token')}, at most {config.n_ctx:,} in a prompt",
        )
    )


def _number(count: int, of: str) -> str:
    return f"{count:,} {of}" if count == 1 else f"{count:,} {of}s"


def _task(document: Document, name: str | None) -> Iterator[str]:
    task = None if name is None else document.task(name)
    if task is not None:
        yield f"task `{task.name}`: {_escaped(task.description)}"
        yield f"{len(task.verifying)} pairs to verify on, {len(task.finding)} others to find with."


def _claim(
    document: Document, circuit: CircuitOutline, statement: Statement, token: Token
) -> Iterator[str]:
    kind = _kind(statement)
    before = _before(statement, token)
    if before in WHERE_FOLLOWS and token.text in WHERE:
        yield WHERE[token.text]
    elif before in WHOLE_FOLLOWS and token.text == WHOLE:
        yield IN_CLAIMS[WHOLE]
    elif token.kind == "word" and token.text in DOCUMENTATION:
        yield DOCUMENTATION[token.text]
    elif kind is not None:
        yield DOCUMENTATION[kind]
    found = _certificate(document, circuit)
    if found is not None and kind is not None:
        names = tuple(name.text for name in statement.named)
        yield from claim_measured(read_claim(document.written(statement), names), found)


def _before(statement: Statement, token: Token) -> str:
    """The word before one of a claim."""
    return next((first.text for first, second in pairwise(statement.rest) if second == token), "")


def _kind(statement: Statement) -> str | None:
    """The word that says what is claimed."""
    first = [token.text for token in statement.rest[:2]]
    if statement.word.text == "predict":
        return "predict"
    if first[1:] and first[1] in RELATIONS:
        return first[1]
    return first[0] if first and first[0] in CLAIMS else None


def _ablation(document: Document, circuit: CircuitOutline, token: Token) -> Iterator[str]:
    if token.text not in ALTERNATIVES:
        return
    yield DOCUMENTATION[token.text]
    found = _certificate(document, circuit)
    if found is not None:
        yield from ablation_measured(token.text, found)


def _certificate(document: Document, circuit: CircuitOutline) -> Found | None:
    if circuit.name is None:
        return None
    return find_certificate(circuit.name.text, document.path, document.text)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _escaped(text: str) -> str:
    """An author's text without a meaning in Markdown."""
    special = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|~"})
    return " ".join(text.split()).translate(special)
