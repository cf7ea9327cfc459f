"""What an ablated node says instead: one value per node, or one per example and position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place, all_places


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
