"""The formats of a list of what there is."""

from __future__ import annotations

from enum import StrEnum


class ListFormat(StrEnum):
    """How a list is printed."""

    FULL = "full"
    JSON = "json"
