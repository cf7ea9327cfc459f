"""How wide a text is where every character takes the columns of a terminal."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """How many columns a text without tabs and line breaks takes."""
    return len(text) if text.isascii() else sum(map(_of_character, text))


def _of_character(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
