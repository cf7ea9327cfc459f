"""New models: the same for the same seed, and of the size that the recipe says."""

from __future__ import annotations

import pytest
import torch

from circuitspec.model.config import ModelConfig
from circuitspec.model.initialise import initialise

CONFIG = ModelConfig(
    n_layer=2,
    d_model=64,
    n_head=8,
    d_head=16,
    d_mlp=256,
    vocab_size=100,
    n_ctx=90,
    positions="learned",
)


def test_the_same_seed_gives_the_same_weights_whatever_came_before() -> None:
    first = initialise(CONFIG, seed=3).state_dict()
    torch.manual_seed(12345)
    second = initialise(CONFIG, seed=3).state_dict()
    assert all(first[name].equal(second[name]) for name in first)


def test_another_seed_gives_other_weights() -> None:
    first, second = (initialise(CONFIG, seed=seed).state_dict() for seed in (3, 4))
    assert all(not first[name].equal(second[name]) for name in first if first[name].ndim == 2)


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("embed", 0.02 * 64**0.5),
        ("pos_embed", 0.02 * 64**0.5),
        ("unembed", 64**-0.5),
        ("layers.0.attn.q.weight", 64**-0.5),
        ("layers.1.mlp.in.weight", 64**-0.5),
        ("layers.0.attn.out.weight", 128**-0.5 * 4**-0.5),
        ("layers.1.mlp.out.weight", 256**-0.5 * 4**-0.5),
    ],
)
def test_a_matrix_has_the_deviation_of_its_kind(name: str, deviation: float) -> None:
    weight = initialise(CONFIG, seed=0).state_dict()[name]
    assert weight.std().item() == pytest.approx(deviation, rel=0.05)


def test_gains_are_one_and_other_vectors_zero() -> None:
    for name, parameter in initialise(CONFIG, seed=0).named_parameters():
        if parameter.ndim == 1:
            assert (parameter == (1.0 if name.endswith("norm.weight") else 0.0)).all(), name
