"""Shell transcripts on a page: run in order in one folder, and compared with what is shown.

Only a few commands are known here. `circuitspec` and `python FILE` run in this process, which has
loaded torch and the model already.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from circuitspec.cli.app import app
from docs.pages import Block


@dataclass(frozen=True)
class Step:
    """One command and the lines that are shown below it."""

    line: int
    command: str
    shown: str


def steps(block: Block) -> Iterator[Step]:
    """The commands of a `console` block.

    Raises:
        ValueError: it does not begin with a command.
    """
    lines = block.text.splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith("$ ")]
    if not starts or starts[0] != 0:
        raise ValueError(f"{block.place}: a console block begins with `$ ` and a command")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        shown = "\n".join(lines[start + 1 : end]).rstrip("\n")
        yield Step(block.line + start, lines[start][2:], shown)


@dataclass
class Shell:
    """What is typed goes to `run`; the exit code of the last command is remembered."""

    folder: Path
    exit_code: int = field(default=0, init=False)

    def run(self, command: str) -> str:
        """The output of a command, without trailing blank space.

        Raises:
            ValueError: the command is not one that can be imitated.
        """
        with contextlib.chdir(self.folder):
            match shlex.split(command):
                case ["circuitspec", *arguments]:
                    output = self._circuitspec(arguments)
                case ["python", file]:
                    output = self._python(file)
                case ["pytest", *arguments]:
                    output = self._pytest(arguments)
                case ["touch", name]:
                    Path(name).touch()
                    output = ""
                case ["ls", folder]:
                    output = "\n".join(sorted(path.name for path in Path(folder).iterdir()))
                case ["echo", "$?"]:
                    output = str(self.exit_code)
                case _:
                    raise ValueError(f"not known here: {command}; show it in a `sh` block")
        return "\n".join(line.rstrip() for line in output.splitlines()).strip("\n")

    def _circuitspec(self, arguments: list[str]) -> str:
        result = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1"}).invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        # A bug, which must not get into a page.
        assert "Traceback" not in result.output, result.output
        self.exit_code = result.exit_code
        return result.output

    def _python(self, file: str) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            runpy.run_path(file, run_name="__main__")
        self.exit_code = 0
        return printed.getvalue()

    def _pytest(self, arguments: list[str]) -> str:
        """In a process of its own, since pytest inside of pytest would share its plugins."""
        # Not the settings and plugins of this repository, and always the same duration.
        command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", ".", *arguments]
        # pytest shortens its lines unless it believes itself in CI.
        inherited = {k: v for k, v in os.environ.items() if k not in ("CI", "BUILD_NUMBER")}
        environment = inherited | {
            "COLUMNS": "80",
            "OMP_NUM_THREADS": "1",  # as in this process; more of them get into each other's way
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
        }
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        self.exit_code = result.returncode
        # From a minute on, pytest says it in two ways.
        return re.sub(r"\bin \d+\.\d+s( \([\d:]+\))?", "in 3.21s", result.stdout)
