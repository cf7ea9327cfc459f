"""The one piece of advice that goes with a syntax error, where a likely cause can be told.

A rule looks at what was found and where, and gives its advice or nothing. The first rule that has
something to say is heard.
"""

from __future__ import annotations

from collections.abc import Callable

from circuitspec.language.expectations import KEYWORDS, Context
from circuitspec.language.words import STATEMENTS, near_miss, quoted

_Rule = Callable[[str, int, Context], str | None]

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
    ("_DOTDOT", ":"): "a range is written `3..7`, both ends included",
    ("_DOTDOT", "-"): "a range is written `3..7`, both ends included",
    ("INTEGER", ":"): "a range is written `0..7`, both ends included",
    ("INTEGER", "*"): "a whole place cannot be named yet; write a range, as in `0..7`",
    ("INTEGER", "]"): "say which elements, as in `[3]` or `[3, 5..7]`",
    ("INTEGER", "-"): "indices count from 0 and cannot count from the end",
    ("_ARROW", "["): "an edge joins nodes; give this place a name with `node`, and use the name",
    ("_ARROW", "=>"): "write `->`",
}
"""Advice on what was found in places where a certain terminal would have been accepted."""

_NAMES = "names are made of a-z, A-Z, digits and `_`, and do not start with a digit"


def hint(found: str, offset: int, context: Context) -> str | None:
    """What to do about `found` at `offset`, if a rule knows."""
    return next(filter(None, (rule(found, offset, context) for rule in _RULES)), None)


def _misspelt_word(found: str, _offset: int, context: Context) -> str | None:
    words = [word for terminal, word in KEYWORDS.items() if terminal in context.accepts]
    meant = near_miss(found, words) if found.isidentifier() else None
    return None if meant is None else f"did you mean `{meant}`?"


def _misspelt_before(_found: str, _offset: int, context: Context) -> str | None:
    """In `chanel 4 from` and `evry node` the misspelt word was taken for a place or a metric."""
    previous = context.previous
    if previous is None or previous.type not in ("PATH", "NAME"):
        return None
    meant = {"node": "channel", "expect": "every"}.get(context.statement or "")
    if meant is None or near_miss(previous, [meant]) is None:
        return None
    return f"did you mean `{meant}` instead of `{previous}`?"


def _character(found: str, _offset: int, context: Context) -> str | None:
    for terminal in context.accepts:
        if (terminal, found) in _WHERE_ACCEPTED:
            return _WHERE_ACCEPTED[terminal, found]
    return _CHARACTERS.get(found)


def _odd_name(found: str, offset: int, context: Context) -> str | None:
    """A name goes on with, or starts with, a character that names do not have."""
    previous = context.previous
    if previous is not None and previous.end_pos == offset:
        if previous.type == "BARE":
            return "put the name or the path in quotes"
        if previous.type in ("NAME", "PATH") and (found in "-+/@" or not found.isascii()):
            return _NAMES
    if found[:1].isdigit() and "_CHANNEL" in context.accepts:
        return "places are written like `L0.mlp.in[205]`, `L10.h82.q[1]` or `embed[3]`"
    if {"NAME", "PATH"} & context.accepts and (found[:1].isdigit() or found.isalpha()):
        return _NAMES
    return None


def _outside_circuit(found: str, _offset: int, context: Context) -> str | None:
    if found in STATEMENTS and "_CIRCUIT" in context.accepts:
        return "statements stand inside of `circuit NAME { ... }`"
    return None


def _statements(found: str, _offset: int, context: Context) -> str | None:
    if found and context.between_statements:
        return f"a statement starts with {quoted(STATEMENTS)}"
    return None


_RULES: tuple[_Rule, ...] = (
    _misspelt_word,
    _misspelt_before,
    _character,
    _odd_name,
    _outside_circuit,
    _statements,
)
