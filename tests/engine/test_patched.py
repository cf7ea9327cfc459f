"""Runs with values of other runs: against masked runs that say the same in other words."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer
from torch import Tensor

from circuitspec.engine.ablation import AblationValues, mean_ablation
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks
from circuitspec.engine.patched import Columns, Patch, columns_of, run_patched, run_watched
from circuitspec.model.places import EMBED, Place, all_places
from circuitspec.model.transformer import Transformer

TOKENS = torch.tensor([[1, 2, 3, 4], [1, 5, 3, 4]])
PLACES = tuple(all_places(TWO_LAYERS.n_layer))


def model() -> Transformer:
    return random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)


def values_like(columns: Columns, tokens: Tensor) -> dict[Place, Tensor]:
    generator = torch.Generator().manual_seed(5)
    return {
        place: torch.randn(*tokens.shape, len(indices), generator=generator, dtype=torch.float64)
        for place, indices in columns.items()
    }


def test_columns_are_in_forward_order_and_each_once() -> None:
    late, early = Place(1, "mlp.out"), Place(0, "attn.v")
    columns = columns_of([(late, 2), (early, 3), (late, 0), (late, 2)])
    assert list(columns) == [early, late]
    assert columns[late].tolist() == [0, 2]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_patch_is_an_ablation_with_its_values(place: Place) -> None:
    columns = columns_of([(place, 0), (place, 2)])
    values = values_like(columns, TOKENS)
    mask = torch.ones(TWO_LAYERS.width(place), dtype=torch.bool)
    mask[[0, 2]] = False
    whole = torch.zeros(*TOKENS.shape, TWO_LAYERS.width(place), dtype=torch.float64)
    whole[..., columns[place]] = values[place]
    expected = run_masked(
        model(), TOKENS, Masks({place: mask}), AblationValues("given", {place: whole})
    )
    found = run_patched(model(), TOKENS, Patch(columns, values))
    torch.testing.assert_close(found, expected)
    assert (found - model()(TOKENS)).abs().max() > 1e-6


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_what_a_run_says_itself_changes_nothing(place: Place) -> None:
    columns = columns_of([(place, 1), (place, 2)])
    logits, values = run_watched(model(), TOKENS, columns)
    torch.testing.assert_close(logits, model()(TOKENS))
    torch.testing.assert_close(run_patched(model(), TOKENS, Patch(columns, values)), logits)


def test_all_of_the_embedding_swapped_where_prompts_differ_is_the_other_prompt() -> None:
    columns = columns_of((EMBED, index) for index in range(TWO_LAYERS.d_model))
    logits, values = run_watched(model(), TOKENS, columns)
    swapped = {EMBED: values[EMBED].flip(0)}
    differ = (TOKENS[0] != TOKENS[1]).expand(2, -1)
    assert differ.sum() == 2
    found = run_patched(model(), TOKENS, Patch(columns, swapped, differ))
    torch.testing.assert_close(found, logits.flip(0))


def test_a_patch_elsewhere_leaves_the_past_alone() -> None:
    columns = columns_of([(Place(0, "attn.out"), 1)])
    positions = torch.zeros(TOKENS.shape, dtype=torch.bool)
    positions[:, 2] = True
    found = run_patched(model(), TOKENS, Patch(columns, values_like(columns, TOKENS), positions))
    change = (found - model()(TOKENS)).abs().amax(dim=(0, 2))
    assert (change[:2] < 1e-12).all()
    assert (change[2:] > 1e-6).all()


@given(cases(), st.integers(0, 2**16))
@settings(max_examples=80, deadline=None)
def test_under_masks_it_is_the_masked_run_with_its_own_values(case: Case, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    config = case.model.config
    columns = columns_of(
        (place, int(torch.randint(config.width(place), (1,), generator=generator)))
        for place in all_places(config.n_layer)
    )
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation)
    logits, values = run_watched(case.model, case.tokens, columns, case.masks, case.ablation)
    torch.testing.assert_close(logits, expected, rtol=1e-9, atol=1e-9)
    for place, indices in columns.items():
        assert values[place].shape == (*case.tokens.shape, len(indices))
    again = run_patched(case.model, case.tokens, Patch(columns, values), case.masks, case.ablation)
    torch.testing.assert_close(again, expected, rtol=1e-9, atol=1e-9)


def test_in_an_ablated_place_a_patch_is_heard() -> None:
    place = Place(1, "mlp.neuron")
    nothing = Masks({place: torch.zeros(TWO_LAYERS.width(place), dtype=torch.bool)})
    means = AblationValues(
        "mean",
        {p: v.double() for p, v in mean_ablation(random_means(TWO_LAYERS, seed=0)).values.items()},
    )
    columns = columns_of([(place, 4)])
    _, said = run_watched(model(), TOKENS, columns, nothing, means)
    torch.testing.assert_close(said[place], means[place][4].expand(*TOKENS.shape, 1))
    values = values_like(columns, TOKENS)
    other = means[place].expand(*TOKENS.shape, -1).clone()
    other[..., 4:5] = values[place]
    expected = run_masked(
        model(), TOKENS, nothing, AblationValues("given", {**means.values, place: other})
    )
    found = run_patched(model(), TOKENS, Patch(columns, values), nothing, means)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("part", ["attn.q", "attn.v", "mlp.in", "mlp.neuron"])
def test_a_node_is_watched_whose_block_writes_nothing(part: str) -> None:
    place = Place(0, part)  # type: ignore[arg-type]
    emptied = {
        Place(0, out): torch.zeros(TWO_LAYERS.d_model, dtype=torch.bool)  # type: ignore[arg-type]
        for out in ("attn.out", "mlp.out")
    }
    means = mean_ablation(random_means(TWO_LAYERS, seed=2))
    columns = columns_of([(place, 1)])
    _, found = run_watched(model(), TOKENS, columns, Masks(emptied), means)
    assert found[place].shape == (*TOKENS.shape, 1)
    if part.startswith("attn"):  # nothing before it is ablated
        _, full = run_watched(model(), TOKENS, columns)
        torch.testing.assert_close(found[place], full[place])
