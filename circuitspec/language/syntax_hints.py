"""The one piece of advice that goes with a syntax error, where a likely cause can be told.

A rule looks at what was found and where, and gives its advice or nothing. The first rule that has
something to say is heard.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lark import Token

from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.language.claim_forms import BEATS, FORMS, PREDICTS, SUFFICIENT
from circuitspec.language.expectations import KEYWORDS, Context
from circuitspec.language.terminals import NAME_RULE
from circuitspec.language.words import STATEMENTS


@dataclass(frozen=True)
class Mistake:
    """Something that stands where it cannot.

    Attributes:
        found: what it is; nothing at the end of the file.
        offset: where it is.
        text: the whole source.
        context: where the parser stood.
    """

    found: str
    offset: int
    text: str
    context: Context

    @property
    def on_new_line(self) -> bool:
        """Whether nothing but space precedes it on its line."""
        end_before = max(self.text.rfind(end, 0, self.offset) for end in "\r\n")
        return not self.text[end_before + 1 : self.offset].strip(" \t")

    @property
    def unclosed(self) -> Token | None:
        """The `[` of the list of indices that it stands in, if no `]` follows."""
        bracket = self.context.last("_LSQB", "_RSQB")
        if bracket is None or bracket.type == "_RSQB":
            return None
        return None if _REST_OF_LIST.match(self.text, self.offset) else bracket

    @property
    def looks_like_name(self) -> bool:
        """Whether it could name something."""
        return self.found.replace(".", "_").isidentifier()


_Rule = Callable[[Mistake], str | None]

_WORD = re.compile(r"[^\s,:=\[\]{}\"#>]+")
_REST_OF_LIST = re.compile(r"[^\[\]\n\r]*\]")
_PATH = re.compile(r"[^\s\"]+")
_WORDLESS = (("edge", re.compile(r"[\w.]+\s*->")), ("node", re.compile(r"\w+\s*=")))
"""Statements that can be told by how they go on, though their first word is missing."""
_ARROW = re.compile(r"[-=~]+>")
_NUMBER = re.compile(r"[-+.=0-9]")

_CHARACTERS = {
    "\u2192": "write `->`",
    "\u21d2": "write `->`",
    "\u27f6": "write `->`",
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
    "\u2026": "write `..`",
    "\u2013": "write `-`",
    "\u2014": "write `-`",
    "\u2212": "write `-`",
    "\u201c": 'write straight quotes, `"`',
    "\u201d": 'write straight quotes, `"`',
    "\u201e": 'write straight quotes, `"`',
    "'": 'strings are in double quotes, as in `"text"`',
    "\u00a0": "write an ordinary space",
    "\ufeff": "delete this invisible character",
    ";": "delete it; nothing separates statements",
    "//": "a comment starts with `#`",
    "/*": "a comment starts with `#`",
}

_WHERE_ACCEPTED = {
    ("LE", "<"): "write `<=`",
    ("LE", ">"): "write `>=`",
    ("LE", "="): "write `<=` or `>=`",
    ("LE", "=="): "write `<=` or `>=`",
    ("NUMBER", "."): "write a digit before the point, as in `0.15`",
    ("_DOTDOT", "."): "an index is a whole number; a range is written `3..7`, with two points",
    ("_DOTDOT", ":"): "a range is written `3..7`, both ends included",
    ("_DOTDOT", "-"): "a range is written `3..7`, both ends included",
    ("INTEGER", ":"): "a range is written `0..7`, both ends included",
    ("INTEGER", "."): "an index is a whole number, as in `[3]`",
    ("INTEGER", "*"): "a whole place cannot be named yet; write a range, as in `0..7`",
    ("INTEGER", "]"): "say which elements, as in `[3]` or `[3, 5..7]`",
    ("INTEGER", "-"): "indices count from 0 and cannot count from the end",
    ("_ARROW", "["): "an edge joins nodes; give this place a name with `node`, and use the name",
}
"""Advice on what was found in places where a certain terminal would have been accepted."""

_BETWEEN_WORDS = (
    (frozenset(("_ARROW", "_COMMA")), "`->` or `,`"),
    (frozenset(("_EQUALS",)), "`=`"),
    (frozenset(("_COLON",)), "`:`"),
    (frozenset(("_COMMA",)), "`,`"),
)
"""What belongs between two words where all of the terminals could have come."""


def hint(mistake: Mistake) -> str | None:
    """What to do about a mistake, if a rule knows."""
    return next(filter(None, (rule(mistake) for rule in _RULES)), None)


def misspelt_before(mistake: Mistake) -> tuple[Token, str] | None:
    """A word before the mistake that is at fault for it, and what was meant.

    In `chanel 4 from` and `evry node` the misspelt word was taken for a place or a metric.
    """
    previous = mistake.context.previous
    if previous is None or previous.type not in ("PATH", "NAME"):
        return None
    meant = {"node": "channel", "outside": "channel", "expect": "every"}.get(
        mistake.context.statement or ""
    )
    if meant is None or near_miss(previous, [meant]) is None:
        return None
    return previous, meant


def _misspelt_word(mistake: Mistake) -> str | None:
    accepts = mistake.context.accepts
    words = [word for terminal, word in KEYWORDS.items() if terminal in accepts]
    meant = near_miss(mistake.found, words) if mistake.found.isidentifier() else None
    return None if meant is None else f"did you mean `{meant}`?"


def _character(mistake: Mistake) -> str | None:
    found, accepts = mistake.found, mistake.context.accepts
    if "_ARROW" in accepts and _ARROW.fullmatch(found):
        return "write `->`"
    for (terminal, text), advice in _WHERE_ACCEPTED.items():
        if text == found and terminal in accepts:
            return advice
    return _CHARACTERS.get(found)


def _after(mistake: Mistake) -> str | None:
    """Something of which the token before it makes clear what is wrong."""
    found, context = mistake.found, mistake.context
    if context.statement == "calibrate" and not mistake.on_new_line and _NUMBER.match(found):
        return "its numbers are fitted, not stated: `calibrate scale`"
    if found.startswith('"') and "_ON" in context.accepts:
        return "write `on` before the token"
    if found == "in" and context.last("_OVER") is not None:
        return "write `in` before `over`"
    match context.previous:
        case Token(type="_PREDICT"):
            return 'write the prediction in quotes, as in `predict "it breaks": ...`'
        case Token(type="_COLON") if context.statement == "predict":
            return "write `task` and a task's name"
        case Token(type="NAME") if context.names_of_claim == ("beats",):
            return f"name a control, as in `{BEATS.example}`"
        case Token(type="_CIRCUIT") if found == "{":
            return "write a name before `{`"
        case Token(type="_NODE") if found == "=":
            return "write a name before `=`"
        case Token(type="_COMMA") if found == "]" and "INTEGER" in context.accepts:
            return "delete the `,`, or write another index after it"
        case Token(type="_DOTDOT") if found == ".":
            return "write `..`"
        case Token(type="PATH") if found in ("+", "-") and "_COLON" in context.accepts:
            goes_on = mistake.text[mistake.offset + 1 : mistake.offset + 2]
            return None if goes_on.isalnum() else f"write `: {found}`"
    return None


def _odd_name(mistake: Mistake) -> str | None:
    """A name goes on with, or starts with, a character that names do not have."""
    found, context = mistake.found, mistake.context
    previous = context.previous
    if previous is not None and previous.end_pos == mistake.offset:
        if previous.type == "BARE":
            return f'write it in quotes: `"{_whole(_PATH, previous, mistake.text)}"`'
        if previous.type in ("NAME", "PATH") and found in "-+/@":
            return (
                f"did you mean `{_underscored(_whole(_WORD, previous, mistake.text))}`? {NAME_RULE}"
            )
        if previous.type in ("NAME", "PATH") and not found.isascii():
            return NAME_RULE
    if found[:1].isdigit() and "_CHANNEL" in context.accepts:
        return "places are written like `L0.mlp.in[205]`, `L10.h82.q[1]` or `embed[3]`"
    if {"NAME", "PATH"} & context.accepts and (found[:1].isdigit() or found.isalpha()):
        return NAME_RULE
    return None


def _whole(pattern: re.Pattern[str], start: Token, text: str) -> str:
    """What an author would call one word, from where the parser began to read it."""
    match = pattern.match(text, start.start_pos or 0)
    return str(start) if match is None else match[0]


def _underscored(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "_", word)


def _missing_before(mistake: Mistake) -> str | None:
    """Two words in a row, between which something belongs."""
    if mistake.on_new_line or not mistake.looks_like_name:
        return None
    accepts = mistake.context.accepts
    for terminals, symbols in _BETWEEN_WORDS:
        if terminals <= accepts:
            return f"write {symbols} before `{mistake.found}`"
    return None


def _outside_circuit(mistake: Mistake) -> str | None:
    if mistake.found in STATEMENTS and "_CIRCUIT" in mistake.context.accepts:
        return "statements stand inside of `circuit NAME { ... }`"
    return None


def _unopened(mistake: Mistake) -> str | None:
    if mistake.context.accepts != {"_LBRACE"}:
        return None
    return f"write `{{` after `{mistake.context.previous}`"


def _unclosed(mistake: Mistake) -> str | None:
    if mistake.unclosed is None:
        return None
    can_close = "_RSQB" in mistake.context.accepts
    return f"{'' if can_close else 'write an index, and '}close the list with `]`"


def _statements(mistake: Mistake) -> str | None:
    if not (mistake.found and mistake.on_new_line and mistake.context.between_statements):
        return None
    for word, goes_on in _WORDLESS:
        if mistake.looks_like_name and goes_on.match(mistake.text, mistake.offset):
            return f"begin the statement with `{word}`"
    return f"a statement starts with {quoted(STATEMENTS)}"


def _example(mistake: Mistake) -> str | None:
    """A claim of the kind that was begun."""
    context = mistake.context
    if context.statement == "predict":
        return f"write it like `{PREDICTS.example}`"
    if context.statement != "expect":
        return None
    words = [str(token) for token in context.shifted if token in FORMS]
    form = FORMS[words[-1]] if words else SUFFICIENT
    return f"write it like `{form.example}`"


_RULES: tuple[_Rule, ...] = (
    _misspelt_word,
    _after,
    _character,
    _odd_name,
    _missing_before,
    _outside_circuit,
    _unopened,
    _unclosed,
    _statements,
    _example,
)
