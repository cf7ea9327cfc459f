"""The tokens of any text, whether it can be parsed or not: people ask for help while they type.

Unlike the grammar's lexer this one never fails. What it knows beyond single tokens is that after
`model` and `task` comes one word that may hold slashes, colons and hyphens, except in a claim,
where they say where it is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from circuitspec.language.parse import LARGEST_TEXT
from circuitspec.language.terminals import BARE, STRING
from circuitspec.language.words import STATEMENTS

Kind: TypeAlias = Literal["word", "bare", "string", "number", "symbol", "comment"]

_TOKEN = re.compile(
    r"""
      (?P<string>  "(?:[^"\\\n\r]|\\[^\n\r])*(?:"|\\?(?=[\r\n]|\Z)) )
    | (?P<comment> \#[^\r\n]* )
    | (?P<word>    [A-Za-z_][A-Za-z0-9_]*(?:\.(?!\.)[A-Za-z0-9_]*)* )
    | (?P<number>  [0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)? )
    | (?P<symbol>  ->|<=|>=|\.\.|[^\s] )
    """,
    re.VERBOSE,
)
_BARE = re.compile(BARE)
_WHOLE_STRING = re.compile(STRING)

WHERE_FOLLOWS = ("in", "over")
"""After these words of a claim comes where it is looked at."""

WHOLE_FOLLOWS = ("swapping", "exchanging")
"""After these words of a claim, `circuit` is all nodes of the circuit."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text stands from `start` up to, not including, `end`."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def unterminated(self) -> bool:
        """Whether this is a string that does not end on its line."""
        return self.kind == "string" and _WHOLE_STRING.fullmatch(self.text) is None


def tokens_of(text: str) -> tuple[Token, ...]:
    """All tokens of a text, comments included; none of a text that is too large for a spec."""
    return tuple(_scan(text)) if len(text) <= LARGEST_TEXT else ()


def _scan(text: str) -> Iterator[Token]:
    at = 0
    statement = before = previous = ""
    while (match := _TOKEN.search(text, at)) is not None:
        kind = cast("Kind", match.lastgroup)
        named = previous in ("model", "task") and not in_a_claim(statement, before)
        if named and kind not in ("string", "comment"):
            bare = _BARE.match(text, match.start())
            if bare is not None:
                kind, match = "bare", bare
        yield Token(kind, match[0], *match.span())
        if kind != "comment":
            before, previous = previous, match[0] if kind == "word" else ""
            if previous in STATEMENTS and not in_a_claim(statement, before):
                statement = previous
        at = match.end()


def in_a_claim(statement: str, before: str) -> bool:
    """Whether `model`, `circuit` or `task` is a word of a claim and begins nothing.

    It says where the claim is looked at, or which nodes it is about.

    Args:
        statement: the word that began the statement in which it stands.
        before: the word right before it.
    """
    return statement == "expect" and before in (*WHERE_FOLLOWS, *WHOLE_FOLLOWS)
