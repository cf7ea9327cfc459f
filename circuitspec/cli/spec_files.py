"""From the paths on a command line to specs, their texts and what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from circuitspec.cli.exits import UserError
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.render import render_all
from circuitspec.diagnostics.source import Source
from circuitspec.language import ParseResult, load_file
from circuitspec.language.spec import Spec


@dataclass(frozen=True)
class LoadedSpec:
    """One circuit of one file.

    Attributes:
        path: of the file.
    """

    path: Path
    source: Source
    spec: Spec


def spec_paths(paths: list[Path]) -> list[Path]:
    """The files that `paths` mean: a folder stands for every `.circ` file below it, sorted.

    Raises:
        UserError: a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)  # the reader says what is wrong with a path that leads nowhere
            continue
        inside = sorted(path.rglob("*.circ"))
        if not inside:
            raise UserError(
                f"there is no .circ file below {path}", "name a file, or another folder"
            )
        found.extend(inside)
    return list(dict.fromkeys(found))


def read_specs(paths: list[Path]) -> tuple[list[LoadedSpec], bool]:
    """All circuits of all files that are sound, and whether all were; shows what was found."""
    loaded: list[LoadedSpec] = []
    sound = True
    for path in paths:
        result: ParseResult = load_file(path)
        show_diagnostics(result.diagnostics, result.source)
        if result.file is None:
            sound = False
            continue
        loaded.extend(LoadedSpec(path, result.source, spec) for spec in result.file.circuits)
    return loaded, sound


def show_diagnostics(diagnostics: tuple[Diagnostic, ...], source: Source) -> None:
    """Print diagnostics, with the lines that they point at, to stderr."""
    if diagnostics:
        print(render_all(diagnostics, source), file=sys.stderr)


def distinct_names(loaded: list[LoadedSpec]) -> Iterator[tuple[str, LoadedSpec]]:
    """Each circuit with a file name for its results; names that repeat get their file's too."""
    names = [item.spec.name for item in loaded]
    for item in loaded:
        unique = names.count(item.spec.name) == 1
        yield item.spec.name if unique else f"{item.path.stem}.{item.spec.name}", item
