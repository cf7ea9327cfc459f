"""Frozen norms: a run whose norms divide by what they divide by in the full model.

Taking most of a model away shrinks the residual, and the norms behind amplify what is left, so
that a few nodes come to write more than they ever do in the full model. J. Drori ("Weight-sparse
circuits may be interpretable yet unfaithful", 2026, appendix C) found circuits that rest on this:
with the scales of the full model they need many more nodes. Here the scale of every norm, at every
position of every prompt, is the root mean square of the full model's residual on the same tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masked import MaskTap
from circuitspec.engine.masks import Masks
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer, root_mean_square

NormScales: TypeAlias = Mapping[Place, Tensor]
"""What each norm divides by [batch, position, 1], by the place that it computes; `final` for the
last one. Empty where a model has no norms."""


class NormRecorder(Tap):
    """Takes down what the norms of a run divide by.

    Attributes:
        scales: see `NormScales`; those of the last run.
    """

    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self.scales: dict[Place, Tensor] = {}

    def norm_scale(self, place: Place, residual: Tensor) -> None:
        """Changes nothing."""
        self.scales[place] = root_mean_square(residual, self._config)


class FrozenNormTap(MaskTap):
    """A `MaskTap` whose norms divide by `scales`."""

    def __init__(self, masks: Masks, ablation: AblationValues, scales: NormScales) -> None:
        super().__init__(masks, ablation)
        self._scales = scales

    def norm_scale(self, place: Place, residual: Tensor) -> Tensor:
        """What it was in the full model."""
        return self._scales[place]


def norm_scales(model: Transformer, tokens: Tensor) -> NormScales:
    """What the norms of the full model divide by on `tokens` [batch, position]."""
    recorder = NormRecorder(model.config)
    with torch.no_grad():
        model(tokens, recorder)
    return recorder.scales


def run_frozen(
    model: Transformer,
    tokens: Tensor,
    masks: Masks,
    ablation: AblationValues,
    scales: NormScales,
) -> Tensor:
    """`run_masked` with norms that divide by `scales`, usually those of the same tokens."""
    with torch.no_grad():
        logits: Tensor = model(tokens, FrozenNormTap(masks, ablation, scales))
    return logits
