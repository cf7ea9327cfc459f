"""How `discover` ranks nodes; no torch, so that the command line can offer it."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """See `discovery.search_circuit.Method`."""

    MASKS = "masks"
    ATTRIBUTION = "attribution"
