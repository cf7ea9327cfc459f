"""Making a set of units smaller, one at a time, by measuring what each costs.

Learned masks leave units whose removal costs nothing, because a price per unit is a blunt tool.
What is here only ever measures: no gradient, no surrogate.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from circuitspec.discovery.goal import Kept


class _Unit(Protocol):
    @property
    def order(self) -> Any: ...


UnitT = TypeVar("UnitT", bound=_Unit)
OnChange = Callable[[int, Kept], None]


def remove_cheapest(
    units: frozenset[UnitT],
    keep: Callable[[frozenset[UnitT]], Kept],
    allowed: Callable[[Kept, float], bool],
    *,
    without: Callable[[frozenset[UnitT], UnitT], frozenset[UnitT]] = lambda kept, u: kept - {u},
    on_change: OnChange = lambda count, kept: None,
) -> frozenset[UnitT]:
    """Leave out unit after unit, the cheapest first, as long as that is `allowed`.

    What a unit costs is measured again before it is left out, and another that has become cheaper
    goes first. Returns a set from which no single unit may be left out.

    Args:
        keep: runs a set.
        allowed: asked of what is left after a removal: how it does, and what the removal cost in
            nats.
        without: a set less a unit, and less whatever goes with it.
        on_change: told how many units are left, and how they do.
    """
    kept = units
    while True:
        before = kept
        queue = [(keep(without(kept, unit)).loss, _order(unit), unit) for unit in kept]
        heapq.heapify(queue)
        while queue:
            expected, order, unit = heapq.heappop(queue)
            if unit not in kept:
                continue
            rest = without(kept, unit)
            now = keep(rest)
            if now.loss > expected and queue and (now.loss, order) > queue[0][:2]:
                heapq.heappush(queue, (now.loss, order, unit))
            elif allowed(now, now.loss - keep(kept).loss):
                kept = rest
                on_change(len(kept), now)
        if kept == before:
            return kept


def _order(unit: _Unit) -> tuple[str, Any]:
    """Breaks ties, of units of several kinds too."""
    return type(unit).__name__, unit.order
