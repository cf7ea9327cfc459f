"""Choices of `discover`; no torch, so that the command line can offer them."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """See `discovery.search_circuit.Method`."""

    MASKS = "masks"
    ATTRIBUTION = "attribution"


class Fitted(StrEnum):
    """What is fitted to the logits of a circuit."""

    SCALE = "scale"
    BOTH = "scale,shift"
