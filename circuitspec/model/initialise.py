"""Random initial weights."""

from __future__ import annotations

import torch

from circuitspec.model.config import ModelConfig
from circuitspec.model.transformer import Transformer


@torch.no_grad()
def initialise(config: ModelConfig, *, seed: int) -> Transformer:
    """A new float32 transformer, the same for the same seed.

    Weights are normal with variance 1 / fan-in, what a block writes is scaled down by
    sqrt(2 * n_layer) (GPT-2), embeddings and unembeddings have deviation 0.02 * sqrt(d_model) and
    1 / sqrt(d_model); biases and sinks are 0, gains 1.
    """
    model = Transformer(config)
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if parameter.ndim != 2:
            parameter.fill_(1.0 if name.endswith("norm.weight") else 0.0)
            continue
        deviation = parameter.shape[1] ** -0.5
        if name.endswith(".out.weight"):
            deviation *= (2 * config.n_layer) ** -0.5
        elif name in ("embed", "pos_embed"):
            deviation = 0.02 * config.d_model**0.5
        parameter.normal_(0.0, deviation, generator=generator)
    return model
