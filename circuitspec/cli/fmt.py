"""`circuitspec fmt`: files in the one style. Text and diffs go to stdout, messages to stderr."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from circuitspec.cli.colour import Colour, paint_diff_line, wants_colour
from circuitspec.cli.exits import ERROR
from circuitspec.cli.spec_files import (
    STDIN,
    read_source,
    show_diagnostics,
    shown_name,
    spec_paths,
    write_stdout,
)
from circuitspec.diagnostics.wording import counted
from circuitspec.document.format import UnsafeFormatError, format_text
from circuitspec.files import write_whole

UNFORMATTED = 1
"""The exit code of `--check` where a file is not in the style."""


class _Fate(Enum):
    """What became of a file, or would have."""

    REFORMATTED = auto()
    UNCHANGED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class Formatting:
    """How to format.

    Attributes:
        check: write nothing, and exit with 1 if something would change.
        diff: write nothing, and show what would change.
    """

    check: bool = False
    diff: bool = False
    colour: Colour = Colour.AUTO

    @property
    def writes(self) -> bool:
        """Whether files are changed."""
        return not (self.check or self.diff)


def format_files(paths: list[Path], formatting: Formatting) -> int:
    """Format the files that `paths` mean; returns the exit code."""
    fates = Counter(_format_file(path, formatting) for path in spec_paths(paths))
    if paths != [STDIN]:
        _say(_summary(fates, formatting))
    if fates[_Fate.FAILED]:
        return ERROR
    return UNFORMATTED if formatting.check and fates[_Fate.REFORMATTED] else 0


def _format_file(path: Path, formatting: Formatting) -> _Fate:
    read = read_source(path)
    if read is None:
        return _Fate.FAILED
    content, source = read
    try:
        result = format_text(source.text, source.name)
    except UnsafeFormatError as error:
        _say(f"error: {error}")
        _say("  help: this is a bug in circuitspec; the file is as it was, please report it")
        return _Fate.FAILED
    if result.text is None:
        show_diagnostics(result.diagnostics, result.source)
        return _Fate.FAILED
    return _apply(path, content, result.text, formatting)


def _apply(path: Path, content: bytes, text: str, formatting: Formatting) -> _Fate:
    """Do with a formatted text what was asked for."""
    name = shown_name(path)
    # Bytes, since a text no longer has the byte order mark that its file may begin with.
    changed = text.encode() != content
    if formatting.diff:
        in_colour = wants_colour(formatting.colour, sys.stdout)
        write_stdout(_diff(content.decode(), text, name, in_colour=in_colour))
    elif path == STDIN and not formatting.check:
        write_stdout(text)
    elif changed and formatting.writes and not _replace(path, text.encode()):
        return _Fate.FAILED
    if changed and (path != STDIN or formatting.check):
        _say(f"{'reformatted' if formatting.writes else 'would reformat'} {name}")
    return _Fate.REFORMATTED if changed else _Fate.UNCHANGED


def _replace(path: Path, content: bytes) -> bool:
    """Write a file, and say whether that was possible."""
    try:
        if not os.access(path, os.W_OK):  # a new file could take the place of one that is not ours
            raise PermissionError(None, "permission denied")
        write_whole(path.resolve(), content)
    except OSError as error:
        _say(f"error: cannot write {path}: {(error.strerror or str(error)).lower()}")
        return False
    return True


def _diff(before: str, after: str, name: str, *, in_colour: bool) -> str:
    """What changes, as `diff -u` would show it."""
    shown = []
    for line in difflib.unified_diff(_lines(before), _lines(after), name, name):
        text = line.removesuffix("\n")
        shown.append(paint_diff_line(text) if in_colour else text)
        if text == line:
            shown.append("\\ No newline at end of file")
    return "".join(f"{line}\n" for line in shown)


def _lines(text: str) -> list[str]:
    # Only these end a line for us, though for Python much else does.
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _summary(fates: Counter[_Fate], formatting: Formatting) -> str:
    would = "" if formatting.writes else "would be "
    parts = [
        (fates[_Fate.REFORMATTED], f"{would}reformatted"),
        (fates[_Fate.UNCHANGED], f"{would}left unchanged"),
        (fates[_Fate.FAILED], "could not be formatted"),
    ]
    return ", ".join(f"{counted(count, 'file')} {what}" for count, what in parts if count)
