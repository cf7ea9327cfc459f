"""`circuitspec lsp`: the language server, for editors to start."""

from __future__ import annotations

import sys

from circuitspec.cli.exits import UserError


def run_server() -> int:
    """Serve until the editor is done; returns the exit code.

    Raises:
        UserError: the library that speaks the protocol is not installed, or no editor is there.
    """
    try:
        from circuitspec.lsp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UserError(
            "the language server needs pygls, which is not installed",
            'pip install "circuitspec[lsp]"',
        ) from None
    if sys.stdin.isatty():
        raise UserError(
            "this is for editors to start; it speaks their protocol, not to people",
            "how to set up an editor: docs/how-to/editors.md",
        )
    serve()
    return 0
