"""Where a name is declared, where it is used, and what else must change when it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from circuitspec.language.terminals import NAME, NAME_RULE
from circuitspec.language.words import RESERVED
from circuitspec.lsp.documents import Document
from circuitspec.lsp.outline import CircuitOutline, unquoted
from circuitspec.lsp.tokens import Token
from circuitspec.model.blueprint import CONFIG
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import find_model


@dataclass(frozen=True)
class Symbol:
    """A node, or a circuit, that an offset names.

    Attributes:
        token: the name at this very offset, without a part.
        kind: what it names.
        declared: where it is declared; None if it is not.
        named: every place where it is named, the declaration included.
        others: the names that it must not take.
    """

    token: Token
    kind: str
    declared: Token | None
    named: tuple[Token, ...]
    others: frozenset[str]


class RenameError(ValueError):
    """Why something cannot be renamed; `str()` of it is for the user."""


def symbol_at(document: Document, offset: int) -> Symbol | None:
    """What the name at an offset refers to."""
    circuit = document.outline.circuit_at(offset)
    if circuit is None:
        return None
    if circuit.name is not None and circuit.name.start <= offset <= circuit.name.end:
        names = (other.name for other in document.outline.circuits)
        others = frozenset(name.text for name in names if name is not None and name != circuit.name)
        return Symbol(circuit.name, "circuit", circuit.name, (circuit.name,), others)
    token = next((t for t in circuit.names() if t.start <= offset <= t.end), None)
    return None if token is None else _node(circuit, token)


def _node(circuit: CircuitOutline, token: Token) -> Symbol:
    declarations = circuit.declarations()
    statement = declarations.get(token.text)
    return Symbol(
        token=token,
        kind="node",
        declared=None if statement is None else statement.value,
        named=tuple(name for name in circuit.names() if name.text == token.text),
        others=frozenset(declarations.keys() - {token.text}),
    )


def file_at(document: Document, offset: int) -> Path | None:
    """The file that a model or task at an offset is: a model's config, or a file of pairs."""
    statement = document.outline.statement_at(offset)
    if statement is None or statement.value is None:
        return None
    value, word = statement.value, statement.word.text
    if word == "predict":
        value = next((token for token in statement.rest if token.kind == "bare"), value)
        word = "task"
    if not value.start <= offset <= value.end:
        return None
    try:
        match word:
            case "model":
                file = find_model(unquoted(value), base=document.folder) / CONFIG
            case "task":
                file = (document.folder or Path()) / unquoted(value)
            case _:
                return None
        return file.resolve() if file.is_file() else None
    except (ModelError, OSError, ValueError):
        return None


def rename(symbol: Symbol, new: str) -> tuple[Token, ...]:
    """The places that must say `new` instead.

    Raises:
        RenameError: it is not declared, or the new name is not one, is reserved, or is taken.
    """
    check_renamable(symbol)
    if not re.fullmatch(NAME, new):
        raise RenameError(f"`{new}` is not a name: {NAME_RULE}")
    if new in RESERVED:
        raise RenameError(f"`{new}` is a word of the language and cannot name a {symbol.kind}")
    if new in symbol.others:
        raise RenameError(f"there is another {symbol.kind} called `{new}`")
    return symbol.named


def check_renamable(symbol: Symbol) -> None:
    """See that a symbol is declared, since only then it is known what is meant.

    Raises:
        RenameError: it is not.
    """
    if symbol.declared is None:
        raise RenameError(f"no node of this circuit is called `{symbol.token.text}`")
