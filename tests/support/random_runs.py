"""Hypothesis strategies: small transformers, tokens for them, and ways to ablate them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor

from circuitspec.engine.ablation import AblationValues, mean_ablation, zero_ablation
from circuitspec.engine.masks import Masks
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import LAYER_PARTS, Place, all_places, layer_places, matrix_places
from circuitspec.model.transformer import Transformer
from support.small_models import random_means, random_transformer


@dataclass(frozen=True, eq=False)
class Case:
    """A model, an input, and what is done to the model."""

    model: Transformer
    tokens: Tensor
    masks: Masks
    ablation: AblationValues


@st.composite
def small_configs(draw: st.DrawFn, *, sparse_activations: bool = True) -> ModelConfig:
    """Every switch of a config in every position, at sizes of a few nodes."""
    fraction = st.sampled_from([None, 0.1, 0.4, 0.75]) if sparse_activations else st.none()
    return ModelConfig(
        n_layer=draw(st.integers(1, 2)),
        d_model=draw(st.integers(1, 6)),
        n_head=draw(st.integers(1, 3)),
        d_head=draw(st.integers(1, 3)),
        d_mlp=draw(st.integers(1, 7)),
        vocab_size=draw(st.integers(1, 5)),
        n_ctx=5,
        n_output=draw(st.sampled_from([None, 2])),
        norm=draw(st.sampled_from(["rms", "none"])),
        norm_eps=draw(st.sampled_from([1e-5, 0.1])),
        activation=draw(st.sampled_from(["gelu", "relu"])),
        causal=draw(st.booleans()),
        positions=draw(st.sampled_from(["none", "learned"])),
        sink=draw(st.booleans()),
        activation_fraction=draw(fraction),
        activation_places=tuple(draw(st.sets(st.sampled_from(LAYER_PARTS)))),
    )


@st.composite
def cases(
    draw: st.DrawFn, *, dtype: torch.dtype = torch.float64, sparse_activations: bool = True
) -> Case:
    """A random model under random masks over a random scope, with or without masked weights."""
    config = draw(small_configs(sparse_activations=sparse_activations))
    seed = draw(st.integers(0, 2**32))
    model = random_transformer(
        config, seed=seed, zeros=draw(st.sampled_from([0.0, 0.5])), dtype=dtype
    )
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, config.n_ctx)))
    generator = torch.Generator().manual_seed(seed + 1)
    kept = draw(st.sampled_from([0.0, 0.3, 0.8, 1.0]))
    scope = draw(
        st.sampled_from([list(layer_places(config.n_layer)), list(all_places(config.n_layer))])
        | st.lists(st.sampled_from(list(all_places(config.n_layer))), unique=True)
    )
    matrices = draw(
        st.sampled_from([[], list(matrix_places(config.n_layer))])
        | st.lists(st.sampled_from(list(matrix_places(config.n_layer))), unique=True)
    )
    return Case(
        model=model,
        tokens=torch.randint(config.vocab_size, shape, generator=generator),
        masks=Masks(
            {place: _random_mask((config.width(place),), kept, generator) for place in scope},
            {place: _random_mask(_matrix(config, place), kept, generator) for place in matrices},
        ),
        ablation=draw(
            st.sampled_from([zero_ablation(config), mean_ablation(random_means(config, seed=seed))])
        ),
    )


def _matrix(config: ModelConfig, target: Place) -> tuple[int, int]:
    assert target.source is not None
    return config.width(target), config.width(target.source)


def _random_mask(shape: tuple[int, ...], kept: float, generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator) < kept
