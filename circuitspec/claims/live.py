"""Which nodes of a model do anything at all on some prompts.

Dead is what says one and the same everywhere, and that is zero or its ablation value; the same as
of a circuit's nodes (see `claims.vacuous`).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer
from circuitspec.tasks.tokens import PairBatch

_ROUNDING = 1e-6


def live_nodes(
    model: Transformer,
    batches: Iterable[PairBatch],
    ablation: AblationValues,
    places: Iterable[Place],
) -> dict[Place, Tensor]:
    """Per place, bool [width]: which nodes are not dead in the full model on these prompts."""
    tap = _EndsTap(set(places))
    with torch.no_grad():
        for batch in batches:
            model(batch.tokens.flatten(0, 1), tap)
    return {
        place: _live(least, greatest, ablation, place)
        for place, (least, greatest) in tap.ends.items()
    }


def _live(least: Tensor, greatest: Tensor, ablation: AblationValues, place: Place) -> Tensor:
    size = torch.maximum(least.abs(), greatest.abs())
    slack = _ROUNDING * size
    ablated = ablation[place]
    at_ablation = (ablated >= least - slack) & (ablated <= greatest + slack)
    return (greatest - least > slack) | ~((size == 0) | at_ablation)


class _EndsTap(Tap):
    """The least and the greatest value of every node of some places."""

    def __init__(self, places: set[Place]) -> None:
        self._places = places
        self.ends: dict[Place, tuple[Tensor, Tensor]] = {}

    def activation(self, place: Place, value: Tensor) -> Tensor:
        if place in self._places:
            least, greatest = value.amin(dim=(0, 1)), value.amax(dim=(0, 1))
            if place in self.ends:
                least = torch.minimum(least, self.ends[place][0])
                greatest = torch.maximum(greatest, self.ends[place][1])
            self.ends[place] = least, greatest
        return value
