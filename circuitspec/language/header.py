"""The first line, looked at before anything else.

Other programs also save `.circ` files, and a later version of the language may look quite unlike
this one. Both are told apart here, so that nobody reads a syntax error about a file in which
nothing is wrong.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.language.terminals import NAME

VERSION = 1
HEADER = f"circuitspec {VERSION}"

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_WORD = re.compile(NAME)
_REST_OF_LINE = re.compile(r"[^\r\n#]*")
_GAP = re.compile(r"[ \t]*")
_VERSION = re.compile(r"[^\s#{]*")


def check_header(source: Source) -> Diagnostic | None:
    """What is wrong with the first line that is not blank or a comment, if anything is."""
    text = source.text
    start = _end(_BLANK, text, 0)
    word_end = _end(_WORD, text, start)
    if text[start:word_end] != "circuitspec":
        return _no_header(source, start)
    gap_end = _end(_GAP, text, word_end)
    version_end = _end(_VERSION, text, gap_end)
    version = text[gap_end:version_end]
    if version == str(VERSION):
        return None
    if not version:
        return Diagnostic(
            code=Code.UNSUPPORTED_VERSION,
            message="the first line does not say which version of the language follows",
            span=source.span(word_end, word_end),
            label=f"expected `{VERSION}`",
            help=f"write `{HEADER}`",
        )
    return Diagnostic(
        code=Code.UNSUPPORTED_VERSION,
        message=f"version `{version[:40]}` of the language is not known here",
        span=source.span(gap_end, version_end),
        label=f"this is not `{VERSION}`",
        help=f"if the file is written in version {VERSION}, begin it with `{HEADER}`; "
        "if it is newer, upgrade circuitspec",
    )


def _no_header(source: Source, start: int) -> Diagnostic:
    line_end = _end(_REST_OF_LINE, source.text, start)
    line = source.text[start:line_end].rstrip()
    span = source.span(start, start + len(line))
    if line.startswith("<"):
        return Diagnostic(
            code=Code.NOT_A_SPEC,
            message=f"this looks like XML; circuitspec files start with `{HEADER}`",
            span=span,
            label="not the start of a circuitspec file",
            notes=("Logisim and other programs also save files that end in .circ",),
        )
    first_word = line.split(maxsplit=1)[0] if line else ""
    if get_close_matches(first_word.lower(), ["circuitspec"], cutoff=0.85) or not line:
        advice = f"write `{HEADER}` here"
    elif line.startswith("{"):
        advice = "if this is a spec in JSON, `circuitspec convert` makes text of it"
    else:
        advice = f"put `{HEADER}` on a line of its own before this one"
    return Diagnostic(
        code=Code.MISSING_HEADER,
        message=f"the file does not start with `{HEADER}`",
        span=span,
        label="expected the name and the version of the language",
        help=advice,
    )


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()
