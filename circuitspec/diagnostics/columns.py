"""How many columns of a terminal a text takes."""

from __future__ import annotations


def columns(text: str) -> int:
    """How many columns a text without tabs and line breaks takes."""
    if text.isascii():
        return len(text)
    # Few texts need its tables, and diagnostics are imported by everything.
    from wcwidth import wcswidth, wcwidth

    width = wcswidth(text)
    # Of a text with control characters it does not say how wide the rest is.
    return width if width >= 0 else sum(max(0, wcwidth(character)) for character in text)
