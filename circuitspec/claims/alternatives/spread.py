"""Some of many pairs, as many of each template as can be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuitspec.statistics.units import Ints
from circuitspec.tasks.task import Pair


def spread_over_templates(pairs: Sequence[Pair], most: int) -> Ints:
    """The indices of at most `most` pairs, ascending."""
    seen: dict[str, int] = {}
    turns = []
    for index, pair in enumerate(pairs):
        seen[pair.template] = seen.get(pair.template, 0) + 1
        turns.append((seen[pair.template], index))
    chosen: Ints = np.array(sorted(index for _, index in sorted(turns)[:most]), dtype=np.int64)
    return chosen
