"""Circuits, statements and names of any text, as far as they can be told without a parse.

Words of the language cannot be names, so every one that begins a statement does begin one. That is
enough to say what a name refers to while the rest of the file is still being written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from circuitspec.language.words import INTERCHANGES, RELATIONS, REST, STATEMENTS, WHOLE
from circuitspec.lsp.tokens import Token, in_a_claim

DECLARING = ("node", "outside")
"""The statements that give a name to nodes."""


@dataclass(frozen=True)
class Statement:
    """One statement, from the word that begins it to its last token.

    Attributes:
        rest: the tokens after the word.
    """

    word: Token
    rest: tuple[Token, ...]

    @property
    def start(self) -> int:
        """Where it starts."""
        return self.word.start

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return self.last.end

    @property
    def last(self) -> Token:
        """Its last token."""
        return self.rest[-1] if self.rest else self.word

    @property
    def value(self) -> Token | None:
        """The token right after the word, which is the name in a node and a setting's value."""
        return self.rest[0] if self.rest else None

    @property
    def description(self) -> str:
        """What a node's author says of it; nothing if the statement does not end in a string."""
        return unquoted(self.last) if self.last.kind == "string" else ""

    @property
    def named(self) -> tuple[Token, ...]:
        """The tokens among which those are that name nodes, perhaps with a part."""
        match self.word.text:
            case "node" | "outside":
                return self.rest[:1]
            case "edge":
                return self.rest
            case "expect":
                return named_in_claim(self.rest)
        return ()

    @property
    def is_pair(self) -> bool:
        """Whether it declares a query together with a key, so that edges may name its halves."""
        return any(token.kind == "word" and token.text.endswith(".qk") for token in self.rest)


@dataclass(frozen=True)
class CircuitOutline:
    """A circuit: its name, if it has one yet, and its statements.

    Attributes:
        start: where the word `circuit` starts.
        end: just after the closing brace, or after all that follows if there is none.
        closed: whether there is a closing brace.
    """

    start: int
    end: int
    closed: bool
    name: Token | None
    statements: tuple[Statement, ...]

    def of_kind(self, *words: str) -> Iterator[Statement]:
        """The statements that begin with one of these words."""
        return (statement for statement in self.statements if statement.word.text in words)

    def setting(self, word: str) -> str | None:
        """What the first `model` or `task` statement names, without quotes."""
        statement = next(self.of_kind(word), None)
        value = None if statement is None else statement.value
        return None if value is None else unquoted(value)

    def declarations(self, *words: str) -> dict[str, Statement]:
        """The node statements by name; of two with one name, the first.

        Args:
            words: of those that declare, if not all: `node`, `outside`.
        """
        found: dict[str, Statement] = {}
        for statement in self.of_kind(*(words or DECLARING)):
            if statement.value is not None and statement.value.kind == "word":
                found.setdefault(statement.value.text, statement)
        return found

    def names(self) -> Iterator[Token]:
        """Every place where a node is named, in the order of the text; parts are cut off."""
        for statement in self.of_kind(*DECLARING, "edge", "expect"):
            for token in statement.named:
                if token.kind == "word":
                    name = token.text.partition(".")[0]
                    yield Token("word", name, token.start, token.start + len(name))


@dataclass(frozen=True)
class Outline:
    """A whole text.

    Attributes:
        tokens: all tokens but comments.
        comments: the others.
    """

    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]
    circuits: tuple[CircuitOutline, ...]

    def circuit_at(self, offset: int) -> CircuitOutline | None:
        """The circuit that an offset lies in; what follows an unclosed one belongs to it."""
        before = [circuit for circuit in self.circuits if circuit.start <= offset]
        if not before or (before[-1].closed and offset > before[-1].end):
            return None
        return before[-1]

    def token_at(self, offset: int) -> Token | None:
        """The token that an offset touches; between two, a word or number rather than a symbol."""
        touching = [token for token in self.tokens if token.start <= offset <= token.end]
        return min(touching, key=lambda token: (token.kind == "symbol", -token.start), default=None)

    def statement_at(self, offset: int) -> Statement | None:
        """The statement whose text an offset touches."""
        circuit = self.circuit_at(offset)
        statements = () if circuit is None else circuit.statements
        return next((s for s in reversed(statements) if s.start <= offset <= s.end), None)


@dataclass
class _Reading:
    """A circuit that is being read."""

    start: int
    name: Token | None = None
    statements: list[Statement] = field(default_factory=list)
    word: Token | None = None
    rest: list[Token] = field(default_factory=list)

    def goes_on(self, after: str) -> bool:
        """Whether a word that begins something elsewhere stands inside of the statement here."""
        word = "" if self.word is None else self.word.text
        said = after == ":" and word == "predict"
        return after == "every" or said or in_a_claim(word, after)

    def end_statement(self) -> None:
        if self.word is not None:
            self.statements.append(Statement(self.word, tuple(self.rest)))
        self.word, self.rest = None, []

    def finished(self, end: int, *, closed: bool) -> CircuitOutline:
        self.end_statement()
        return CircuitOutline(self.start, end, closed, self.name, tuple(self.statements))


def outline_of(tokens: Iterable[Token]) -> Outline:
    """The outline of a text from its tokens."""
    everything = tuple(tokens)
    telling = tuple(token for token in everything if token.kind != "comment")
    comments = tuple(token for token in everything if token.kind == "comment")
    return Outline(telling, comments, tuple(_circuits(telling)))


def _circuits(tokens: tuple[Token, ...]) -> Iterator[CircuitOutline]:
    reading: _Reading | None = None
    for previous, token in pairwise((None, *tokens)):
        assert token is not None
        after = "" if previous is None else previous.text
        if (
            token.kind == "word"
            and token.text == "circuit"
            and not (reading is not None and reading.goes_on(after))
        ):
            if reading is not None:
                yield reading.finished(token.start, closed=False)
            reading = _Reading(token.start)
        elif reading is None:
            continue
        elif token.kind == "word" and token.text in STATEMENTS and not reading.goes_on(after):
            reading.end_statement()
            reading.word = token
        elif token.kind == "symbol" and token.text == "}":
            yield reading.finished(token.end, closed=True)
            reading = None
        elif reading.word is not None:
            reading.rest.append(token)
        elif token.kind == "word" and after == "circuit":
            reading.name = token
    if reading is not None:
        assert tokens
        yield reading.finished(tokens[-1].end, closed=False)


def named_in_claim(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The names of nodes in the claim that these tokens are, or begin."""
    words = [token.text for token in tokens]
    if len(words) > 1 and words[1] in RELATIONS:
        return tuple(tokens[:1])
    if not words or words[0] not in INTERCHANGES:
        return ()
    named = []
    for at in range(1, len(tokens), 2):
        named.append(tokens[at])
        if words[at + 1 : at + 2] != [","]:
            break
    return tuple(token for token in named if token.text not in (WHOLE, REST))


def unquoted(token: Token) -> str:
    """A word, or what a string holds; escapes are undone as far as paths and names need it."""
    if token.kind != "string":
        return token.text
    body = token.text[1:].removesuffix('"') if token.text != '"' else ""
    return body.replace('\\"', '"').replace("\\\\", "\\")
