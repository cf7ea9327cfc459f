"""The formats by name, and the renderer of each; a renderer is imported when it is asked for."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import Path

from circuitspec.formats.outcome import Outcome


class Format(StrEnum):
    """How the outcome of a run is printed."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JUNIT = "junit"
    GITHUB = "github"


_MODULES = {
    Format.FULL: "full",
    Format.CONCISE: "concise",
    Format.JSON: "json_report",
    Format.JUNIT: "junit",
    Format.GITHUB: "github",
}
_SUFFIXES = {".json": Format.JSON, ".xml": Format.JUNIT}


def render(outcome: Outcome, format: Format) -> str:  # noqa: A002
    """The outcome as text; what is not empty ends in a line break."""
    text: str = import_module(f"circuitspec.formats.{_MODULES[format]}").render(outcome)
    return text


def format_of(path: Path, otherwise: Format) -> Format:
    """The format of a file to write, by its suffix: `.json`, `.xml` (JUnit), or `otherwise`."""
    return _SUFFIXES.get(path.suffix.lower(), otherwise)
