"""A training run that takes a fraction of a second."""

from __future__ import annotations

import numpy as np

from circuitspec.train.config import TrainConfig
from circuitspec.train.corpus import Tokens

_TINY = {
    "name": "tiny",
    "steps": 12,
    "evaluate_every": 5,
    "checkpoint_every": 4,
    "reference_tokens": 64,
    "model": {
        "n_layer": 1,
        "d_model": 16,
        "n_head": 2,
        "d_head": 4,
        "d_mlp": 24,
        "vocab_size": 20,
        "n_ctx": 8,
        "activation_fraction": 0.5,
    },
    "data": {"batch_size": 4, "sequence_length": 8},
    "sparsity": {"nonzero_fraction": 0.1, "floor": 1, "anneal_until": 0.5},
    "optimizer": {"learning_rate": 0.02},
}


def tiny_config(**changes: object) -> TrainConfig:
    """The tiny run with some of its settings, or whole sections, replaced."""
    return TrainConfig.model_validate(_TINY | changes)


def tiny_tokens(*, seed: int = 0, length: int = 400) -> Tokens:
    """Text of a sort: every token is most often followed by the next one."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([1, 1, 1, 2, 7], length)
    return (np.cumsum(steps) % 20).astype(np.uint16)
