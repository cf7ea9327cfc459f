"""Small models of any config, without training: random weights, invented means, word tokens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor

from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model, save_folder
from circuitspec.model.places import Place, all_places
from circuitspec.model.reference_means import ReferenceMeans
from circuitspec.model.transformer import Transformer

TWO_LAYERS = ModelConfig(n_layer=2, d_model=8, n_head=2, d_head=3, d_mlp=10, vocab_size=7, n_ctx=6)
"""Every width differs from every other, so that no mix-up of places can pass unnoticed."""


def word_tokenizer(vocab_size: int) -> Tokenizer:
    """A tokenizer whose tokens are the words `w0`, `w1`, ..."""
    tokenizer = Tokenizer(
        models.WordLevel({f"w{index}": index for index in range(vocab_size)}, unk_token="w0")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def random_transformer(
    config: ModelConfig, *, seed: int, zeros: float = 0.0, dtype: torch.dtype = torch.float32
) -> Transformer:
    """Random in every parameter, biases, gains and sinks too; a share `zeros` of entries is 0."""
    generator = torch.Generator().manual_seed(seed)
    model = Transformer(config).to(dtype).requires_grad_(False).eval()
    for name, parameter in model.named_parameters():
        values = torch.randn(parameter.shape, generator=generator, dtype=dtype) * 0.6
        if name.endswith("norm.weight"):
            values += 1.0
        nonzero = torch.rand(parameter.shape, generator=generator) >= zeros
        parameter.copy_(values * nonzero)
    return model


def random_means(config: ModelConfig, *, seed: int) -> dict[Place, Tensor]:
    """A value for every node, of the size of activations."""
    generator = torch.Generator().manual_seed(seed)
    return {
        place: torch.randn(config.width(place), generator=generator)
        for place in all_places(config.n_layer)
    }


def invented_reference(means: Mapping[Place, Tensor]) -> ReferenceMeans:
    """Reference means that nobody measured."""
    return ReferenceMeans(means, "invented", n_tokens=1, tokens_sha256="0" * 64)


def model_of(transformer: Transformer, *, means: Mapping[Place, Tensor] | None = None) -> Model:
    """`transformer` as a loaded model would hold it."""
    config = transformer.config
    return Model(
        name="small",
        transformer=transformer,
        tokenizer=word_tokenizer(config.vocab_size),
        reference=invented_reference(means or random_means(config, seed=0)),
        sha256="0" * 64,
        reference_sha256="0" * 64,
    )


def write_model(folder: Path, transformer: Transformer) -> Path:
    """Save `transformer` with all that belongs to it in `folder`, which is returned."""
    config = transformer.config
    reference = invented_reference(random_means(config, seed=0))
    save_folder(folder, transformer, word_tokenizer(config.vocab_size), reference)
    return folder
