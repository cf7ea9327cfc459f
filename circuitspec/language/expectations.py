"""What the parser would have accepted, in words that an author of specs knows.

Lark names terminals (`_EQUALS`, `PATH`); what a terminal means to the author depends on the
statement that it stands in, so these are phrases for a terminal in a context.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token

from circuitspec.diagnostics.wording import listed, quoted
from circuitspec.language.claim_words import DATA, RUNS, SPOTS
from circuitspec.language.spec import UNITS
from circuitspec.language.words import (
    IN_CLAIMS,
    INTERCHANGES,
    JOINING,
    PLAIN_CLAIMS,
    RELATIONS,
    STATEMENTS,
)

OUTCOMES = ("flips", "keeps")
"""The words of which the syntax tree keeps which one stood there."""

KEYWORDS = {
    word.upper() if word in OUTCOMES else f"_{word.upper()}": word
    for word in (*STATEMENTS, "circuit", *JOINING, *IN_CLAIMS)
}
"""Terminals that are one word, and the word."""

STATEMENT_TERMINALS = frozenset(f"_{word.upper()}" for word in STATEMENTS)

_SYMBOLS = {
    "_EQUALS": "=",
    "_COLON": ":",
    "_ARROW": "->",
    "LE": "<=",
    "GE": ">=",
    "PLUS": "+",
    "MINUS": "-",
    "_DOTDOT": "..",
    "_COMMA": ",",
    "_LSQB": "[",
    "_RSQB": "]",
    "_LBRACE": "{",
    "PERCENT": "%",
    "_RBRACE": "}",
}

_ABLATION = "an ablation such as `zero`"
_NODES_NAME = "a node's name"
_CONTROL = "what it beats"

_WORD_AFTER = {
    "_CIRCUIT": "the circuit's name",
    "_NODE": "the node's name",
    "_OUTSIDE": "a name",
    "_ABLATE": "`mean` or `zero`",
    "_SCOPE": "`layers`, `embed` or `final`",
    "_CALIBRATE": "`scale`",
    "_ALSO": _ABLATION,
    "_REPORT": _ABLATION,
    "_EXPECT": "a claim or a node's name",
    "_COLON": "a metric",
    "_EVERY": "`node` or `edge`",
    "_IS": "`positive`, `negative` or `constant`",
    "_SEPARATES": "`answers`",
    "_FROM": quoted(SPOTS),
    "_TO": quoted(SPOTS),
    "_AT": quoted(SPOTS),
    "_IN": quoted(RUNS),
}
"""What a `NAME` is, by the token before it."""

_WORD_OVER = {
    "ablate": "`pretraining`",
    "level": quoted(UNITS),
    "expect": quoted(DATA),
}
"""What a `NAME` is after `over`, by the statement."""

_WORD_IN_LIST = {
    "scope": _WORD_AFTER["_SCOPE"],
    "calibrate": "`scale` or `shift`",
    "also": _ABLATION,
    "report": _ABLATION,
    "expect": _NODES_NAME,
    "predict": "a metric",
}
"""What a `NAME` is after a comma, by the statement."""

_STRING = {"expect": "a token in quotes", "predict": "a prediction in quotes"}
"""What a `STRING` is, by the statement; elsewhere it is a description."""

_SWALLOWED_AFTER = {
    **{after: word for after, word in _WORD_AFTER.items() if after != "_IN"},
    "_MODEL": "a name or a path",
    "_TASK": "a name or a path",
    "_EDGE": _NODES_NAME,
    "_ARROW": _NODES_NAME,
    "_COMMA": "another item after the comma",
    "_EQUALS": "a place",
    "_FROM": "a block such as `L0.mlp`",
    "_TO": "a block such as `L0.mlp`",
}
"""What should have stood where the word of the next statement was taken for it, likewise."""


_BEGINNINGS = (*STATEMENTS, "circuit")


@dataclass(frozen=True)
class Swallowed:
    """A word that was taken for a name, though it begins the next statement.

    Attributes:
        before: the token before it, after which something is missing.
        wanted: what is missing.
    """

    before: Token
    word: Token
    wanted: str


@dataclass(frozen=True)
class Context:
    """Where the parser stood when it met what it could not take.

    Attributes:
        accepts: the terminals that could have come.
        shifted: the tokens of the unfinished rules, the latest last.
    """

    accepts: frozenset[str]
    shifted: tuple[Token, ...]

    @property
    def previous(self) -> Token | None:
        """The token just before."""
        return self.shifted[-1] if self.shifted else None

    def last(self, *types: str) -> Token | None:
        """The latest unfinished token of one of these types."""
        return next((token for token in reversed(self.shifted) if token.type in types), None)

    @property
    def statement_start(self) -> Token | None:
        """The word that begins the statement that is being read; it may be complete already."""
        starts: Token | None = None
        for token in self.shifted:
            if token.type in ("_LBRACE", "_RBRACE"):
                starts = None
            # Inside of a prediction, there is the word of another statement.
            elif starts is None and token.type in STATEMENT_TERMINALS:
                starts = token
        return starts

    @property
    def statement(self) -> str | None:
        """The word of the statement that is being read; it may be complete already."""
        token = self.statement_start
        return None if token is None else KEYWORDS[token.type]

    @property
    def between_statements(self) -> bool:
        """Whether a statement could begin here."""
        return "_NODE" in self.accepts

    @property
    def swallowed(self) -> Swallowed | None:
        """A word that starts statements but was taken for a name.

        In `model task quotes` the name of the model is missing, and `task` was taken for it.
        """
        match self.names_of_claim:
            case (first, _) if first in _BEGINNINGS:
                return Swallowed(self.shifted[-3], first, _WORD_AFTER["_EXPECT"])
            case (first, second) if second in _BEGINNINGS:
                return Swallowed(first, second, listed(_going_on(first)))
        if len(self.shifted) < 2:
            return None
        before, previous = self.shifted[-2:]
        wanted = _SWALLOWED_AFTER.get(before.type)
        if before.type == "_OVER" and (self.statement, previous) != ("expect", "task"):
            wanted = _WORD_OVER.get(self.statement or "")
        elif before.type in ("_FROM", "_TO") and self.statement == "expect":
            wanted = _WORD_AFTER[before.type]
        if wanted is None or previous not in _BEGINNINGS:
            return None
        return Swallowed(before, previous, wanted)

    @property
    def names_of_claim(self) -> tuple[Token, ...]:
        """The first words of the claim that is being read, where nothing else follows `expect`."""
        at = next((n for n, token in enumerate(self.shifted) if token.type == "_EXPECT"), None)
        words = () if at is None else self.shifted[at + 1 :]
        return words if all(word.type == "NAME" for word in words) else ()

    def expected(self, *, on_new_line: bool) -> list[str]:
        """Phrases for everything that could have come, what goes on before what ends.

        Args:
            on_new_line: where a statement can begin, nobody goes on with the one before.
        """
        if self.between_statements and on_new_line:
            return ["a statement", "`}`"]
        match self.names_of_claim:
            case (word,):
                return _going_on(word)
            case (word, _) if word in INTERCHANGES:
                return ["`at`", "`flips`", "`keeps`", "`,`"]
            case (_, _):
                return ["`:`"]
        return list(dict.fromkeys(self._phrases()))

    def _phrases(self) -> Iterator[str]:
        accepts = self.accepts
        if "PATH" in accepts:
            yield self._path()
        if "NAME" in accepts:
            yield self._name()
        if "BARE" in accepts:
            yield "a name or a path"
        elif "STRING" in accepts:
            yield _STRING.get(self.statement or "", "a description in quotes")
        if "INTEGER" in accepts:
            yield "an index"
        if "NUMBER" in accepts:
            yield "a number"
        for terminal, word in KEYWORDS.items():
            if terminal in accepts and not (
                terminal in STATEMENT_TERMINALS and self.between_statements
            ):
                yield f"`{word}`"
        for terminal, symbol in _SYMBOLS.items():
            if terminal in accepts and terminal != "_RBRACE":
                yield f"`{symbol}`"
        if self.between_statements:
            yield "the end of the line"
        elif "_RBRACE" in accepts:
            yield "`}`"
        if "$END" in accepts:
            yield "the end of the file"

    def _name(self) -> str:
        before = "_NODE" if self.previous is None else self.previous.type
        statement = self.statement or ""
        if before == "_COMMA":
            return _WORD_IN_LIST[statement]
        return _WORD_OVER[statement] if before == "_OVER" else _WORD_AFTER[before]

    def _path(self) -> str:
        if self.statement == "edge":
            return _NODES_NAME
        return "a place" if "_CHANNEL" in self.accepts else "a block such as `L0.mlp`"


def _going_on(word: str) -> list[str]:
    """With what a claim goes on after its first word."""
    if word in PLAIN_CLAIMS:
        return ["`:`"]
    if word in INTERCHANGES:
        return [_NODES_NAME]
    return [_CONTROL] if word == "beats" else [f"`{relation}`" for relation in RELATIONS]
