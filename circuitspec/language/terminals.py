"""Terminals of the grammar for those who read or write texts without the parser.

Each is the regular expression that the grammar has under this name; a test compares them.
"""

from __future__ import annotations

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
PATH = r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*"
BARE = r"[A-Za-z0-9_./:-]+"
STRING = r'"([^"\\\n\r]|\\[^\n\r])*"'
COMMENT = r"#[^\r\n]*"

NAME_RULE = "names are made of a-z, A-Z, digits and `_`, and do not start with a digit"
"""What `NAME` says, for messages."""
