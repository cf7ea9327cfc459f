"""Reference activations: the mean of every node over the model's pretraining text.

Deleted nodes are frozen at these (Gao et al. 2025, section 2.2), so a verdict cannot be
reproduced without them. They travel in the model's folder and carry the hash of their tokens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from circuitspec.model.places import Place, all_places
from circuitspec.model.transformer import Tap, Transformer


@dataclass(frozen=True, eq=False)
class ReferenceMeans:
    """One mean per node, over all positions of all sequences.

    Attributes:
        means: per place float32 [width].
        source: in words, what the tokens are.
        n_tokens: how many positions were averaged.
        tokens_sha256: over the tokens as little-endian 64-bit integers, in order.
    """

    means: Mapping[Place, Tensor]
    source: str
    n_tokens: int
    tokens_sha256: str


def measure_reference_means(
    model: Transformer, batches: Iterable[Tensor], *, source: str
) -> ReferenceMeans:
    """Run `model` over `batches` of tokens [batch, position] and average every node.

    Sums are kept in float64, so that the order of batches does not show.

    Raises:
        ValueError: no tokens.
    """
    tap = _SumTap(model)
    digest = hashlib.sha256()
    n_tokens = 0
    with torch.no_grad():
        for batch in batches:
            model(batch, tap)
            n_tokens += batch.numel()
            digest.update(batch.to(torch.int64).contiguous().numpy().astype("<i8").tobytes())
    if n_tokens == 0:
        raise ValueError("reference means need at least one token")
    means = {place: (total / n_tokens).float() for place, total in tap.totals.items()}
    return ReferenceMeans(means, source, n_tokens, digest.hexdigest())


class _SumTap(Tap):
    """Adds up the activations at every place over examples and positions."""

    def __init__(self, model: Transformer) -> None:
        config = model.config
        self.totals = {
            place: torch.zeros(config.width(place), dtype=torch.float64)
            for place in all_places(config.n_layer)
        }

    def activation(self, place: Place, value: Tensor) -> Tensor:
        self.totals[place] += value.sum(dim=(0, 1), dtype=torch.float64)
        return value
