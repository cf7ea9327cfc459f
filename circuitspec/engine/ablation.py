"""What an ablated node says instead: one value per node, or one per example and position."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place, all_places
from circuitspec.model.transformer import Tap, Transformer


@dataclass(frozen=True, eq=False)
class AblationValues:
    """Replacement values by place.

    Attributes:
        kind: how the values came about, for reports: "mean", "zero".
        values: per place a tensor that broadcasts to [batch, position, width]. [width] is one
            value per node (mean and zero ablation); [batch, position, width] gives each example
            its own (resampling, counterfactuals).
    """

    kind: str
    values: Mapping[Place, Tensor]

    def __getitem__(self, place: Place) -> Tensor:
        return self.values[place]


def zero_ablation(config: ModelConfig) -> AblationValues:
    """Every ablated node says 0."""
    places = all_places(config.n_layer)
    return AblationValues("zero", {place: torch.zeros(config.width(place)) for place in places})


def mean_ablation(means: Mapping[Place, Tensor]) -> AblationValues:
    """Every ablated node says its reference mean (Gao et al. 2025, section 2.2).

    Args:
        means: per place [width], usually `ReferenceMeans.means`.
    """
    return AblationValues("mean", dict(means))


def paired_ablation(
    model: Transformer, tokens: Tensor, places: Collection[Place]
) -> AblationValues:
    """Every ablated node says what it says in the full model on the other prompt of its pair.

    Args:
        tokens: [2 * pair, position], the two prompts of a pair one after the other.
        places: where values are wanted.
    """
    tap = _ValueTap(places)
    with torch.no_grad():
        model(tokens, tap)
    swapped = {
        place: value.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)
        for place, value in tap.values.items()
    }
    return AblationValues("counterfactual", swapped)


class _ValueTap(Tap):
    """Keeps what the nodes at `places` say."""

    def __init__(self, places: Collection[Place]) -> None:
        self._places = frozenset(places)
        self.values: dict[Place, Tensor] = {}

    def activation(self, place: Place, value: Tensor) -> Tensor:
        if place in self._places:
            self.values[place] = value
        return value
