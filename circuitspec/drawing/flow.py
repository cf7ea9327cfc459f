"""Which way a drawing runs: up the page, or to the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """A direction, in Graphviz's words.

    Attributes:
        into, out_of: the sides of a node where lines along the flow arrive and leave.
    """

    rankdir: str
    into: str
    out_of: str


UP = Flow("BT", into="s", out_of="n")
RIGHT = Flow("LR", into="w", out_of="e")

# The part of a page that a figure may fill, in inches.
_PAGE = (6.9, 9.0)


def better_flow(rows: Sequence[int], box: tuple[float, float], gaps: tuple[float, float]) -> Flow:
    """The direction in which a drawing is shrunk less to fit on a page.

    Deep circuits with few nodes at a time run up; wide ones to the right, because their boxes are
    wider than high.

    Args:
        rows: how many boxes stand side by side, row by row.
        box: width and height of a usual one, in inches.
        gaps: in inches, between boxes of a row, and between rows.
    """
    widest, n_rows = max(rows, default=0), len(rows)
    width, height = box
    beside, along = gaps
    up = _shrinkage(widest * (width + beside), n_rows * (height + along))
    right = _shrinkage(n_rows * (width + along), widest * (height + beside))
    return UP if up >= right else RIGHT


def _shrinkage(width: float, height: float) -> float:
    return min(_PAGE[0] / max(width, 1.0), _PAGE[1] / max(height, 1.0), 1.0)
