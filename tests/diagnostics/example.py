"""A few files and a command: run as a user would run it, in a folder that holds nothing else."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from circuitspec.cli.app import app
from circuitspec.diagnostics import Code
from circuitspec.model.shipped import find_model

DEFAULT_COMMAND = "circuitspec check example.circ"

_MODEL_FOLDER = re.compile(r"\bmodel/|\./model\b")
_FULL = re.compile(r"^(?:error|warning)\[([a-z0-9-]+)\]: ", re.MULTILINE)
_CONCISE = re.compile(r"^[^\s:]+(?::\d+)*: ([a-z0-9-]+) ", re.MULTILINE)
_CLOSING = re.compile(r"^(?:checked|for more about) .*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """What a page or a folder of the corpus shows.

    Attributes:
        files: their contents by path, in the order in which they are made. One that ends in `.py`
            is run in the folder instead: it makes a file that cannot be shown, or damages one.
        command: what is typed.
    """

    files: Mapping[str, str | bytes]
    command: str = DEFAULT_COMMAND


@dataclass(frozen=True)
class Outcome:
    """What came of an example.

    Attributes:
        output: what was printed, but for the summary and the advice to read the page.
        codes: those of the diagnostics in it.
    """

    exit_code: int
    output: str
    codes: frozenset[Code]


def run(
    example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch, *, code: Code | None = None
) -> Outcome:
    """Run `example` in `folder`; where it speaks of `model/`, that is a copy of the shipped one.

    Args:
        code: what the example shows; some need circumstances that no file makes.
    """
    circumstances = _CIRCUMSTANCES.get(code, contextlib.nullcontext)
    with circumstances():
        return _run(example, folder, monkeypatch)


def _run(example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    monkeypatch.chdir(folder)
    if any(_MODEL_FOLDER.search(f"{path} {content!r}") for path, content in example.files.items()):
        shutil.copytree(find_model("python-small"), folder / "model", dirs_exist_ok=True)
    for name, content in example.files.items():
        path = folder / name
        if path.suffix == ".py":
            exec(compile(content, name, "exec"), {"__name__": "__main__"})
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    program, *arguments = shlex.split(example.command)
    assert program == "circuitspec", example.command
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    output = _CLOSING.sub("", result.output).strip("\n") + "\n"
    return Outcome(result.exit_code, output, codes_in(output))


def codes_in(output: str) -> frozenset[Code]:
    """The codes of all diagnostics in an output, in full or one line each."""
    words = {*_FULL.findall(output), *_CONCISE.findall(output)}
    return frozenset(code for code in Code if code in words)


@contextlib.contextmanager
def _without_graphviz() -> Iterator[Path]:
    """Nothing that draws is installed; gives the only folder in which programs are found."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", folder)
        patch.setitem(sys.modules, "pygraphviz", None)  # not even the import system finds it
        yield Path(folder)


@contextlib.contextmanager
def _with_failing_graphviz() -> Iterator[None]:
    """A program `dot` is installed that draws nothing."""
    with _without_graphviz() as programs:
        dot = programs / "dot"
        dot.write_text("#!/bin/sh\necho 'cannot load libpangocairo-1.0.so.0' >&2\nexit 127\n")
        dot.chmod(0o755)
        yield


_CIRCUMSTANCES = {
    Code.NO_GRAPHVIZ: _without_graphviz,
    Code.GRAPHVIZ_FAILED: _with_failing_graphviz,
}
"""What must be arranged outside of an example's own folder, for the codes that need it."""
