"""The two forms of a spec, told by the name of its file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class Form(StrEnum):
    """What a file holds."""

    CIRC = "circ"
    JSON = "json"


def form_of(path: Path) -> Form | None:
    """The form that the suffix of a path says, if it says one."""
    return {".circ": Form.CIRC, ".json": Form.JSON}.get(path.suffix.lower())
