"""The "sharkfin" learning rate: warm-up, linear decay, and a rise as the weights thin out."""

from __future__ import annotations

import math

from circuitspec.train.config import TrainConfig
from circuitspec.train.weight_sparsity import nonzero_fraction


def learning_rate(config: TrainConfig, step: int) -> float:
    """The rate of update number `step` (0-based), per Gao et al. 2025, appendix A.2.

    (Warm-up, then linear decay to 0) times sqrt(final nonzero fraction / current fraction):
    fewer weights share the work, so each has to move further.
    """
    progress = step / config.steps
    warmup = config.optimizer.warmup
    if progress < warmup:
        shape = (step + 1) / (warmup * config.steps + 1)
    else:
        shape = (1.0 - progress) / (1.0 - warmup)
    now = nonzero_fraction(config.sparsity, progress)
    return (
        config.optimizer.learning_rate * shape * math.sqrt(config.sparsity.nonzero_fraction / now)
    )
