"""Some of many pairs, as many of each template as can be."""

from __future__ import annotations

from collections.abc import Sequence

from circuitspec.tasks.task import Pair


def spread_over_templates(pairs: Sequence[Pair], most: int) -> tuple[int, ...]:
    """At most `most` of the pairs, by index: the first of each template, then the second, ...

    In ascending order.
    """
    seen: dict[str, int] = {}
    turns = []
    for index, pair in enumerate(pairs):
        seen[pair.template] = turn = seen.get(pair.template, 0) + 1
        turns.append((turn, index))
    return tuple(sorted(index for _, index in sorted(turns)[:most]))
