"""The command line: thin commands that parse arguments, call the library, print and exit."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; interrupted even while it is imported, it exits with 130."""
    try:
        from circuitspec.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)
