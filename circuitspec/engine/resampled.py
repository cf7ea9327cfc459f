"""Values from any text: what nodes say at random positions of held-out pretraining text.

Gao et al. 2025 (section 5) call replacing what is irrelevant by any value that pretraining text
gives it much harder to satisfy than replacing it by its mean. A mean is a value that a node may
never have, and the same at every position; what comes from text is neither.

The full model runs over some of the windows once; of those runs a number of positions is kept, the
donors. Every position of every prompt is then given a donor of its own, and all nodes that are
replaced there take their values from that one donor: they fit each other, and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.model.held_out import HeldOut
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer

WINDOWS = 64
PER_WINDOW = 32
_BATCH = 16


@dataclass(frozen=True, eq=False)
class Donors:
    """What the full model says at positions of text.

    Attributes:
        values: per place [donor, width].
    """

    values: Mapping[Place, Tensor]

    @property
    def count(self) -> int:
        """How many positions there are."""
        return len(next(iter(self.values.values())))


def text_donors(
    model: Transformer,
    held_out: HeldOut,
    places: Collection[Place],
    rng: np.random.Generator,
    *,
    windows: int = WINDOWS,
    per_window: int = PER_WINDOW,
) -> Donors:
    """Run `model` over randomly chosen windows and keep randomly chosen positions of each.

    Args:
        places: which activations to keep; at least one.
        windows, per_window: at most so many; where the text has fewer, all of them.
    """
    count, length = held_out.tokens.shape
    chosen = np.sort(rng.permutation(count)[:windows])
    positions = np.stack([np.sort(rng.permutation(length)[:per_window]) for _ in chosen])
    tokens = torch.from_numpy(held_out.tokens[chosen])
    found: dict[Place, list[Tensor]] = {place: [] for place in places}
    with torch.no_grad():
        for first in range(0, len(chosen), _BATCH):
            here = torch.from_numpy(positions[first : first + _BATCH])
            model(tokens[first : first + _BATCH], _DonorTap(found, here))
    return Donors({place: torch.cat(parts) for place, parts in found.items()})


def resampled_values(
    donors: Donors, batch: int, positions: int, rng: np.random.Generator
) -> AblationValues:
    """One draw: per place [batch, position, width], a donor for every position of every prompt."""
    chosen = torch.from_numpy(rng.integers(donors.count, size=(batch, positions)))
    return AblationValues(
        "resample", {place: values[chosen] for place, values in donors.values.items()}
    )


class _DonorTap(Tap):
    """Keeps `positions` [window, donor] of what the places in `found` say."""

    def __init__(self, found: dict[Place, list[Tensor]], positions: Tensor) -> None:
        self._found = found
        self._positions = positions

    def activation(self, place: Place, value: Tensor) -> Tensor:
        if place in self._found:
            rows = torch.arange(len(self._positions))[:, None]
            self._found[place].append(value[rows, self._positions].flatten(0, 1))
        return value
