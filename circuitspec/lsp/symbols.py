"""The outline that editors show beside a text: circuits, their nodes and their claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from circuitspec.lsp.documents import Document
from circuitspec.lsp.outline import DECLARING, CircuitOutline, Statement
from circuitspec.lsp.tokens import Token


@dataclass(frozen=True)
class Entry:
    """One line of the outline.

    Attributes:
        detail: what is shown beside the name, less prominently.
        start, end: all of it.
        name_start, name_end: what is marked when the line is chosen.
    """

    kind: Literal["circuit", "node", "claim"]
    name: str
    detail: str
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple[Entry, ...] = ()


def symbols(document: Document) -> tuple[Entry, ...]:
    """The circuits of a document, whether it can be parsed or not."""
    return tuple(
        Entry(
            kind="circuit",
            name=circuit.name.text,
            detail="",
            start=circuit.start,
            end=circuit.end,
            name_start=circuit.name.start,
            name_end=circuit.name.end,
            children=tuple(_parts(document, circuit)),
        )
        for circuit in document.outline.circuits
        if circuit.name is not None
    )


def _parts(document: Document, circuit: CircuitOutline) -> Iterator[Entry]:
    for statement in circuit.of_kind(*DECLARING, "expect", "predict"):
        if statement.value is None:
            continue
        if statement.word.text in DECLARING:
            if statement.value.kind == "word":
                name = statement.value.text
                yield _entry("node", statement, statement.value, name, statement.description)
        elif statement.value.kind == ("word" if statement.word.text == "expect" else "string"):
            name = " ".join(document.text[statement.value.start : statement.end].split())
            yield _entry("claim", statement, statement.value, name, "")


def _entry(
    kind: Literal["node", "claim"], statement: Statement, marked: Token, name: str, detail: str
) -> Entry:
    return Entry(kind, name, detail, statement.start, statement.end, marked.start, marked.end)
