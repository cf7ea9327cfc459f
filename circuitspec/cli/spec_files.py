"""From the paths on a command line to files, and from files to circuits."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.render import render_all
from circuitspec.diagnostics.source import Source
from circuitspec.language.load import ParseResult, decode, parse_bytes, read_bytes

STDIN = Path("-")
SUFFIX = ".circ"


def spec_paths(paths: Iterable[Path]) -> list[Path]:
    """The files that `paths` mean, each once.

    A folder stands for every `.circ` file below it, sorted, but for those in hidden folders such
    as `.venv`. A folder without any stands for itself, and one that cannot be searched too: the
    reader says what is wrong with a path that leads nowhere.
    """
    found: list[Path] = []
    for path in paths:
        found += (_below(path) or [path]) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def _below(folder: Path) -> list[Path]:
    found: list[Path] = []

    def report(error: OSError) -> None:
        found.append(Path(error.filename))

    for parent, folders, files in os.walk(folder, onerror=report):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = (Path(parent, name) for name in files if name.endswith(SUFFIX))
        # A pipe of that name would never end.
        found.extend(path for path in inside if path.is_file() or path.is_symlink())
    return sorted(found)


def read_spec(path: Path) -> ParseResult:
    """What is in a file, or in standard input for `-`."""
    content = read_content(path)
    if isinstance(content, Diagnostic):
        return ParseResult(None, (content,), Source(shown_name(path), ""))
    return parse_bytes(content, shown_name(path))


def read_content(path: Path) -> bytes | Diagnostic:
    """The bytes of a file, or of standard input for `-`; or why there are none."""
    if path == STDIN:
        return sys.stdin.buffer.read()
    if path.is_dir() and set(_below(path)) <= {path}:
        return _useless(path)
    return read_bytes(path)


def read_source(path: Path) -> tuple[bytes, Source] | None:
    """The bytes and the text of a file, or of standard input for `-`; if there is none, says so."""
    name, content = shown_name(path), read_content(path)
    if isinstance(content, Diagnostic):
        show_diagnostics((content,), Source(name, ""))
        return None
    text = decode(content)
    if isinstance(text, Diagnostic):
        show_diagnostics((text,), Source(name, content.decode("utf-8-sig", "replace")))
        return None
    return content, Source(name, text)


def shown_name(path: Path) -> str:
    """What messages call a file."""
    return "<stdin>" if path == STDIN else str(path)


def _useless(folder: Path) -> Diagnostic:
    if not os.access(folder, os.R_OK | os.X_OK):
        return Diagnostic(
            code=Code.UNREADABLE_FILE,
            message=f"the folder `{folder}` cannot be searched",
            help="check who may read it",
        )
    return Diagnostic(
        code=Code.FILE_NOT_FOUND,
        message=f"there is no .circ file below `{folder}`",
        help="name a file, or another folder",
    )


def show_diagnostics(diagnostics: tuple[Diagnostic, ...], source: Source) -> None:
    """Print diagnostics, with the lines that they point at, to stderr."""
    if diagnostics:
        print(render_all(diagnostics, source), file=sys.stderr)


def write_stdout(text: str) -> None:
    """Print the bytes that a file would hold, whatever the terminal's encoding and line ends."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode(errors="surrogateescape"))
    sys.stdout.buffer.flush()


def distinct_names(circuits: Sequence[tuple[Path, str]]) -> list[str]:
    """For each circuit, given by its file and its name, a name for the files made of it.

    That is its own name where no other has it; else with its file's before it, and as many folders
    as it takes.
    """
    parts = [(*path.absolute().with_suffix("").parts[1:], name) for path, name in circuits]

    def shortest(own: tuple[str, ...]) -> str:
        tails = (own[-length:] for length in range(1, len(own)))
        alone = (tail for tail in tails if sum(o[-len(tail) :] == tail for o in parts) == 1)
        return ".".join(next(alone, own))

    return [shortest(own) for own in parts]
