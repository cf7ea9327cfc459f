"""Annotations for GitHub Actions: each finding stands in the margin of the line it is about.

A finding is a workflow command, `::error file=...,line=...::message`, that the runner takes out of
the log; see "Workflow commands" in GitHub's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.formats.outcome import Finding, Outcome


def render(outcome: Outcome) -> str:
    """One command per finding; nothing where all is well."""
    return "".join(f"{_command(found)}\n" for found in outcome.findings())


def _command(found: Finding) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(found))
    return f"::{found.diagnostic.severity} {properties}::{_data(_message(found.diagnostic))}"


def _properties(found: Finding) -> Iterator[tuple[str, str]]:
    yield "title", f"circuitspec ({found.diagnostic.code})"
    yield "file", found.file.name
    span = found.diagnostic.span
    if span is None:
        return
    yield "line", str(span.line)
    if span.end_line == span.line:
        yield "col", str(span.column)
        yield "endColumn", str(span.end_column)
    else:  # GitHub refuses columns together with several lines
        yield "endLine", str(span.end_line)


def _message(diagnostic: Diagnostic) -> str:
    lines = [diagnostic.message]
    lines += [f"help: {diagnostic.help}"] if diagnostic.help else []
    lines += [f"note: {note}" for note in diagnostic.notes]
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    shown = "".join(c if c.isprintable() or c in "\r\n" else "\ufffd" for c in text)
    return _data(shown).replace(":", "%3A").replace(",", "%2C")
