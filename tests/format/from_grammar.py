"""Texts made from the grammar itself, so that no construct of it is forgotten."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark

from circuitspec.language.expectations import KEYWORDS
from circuitspec.language.grammar import lark_parser

_SIGNS = {
    "_ARROW": "->",
    "LE": "<=",
    "GE": ">=",
    "_EQUALS": "=",
    "_COLON": ":",
    "_COMMA": ",",
    "_DOTDOT": "..",
    "PLUS": "+",
    "MINUS": "-",
    "PERCENT": "%",
    "_LBRACE": "{",
    "_RBRACE": "}",
    "_LSQB": "[",
    "_RSQB": "]",
}
# What stands side by side must not run together, so each brings the spaces around it.
_PATTERNS = {
    "NAME": r" [A-Za-z_][A-Za-z0-9_]{0,9} ",
    "PATH": r" [A-Za-z_][A-Za-z0-9_]{0,5}(\.[A-Za-z0-9_]{1,4}){0,3} ",
    "BARE": r" [A-Za-z0-9_./:-]{1,8} ",
    "STRING": r' "([^"\\\x00-\x1f\x7f-\x9f]|\\["\\nt]){0,8}" ',
    "INTEGER": r" [0-9]{1,5} ",
    "NUMBER": r" [+-]?[0-9]{1,4}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})? ",
    "COMMENT": r"#[^\r\n\x00]{0,6}\n",
    "WHITESPACE": r"[ \t\n]{1,3}",
}

_terminals = {name: st.sampled_from([f" {sign} ", f" {sign}\n"]) for name, sign in _SIGNS.items()}
_terminals |= {name: st.just(f" {word} ") for name, word in KEYWORDS.items()}
_terminals |= {name: st.from_regex(pattern, fullmatch=True) for name, pattern in _PATTERNS.items()}

circuits = st.deferred(lambda: from_lark(lark_parser(), start="circuit", explicit=_terminals))
texts_of_the_grammar = st.lists(circuits, max_size=2).map(
    lambda written: "\n".join(["circuitspec 1", *written])
)
"""Files whose syntax is right, and probably nothing else."""
