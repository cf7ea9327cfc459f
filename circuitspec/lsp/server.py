"""`circuitspec lsp`: everything put together, over standard input and output."""

from __future__ import annotations

import signal
import sys

from circuitspec.lsp.names import answer_about_names
from circuitspec.lsp.questions import answer_questions
from circuitspec.lsp.session import CircServer, follow_edits


def create_server() -> CircServer:
    """The server with all that it can do."""
    server = CircServer()
    follow_edits(server)
    answer_questions(server)
    answer_about_names(server)
    return server


def serve() -> None:
    """Serve until the client says that it is done."""
    # Otherwise the thread that waits for input would keep an interrupted process alive.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Whatever prints must not get between the messages.
    stdout, sys.stdout = sys.stdout.buffer, sys.stderr
    create_server().start_io(sys.stdin.buffer, stdout)
