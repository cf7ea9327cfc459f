"""`circuitspec lsp` as a person meets it who starts it by hand, or without what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

MAIN = "from circuitspec.cli import main; main()"


def run(program: str = MAIN, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, "lsp"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_without_pygls_one_sentence_says_how_to_install_it() -> None:
    for missing in ("pygls", "lsprotocol"):
        done = run(f"import sys; sys.modules[{missing!r}] = None; {MAIN}", input="")
        assert done.returncode == 2
        assert done.stdout == ""
        assert "the language server needs pygls" in done.stderr
        assert 'pip install "circuitspec[lsp]"' in done.stderr
        assert "Traceback" not in done.stderr


def test_in_a_terminal_it_says_that_it_is_for_editors() -> None:
    controller, terminal = os.openpty()
    try:
        done = run(stdin=terminal)
    finally:
        os.close(controller)
        os.close(terminal)
    assert done.returncode == 2
    assert "for editors to start" in done.stderr


def test_it_ends_when_the_editor_is_gone() -> None:
    done = run(input="")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_it_takes_what_editors_add() -> None:
    command = [sys.executable, "-c", MAIN, "lsp", "--stdio"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_it_survives_what_is_no_message() -> None:
    done = run(input="Content-Length: 5\r\n\r\nhello" + "Content-Length: 2\r\n\r\n{}")
    assert done.returncode == 0
    assert done.stdout.startswith("Content-Length") or done.stdout == ""
