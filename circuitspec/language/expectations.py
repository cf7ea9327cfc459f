"""What the parser would have accepted, in words that an author of specs knows.

Lark names terminals (`_EQUALS`, `PATH`); what a terminal means to the author depends on the
statement that it stands in, so these are phrases for a terminal in a context.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lark import Token

from circuitspec.diagnostics.wording import quoted
from circuitspec.language.words import CLAIMS, IN_CLAIMS, JOINING, STATEMENTS

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

_WORD_AFTER = {
    "_CIRCUIT": "the circuit's name",
    "_NODE": "the node's name",
    "_ABLATE": "`mean` or `zero`",
    "_OVER": "`pretraining`",
    "_SCOPE": "`layers`, `embed` or `final`",
    "_CALIBRATE": "`scale`",
    "_EXPECT": f"a claim ({quoted(CLAIMS)})",
    "_COLON": "a metric",
    "_EVERY": "`node` or `edge`",
}
"""What a `NAME` is, by the token before it."""

_WORD_IN_LIST = {"scope": _WORD_AFTER["_SCOPE"], "calibrate": "`scale` or `shift`"}
"""What a `NAME` is after a comma, by the statement."""

_SWALLOWED_AFTER = {
    **_WORD_AFTER,
    "_MODEL": "a name or a path",
    "_TASK": "a name or a path",
    "_EDGE": "a node's name",
    "_ARROW": "a node's name",
    "_COMMA": "another item after the comma",
    "_EQUALS": "a place",
    "_FROM": "a block such as `L0.mlp`",
    "_TO": "a block such as `L0.mlp`",
}
"""What should have stood where the word of the next statement was taken for it, likewise."""


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
    def statement(self) -> str | None:
        """The word of the statement that is being read; it may be complete already."""
        token = self.last(*STATEMENT_TERMINALS, "_RBRACE", "_LBRACE")
        return KEYWORDS.get(token.type) if token is not None else None

    @property
    def between_statements(self) -> bool:
        """Whether a statement could begin here."""
        return "_NODE" in self.accepts

    @property
    def swallowed(self) -> tuple[Token, str] | None:
        """A word that starts statements but was taken for a name, and what was expected there.

        In `model task quotes` the name of the model is missing, and `task` was taken for it.
        """
        if len(self.shifted) < 2:
            return None
        before, previous = self.shifted[-2:]
        if before.type not in _SWALLOWED_AFTER or previous not in (*STATEMENTS, "circuit"):
            return None
        return previous, _SWALLOWED_AFTER[before.type]

    def expected(self, *, on_new_line: bool) -> list[str]:
        """Phrases for everything that could have come, what goes on before what ends.

        Args:
            on_new_line: where a statement can begin, nobody goes on with the one before.
        """
        if self.between_statements and on_new_line:
            return ["a statement", "`}`"]
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
            yield "a description in quotes"
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
        return _WORD_IN_LIST[self.statement or ""] if before == "_COMMA" else _WORD_AFTER[before]

    def _path(self) -> str:
        if self.statement == "edge":
            return "a node's name"
        return "a place" if "_CHANNEL" in self.accepts else "a block such as `L0.mlp`"
