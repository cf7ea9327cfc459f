"""How a command ends: one place that turns what happened into an exit code.

0: every claim confirmed, every file sound. 1: some claim refuted, inconclusive or vacuous. 2: it
could not be told: usage, parse, resolution or internal error. 130: interrupted.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

FALSE_CLAIM = 1
ERROR = 2
INTERRUPTED = 130


class UserError(Exception):
    """Something that the user can mend; `str()` of it is all that is shown.

    Attributes:
        help: what to do about it.
    """

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.help = help


@contextmanager
def exits_cleanly() -> Iterator[None]:
    """Run a command's body; nothing leaves it but an exit code.

    A traceback is shown for bugs alone, and even then the code is 2, not the 1 that Python
    gives: that would tell a CI that a claim is false.
    """
    try:
        yield
    except UserError as error:
        _complain(f"error: {error}")
        if error.help:
            _complain(f"  help: {error.help}")
        raise typer.Exit(ERROR) from None
    except KeyboardInterrupt:
        _complain("interrupted: files already written are whole, the rest is as it was")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError:
        raise typer.Exit(ERROR) from None
    except Exception:
        traceback.print_exc()
        _complain("this is a bug in circuitspec; please report it with the lines above")
        raise typer.Exit(ERROR) from None


def _complain(line: str) -> None:
    print(line, file=sys.stderr)
