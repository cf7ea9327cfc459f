"""Snippets of text, as parts of HTML-like labels."""

from __future__ import annotations

from circuitspec.drawing import style
from circuitspec.drawing.text import beside, font, signed, verbatim
from circuitspec.evidence.evidence import Snippet

_LONGEST_TOKEN = 14


def snippet_label(snippet: Snippet, width: int, size: float) -> str:
    """Text with the token at which a node fires marked, and what the node says there.

    Args:
        width: how many characters of text there is room for.
        size: of the font, in points.
    """
    look = style.edge_look(snippet.activation)
    token = token_text(snippet.token)
    before, after = verbatim(snippet.before), verbatim(snippet.after)
    room = max(width - len(token), 0)
    after = cropped_end(after, max(room // 3, room - len(before)))
    before = cropped_start(before, room - len(after))
    return beside(
        mono(before, size, style.GREY),
        (mono(token, size, style.INK, bold=True), look.mark),
        mono(after, size, style.GREY),
        mono(f" {signed(snippet.activation)}", size, look.colour),
    )


def token_text(token: str) -> str:
    """A token with all its blanks to be seen."""
    return cropped_end(verbatim(token, all_blanks=True), _LONGEST_TOKEN)


def mono(text: str, size: float, colour: str, *, bold: bool = False) -> str:
    """`text` as in a program."""
    return font(text, size=size, colour=colour, face=style.MONO, bold=bold, blanks=True)


def cropped_start(text: str, width: int) -> str:
    """The last `width` characters of `text`, the first of them an ellipsis if some are missing."""
    return text if len(text) <= width else f"…{text[len(text) - width + 1 :]}" if width > 0 else ""


def cropped_end(text: str, width: int) -> str:
    """The first `width` characters of `text`, the last an ellipsis if some are missing."""
    return text if len(text) <= width else f"{text[: width - 1]}…" if width > 0 else ""
