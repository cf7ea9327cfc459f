"""Keeping weight matrices sparse: the largest entries stay, with a floor per neuron."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from circuitspec.model.transformer import Transformer
from circuitspec.train.config import SparsityConfig


def nonzero_fraction(config: SparsityConfig, progress: float) -> float:
    """The fraction of every matrix that is nonzero when `progress` (0 to 1) of the run is done.

    1 until `anneal_from`, then down to `nonzero_fraction` at `anneal_until`, by the chosen curve.
    """
    span = config.anneal_until - config.anneal_from
    done = min(max((progress - config.anneal_from) / span, 0.0), 1.0)
    if config.anneal == "exponential":
        return math.exp(math.log(config.nonzero_fraction) * done)
    return 1.0 + (config.nonzero_fraction - 1.0) * done


def sparse_matrices(model: Transformer) -> list[tuple[nn.Parameter, int | None]]:
    """Every weight matrix, embeddings included, with the dimension whose entries have a floor.

    The floor counts, as in the released training script, the inputs of a neuron, query, key or
    value (dimension 0 lists the neurons) and the outputs of a neuron or value (dimension 1).
    Biases, gains and sinks are not matrices and stay dense.
    """
    found: list[tuple[nn.Parameter, int | None]] = []
    for name, parameter in model.named_parameters():
        if parameter.ndim != 2:
            continue
        if name.startswith("layers."):
            found.append((parameter, 1 if name.endswith(".out.weight") else 0))
        else:
            found.append((parameter, None))
    return found


@torch.no_grad()
def sparsify(weight: Tensor, fraction: float, *, floor: int, floor_dim: int | None) -> None:
    """Zero all of `weight` [rows, columns] but the largest entries, in place.

    `round(fraction * size)` entries stay: first the `floor` largest of every row (`floor_dim` 0)
    or column (1), then the largest of the rest; of entries that tie for the last places, the first
    stay. Where there are not so many nonzeros, fewer stay.
    """
    if fraction >= 1.0:
        return
    keep_count = max(1, round(fraction * weight.numel()))
    magnitude = weight.abs()
    if floor_dim is not None and floor > 0:
        per_group = min(floor, weight.shape[1 - floor_dim], keep_count // weight.shape[floor_dim])
        if per_group > 0:
            top = magnitude.topk(per_group, dim=1 - floor_dim).indices
            magnitude.scatter_(1 - floor_dim, top, torch.inf)
    threshold = _kth_largest(magnitude, keep_count)
    dropped = magnitude < threshold  # not NaN, which the training loop must get to see
    excess = weight.numel() - int(dropped.count_nonzero()) - keep_count
    if excess > 0:
        tied = (magnitude == threshold).flatten().nonzero().flatten()
        dropped.view(-1)[tied[-excess:]] = True
    weight.masked_fill_(dropped, 0.0)


def _kth_largest(values: Tensor, k: int) -> Tensor:
    if values.device.type != "cpu":
        return values.flatten().topk(k).values[-1]
    flat = values.numpy().reshape(-1)
    return torch.tensor(np.partition(flat, flat.size - k)[flat.size - k])
