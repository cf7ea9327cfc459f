"""How a command ends: one place that turns what happened into an exit code.

0: every claim confirmed, every file sound. 1: some claim refuted, inconclusive or vacuous. 2: it
could not be told: usage, parse, resolution or internal error. 130: interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from circuitspec.formats.outcome import Outcome

FALSE_CLAIM = 1
ERROR = 2
INTERRUPTED = 130


class UserError(Exception):
    """Something that the user can mend; `str()` of it is all that is shown.

    Attributes:
        help: what to do about it.
        code: the page on it, if there is one.
    """

    def __init__(
        self,
        message: str,
        help: str | None = None,  # noqa: A002
        *,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.help = help
        self.code = code


def exit_code(outcome: Outcome) -> int:
    """What a run of `check` or `verify` exits with, in whatever format it is shown.

    Warnings leave it at 0, and so an inconclusive claim that was allowed to be. Of a circuit that
    claims nothing, nothing was verified.
    """
    if outcome.mistakes["error"] or outcome.verdicts["error"]:
        return ERROR
    judged = [circuit for circuit in outcome.circuits if circuit.certificate is not None]
    failures = (failure for circuit in judged for failure in circuit.failures.values())
    if any(failure.severity == "error" for failure in failures):
        return FALSE_CLAIM
    return 0 if all(circuit.spec.claims for circuit in judged) else FALSE_CLAIM


@contextmanager
def exits_cleanly() -> Iterator[None]:
    """Run a command's body; nothing leaves it but an exit code.

    A traceback is shown for bugs alone, and even then the code is 2, not the 1 that Python
    gives: that would tell a CI that a claim is false.
    """
    try:
        yield
    except UserError as error:
        _complain(f"error: {error}" if error.code is None else f"error[{error.code}]: {error}")
        if error.help:
            _complain(f"  help: {error.help}")
        raise typer.Exit(ERROR) from None
    except KeyboardInterrupt as interruption:
        _complain(f"interrupted; {str(interruption) or 'no file is half-written'}")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError:
        # Nobody reads on, as after `| head`. What is still in the buffer must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ERROR) from None
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "torch":
            _complain("error: this runs a model, and torch is not installed")
            _complain("  help: `pip install torch`; `circuitspec check` does without")
            raise typer.Exit(ERROR) from None
        traceback.print_exc()
        _complain("this is a bug in circuitspec; please report it with the lines above")
        raise typer.Exit(ERROR) from None


def _complain(line: str) -> None:
    print(line, file=sys.stderr)
