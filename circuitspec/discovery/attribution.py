"""A baseline: rank nodes by what ablating them would do to the loss, to first order."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.discovery.rank import Scores
from circuitspec.engine.ablation import AblationValues
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.tokens import PairBatch


def attribution_scores(
    model: Transformer,
    batches: Sequence[PairBatch],
    ablation: AblationValues,
    scope: Sequence[Place],
) -> Scores:
    """Per place [width], |mean over prompts of (activation - ablation value) . its gradient|.

    Summed over positions, since a node is ablated at all of them. The linear estimate of what
    ablating one node of the full model does (attribution patching, Nanda 2023; Syed et al. 2023);
    the paper's Figure 31 compares learned masks with it.
    """
    total = {place: torch.zeros(model.config.width(place)) for place in scope}
    prompts = 0
    for batch in batches:
        tap = _GradientTap(scope)
        logits = model(batch.tokens.flatten(0, 1), tap)[:, -1].unflatten(0, (-1, 2))
        F.softplus(-logit_difference(logits, batch.answers)).sum().backward()
        for place, value in tap.seen.items():
            assert value.grad is not None
            moved = value.detach() - ablation[place]
            total[place] += (moved * value.grad).sum(dim=(0, 1))
        prompts += 2 * len(batch.members)
    return {place: (sums / prompts).abs() for place, sums in total.items()}


class _GradientTap(Tap):
    """Changes nothing, and keeps every activation together with its gradient."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = frozenset(places)
        self.seen: dict[Place, Tensor] = {}

    def activation(self, place: Place, value: Tensor) -> Tensor:
        if place not in self._places:
            return value
        value = value if value.requires_grad else value.detach().requires_grad_()
        value.retain_grad()
        self.seen[place] = value
        return value
