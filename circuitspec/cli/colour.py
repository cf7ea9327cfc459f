"""Colour, at the edge: rendered text is plain, and is painted here if it goes to a terminal."""

from __future__ import annotations

import io
import os
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from rich.text import Text as RichText


class Colour(StrEnum):
    """When to paint."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_PATTERNS = [
    # Diagnostics. Whatever the user wrote stands behind a gutter, so it cannot pass for ours.
    r"(?m)^(?P<bad>error\[[\w-]+\]:)",
    r"(?m)^(?P<doubtful>warning\[[\w-]+\]:)",
    r"(?m)^(?P<frame> *-->) ",
    r"(?m)^(?P<frame> *\d* \|)",
    r"(?m)^ *\| +(?P<bad>\^+.*)$",
    r"(?m)^ *\| +(?P<frame>-+ .*)$",
    r"(?m)^(?P<frame> *=) (?P<strong>help|note):",
    # Reports.
    r"(?m)^(  |\w+: )(?P<good>confirmed)(?=  |$)",
    r"(?m)^(  |\w+: )(?P<bad>refuted|error)(?=  |$)",
    r"(?m)^(  |\w+: )(?P<doubtful>inconclusive|vacuous)(?=  |$)",
]
_STYLES = {
    "bad": "bold red",
    "doubtful": "bold yellow",
    "good": "bold green",
    "strong": "bold",
    "frame": "blue",
    "positive": "cyan",
    "negative": "red",
    "mark": "bold reverse",
}
_DIFF_COLOURS = {"-": "red", "+": "green", "@": "cyan"}


def wants_colour(choice: Colour, stream: TextIO) -> bool:
    """Whether to paint what goes to `stream`.

    What the command line says comes first, then NO_COLOR (https://no-color.org), then FORCE_COLOR,
    then whether a person is watching.
    """
    if choice is not Colour.AUTO:
        return choice is Colour.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str) -> str:
    """Rendered text with the colours of a terminal in it."""
    from rich.highlighter import RegexHighlighter
    from rich.text import Text

    class Painter(RegexHighlighter):
        highlights = _PATTERNS

    painted = Text(text, end="")
    Painter().highlight(painted)
    return paint_styled(painted)


def paint_styled(text: RichText) -> str:
    """Text that says in which styles of ours it is to be painted, with the colours in it."""
    from rich.console import Console
    from rich.theme import Theme

    # Whether to paint has been decided, so nothing here asks the environment again.
    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        theme=Theme(_STYLES),
    )
    with console.capture() as capture:
        console.print(text, soft_wrap=True, end="")
    return capture.get()


def paint_diff_line(line: str) -> str:
    """A line of a diff in its colour; unlike `paint`, with its tabs and carriage returns."""
    colour = _DIFF_COLOURS.get(line[:1])
    return line if colour is None else typer.style(line, fg=colour)
