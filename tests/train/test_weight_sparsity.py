"""Sparsifying a matrix against a definition that sorts a list, and which matrices are sparse."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.small_models import TWO_LAYERS, random_transformer
from torch import Tensor

from circuitspec.model.config import ModelConfig
from circuitspec.train.weight_sparsity import sparse_matrices, sparsify


@st.composite
def matrices(draw: st.DrawFn) -> Tensor:
    """No two entries of the same magnitude, and none that is zero."""
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    size = shape[0] * shape[1]
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    magnitudes = torch.randperm(size, generator=generator) + 1.0
    signs = torch.randint(2, (size,), generator=generator) * 2.0 - 1.0
    return (magnitudes * signs).reshape(shape)


FRACTIONS = st.floats(0, 1, exclude_min=True)


def sparsified(weight: Tensor, fraction: float, floor: int, floor_dim: int | None) -> Tensor:
    result = weight.clone()
    sparsify(result, fraction, floor=floor, floor_dim=floor_dim)
    return result


def by_sorting(weight: Tensor, fraction: float, floor: int, floor_dim: int | None) -> Tensor:
    count = max(1, round(fraction * weight.numel()))
    positions = [(row, column) for row in range(len(weight)) for column in range(weight.shape[1])]
    largest_first = sorted(positions, key=lambda p: -abs(weight[p].item()))
    kept: list[tuple[int, int]] = []
    if floor_dim is not None:
        groups = weight.shape[floor_dim]
        # A floor that the count cannot pay for is lowered for all groups alike.
        floor = min(floor, count // groups)
        for group in range(groups):
            kept += [p for p in largest_first if p[floor_dim] == group][:floor]
    kept += [p for p in largest_first if p not in kept][: count - len(kept)]
    result = torch.zeros_like(weight)
    for position in kept:
        result[position] = weight[position]
    return result


@given(matrices(), FRACTIONS, st.integers(0, 5), st.sampled_from([None, 0, 1]))
def test_keeps_what_a_sort_keeps(
    weight: Tensor, fraction: float, floor: int, floor_dim: int | None
) -> None:
    expected = by_sorting(weight, fraction, floor, floor_dim)
    assert sparsified(weight, fraction, floor, floor_dim).equal(expected)


@given(matrices(), FRACTIONS, st.integers(0, 5), st.sampled_from([None, 0, 1]))
def test_exactly_the_fraction_stays(
    weight: Tensor, fraction: float, floor: int, floor_dim: int | None
) -> None:
    result = sparsified(weight, fraction, floor, floor_dim)
    assert int(result.count_nonzero()) == max(1, round(fraction * weight.numel()))
    assert (result == weight)[result != 0].all()


@given(matrices(), FRACTIONS, st.integers(0, 5), st.sampled_from([0, 1]))
def test_every_group_has_its_floor_where_the_fraction_can_pay_for_it(
    weight: Tensor, fraction: float, floor: int, floor_dim: int
) -> None:
    result = sparsified(weight, fraction, floor, floor_dim)
    per_group = (result != 0).sum(dim=1 - floor_dim)
    group_size = weight.shape[1 - floor_dim]
    if round(fraction * weight.numel()) >= floor * weight.shape[floor_dim]:
        assert (per_group >= min(floor, group_size)).all()


@given(matrices(), FRACTIONS, st.integers(0, 5), st.sampled_from([None, 0, 1]))
def test_twice_is_once(weight: Tensor, fraction: float, floor: int, floor_dim: int | None) -> None:
    once = sparsified(weight, fraction, floor, floor_dim)
    assert sparsified(once, fraction, floor, floor_dim).equal(once)


def test_the_floor_saves_a_row_of_small_weights() -> None:
    weight = torch.tensor([[5.0, 4.0, 3.0], [0.2, 0.1, -0.3]])
    assert sparsified(weight, 0.5, 0, 0).tolist() == [[5.0, 4.0, 3.0], [0.0, 0.0, 0.0]]
    saved = sparsified(weight, 0.5, 1, 0)
    assert saved.equal(torch.tensor([[5.0, 4.0, 0.0], [0.0, 0.0, -0.3]]))


@pytest.mark.parametrize("floor_dim", [None, 0, 1])
def test_no_more_than_the_fraction_stays_where_all_entries_tie(floor_dim: int | None) -> None:
    result = sparsified(torch.full((4, 5), -0.25), 0.5, 1, floor_dim)
    assert int(result.count_nonzero()) == 10


def test_a_matrix_with_fewer_nonzeros_stays_as_it_is() -> None:
    weight = torch.zeros(4, 5)
    weight[1, 2], weight[3, 0] = 1.0, -2.0
    assert sparsified(weight, 0.5, 1, None).equal(weight)


def test_a_fraction_of_one_keeps_all() -> None:
    weight = torch.randn(3, 4)
    assert sparsified(weight, 1.0, 2, 0).equal(weight)


def test_a_weight_that_is_nan_is_not_hidden() -> None:
    weight = torch.arange(1.0, 21.0).reshape(4, 5)
    weight[0, 0] = torch.nan
    assert sparsified(weight, 0.3, 1, 0).isnan().any()


def test_every_matrix_of_a_model_is_sparse_and_nothing_else() -> None:
    config = ModelConfig(**(TWO_LAYERS.model_dump() | {"positions": "learned"}))
    model = random_transformer(config, seed=0)
    sparse = {id(parameter) for parameter, _ in sparse_matrices(model)}
    for name, parameter in model.named_parameters():
        assert (id(parameter) in sparse) == (parameter.ndim == 2), name


def test_the_floor_counts_inputs_where_a_matrix_reads_and_outputs_where_it_writes() -> None:
    model = random_transformer(TWO_LAYERS, seed=0)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    floors = {names[id(parameter)]: dim for parameter, dim in sparse_matrices(model)}
    assert floors == {
        "embed": None,
        "unembed": None,
        **{f"layers.{i}.attn.{part}.weight": 0 for i in (0, 1) for part in ("q", "k", "v")},
        **{f"layers.{i}.attn.out.weight": 1 for i in (0, 1)},
        **{f"layers.{i}.mlp.in.weight": 0 for i in (0, 1)},
        **{f"layers.{i}.mlp.out.weight": 1 for i in (0, 1)},
    }
