"""AbsTopK: keep the k entries of largest absolute value, sign and all, and zero the rest."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def abs_top_k(values: Tensor, k: int) -> Tensor:
    """Keep the `k` largest of the last dimension by absolute value (Gao et al. 2025, A.1).

    Entries that tie with the k-th are all kept, so that the result does not depend on the order
    in which a sort visits them. The gradient passes through the kept entries alone.

    Args:
        values: any shape, `[..., width]`.
        k: 0 < k; with k >= width nothing changes.

    Returns:
        A tensor of the same shape.
    """
    if k >= values.shape[-1]:
        return values
    return values * (values.detach().abs() >= abs_top_k_threshold(values, k))


def abs_top_k_threshold(values: Tensor, k: int) -> Tensor:
    """The `k`th largest absolute value of the last dimension, [..., 1]; 0 < k < width."""
    magnitude = values.detach().abs()
    if magnitude.device.type != "cpu" or magnitude.dtype not in (torch.float32, torch.bfloat16):
        return magnitude.topk(k, dim=-1, sorted=False).values.amin(dim=-1, keepdim=True)
    # numpy's partition is vectorised; torch's topk on a CPU takes ten times as long. numpy has no
    # bfloat16, but the bits of numbers that are not negative are in the order of the numbers.
    width = magnitude.shape[-1]
    bits = magnitude.view(torch.int16) if magnitude.dtype == torch.bfloat16 else magnitude
    part = np.partition(bits.numpy(), width - k, axis=-1)[..., width - k : width - k + 1]
    return torch.from_numpy(np.ascontiguousarray(part)).view(magnitude.dtype)
