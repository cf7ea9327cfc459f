"""AbsTopK against a definition that sorts a list."""

from __future__ import annotations

from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from circuitspec.model.abs_top_k import abs_top_k
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import LAYER_PARTS, LayerPart, Place

# Few different magnitudes, so that most rows have ties.
VALUES = st.sampled_from([-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0]) | st.floats(
    -9, 9, width=32, allow_subnormal=False
)


@st.composite
def rows(draw: st.DrawFn) -> Tensor:
    width = draw(st.integers(1, 9))
    row = st.lists(VALUES, min_size=width, max_size=width)
    dtype = draw(st.sampled_from([torch.float32, torch.float64, torch.bfloat16]))
    return torch.tensor(draw(st.lists(row, min_size=1, max_size=3)), dtype=dtype)


def by_sorting(row: list[float], k: int) -> list[float]:
    smallest_kept = sorted(map(abs, row), reverse=True)[:k][-1]
    return [value if abs(value) >= smallest_kept else 0.0 for value in row]


@given(rows(), st.integers(1, 10))
def test_keeps_what_a_sort_keeps(values: Tensor, k: int) -> None:
    expected = [by_sorting(row, k) for row in values.tolist()]
    assert abs_top_k(values, k).tolist() == expected


@given(rows(), st.integers(1, 10))
def test_twice_is_once(values: Tensor, k: int) -> None:
    once = abs_top_k(values, k)
    assert abs_top_k(once, k).equal(once)


@given(rows(), st.integers(1, 10), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(values: Tensor, k: int, random: Random) -> None:
    order = list(range(values.shape[-1]))
    random.shuffle(order)
    assert abs_top_k(values[..., order], k).equal(abs_top_k(values, k)[..., order])


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**32))
def test_without_ties_exactly_k_stay(width: int, k: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    values = torch.randperm(width, generator=generator) + 1.0
    assert int(abs_top_k(values, k).count_nonzero()) == min(k, width)


def test_entries_that_tie_with_the_last_all_stay() -> None:
    values = torch.tensor([3.0, -1.0, 1.0, 0.5])
    assert abs_top_k(values, 2).tolist() == [3.0, -1.0, 1.0, 0.0]


def test_the_gradient_passes_through_what_stays() -> None:
    values = torch.tensor([[3.0, -2.0, 1.0, 0.5]], requires_grad=True)
    (abs_top_k(values, 2) * torch.tensor([10.0, 20.0, 30.0, 40.0])).sum().backward()
    assert values.grad is not None
    assert values.grad.tolist() == [[10.0, 20.0, 0.0, 0.0]]


def test_the_input_is_left_alone() -> None:
    values = torch.tensor([3.0, -2.0, 1.0])
    abs_top_k(values, 1)
    assert values.tolist() == [3.0, -2.0, 1.0]


@pytest.mark.parametrize("part", LAYER_PARTS)
def test_k_is_the_fraction_of_the_width_of_the_place(part: LayerPart) -> None:
    config = config_with(activation_fraction=0.5)
    widths = {"attn.q": 6, "attn.k": 6, "attn.v": 6, "mlp.neuron": 20}
    place = Place(0, part)
    assert config.kept_activations(place) == widths.get(part, 8) // 2


def test_at_least_one_activation_stays_however_small_the_fraction() -> None:
    assert config_with(activation_fraction=0.01).kept_activations(Place(0, "attn.in")) == 1


def test_other_places_are_not_sparsified() -> None:
    config = config_with(activation_fraction=0.5, activation_places=("mlp.neuron",))
    assert config.kept_activations(Place(0, "mlp.neuron")) == 10
    assert config.kept_activations(Place(0, "mlp.out")) is None
    assert config.kept_activations(Place(None, "embed")) is None
    assert config_with().kept_activations(Place(0, "mlp.neuron")) is None


def config_with(**switches: object) -> ModelConfig:
    shape = {"n_layer": 1, "d_model": 8, "n_head": 2, "d_head": 3, "d_mlp": 20}
    return ModelConfig(**(shape | {"vocab_size": 5, "n_ctx": 4} | switches))
