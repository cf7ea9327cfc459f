"""The masked run equals the plain reference, whatever the model, the masks and the ablation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.plain_reference import reference_logits
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer

from circuitspec.engine.ablation import AblationValues, mean_ablation, zero_ablation
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import EMBED, FINAL, Place, all_places, matrix_places
from circuitspec.model.transformer import Tap


def assert_equals_reference(case: Case, *, tolerance: float) -> None:
    logits = run_masked(case.model, case.tokens, case.masks, case.ablation)
    assert logits.dtype == case.model.embed.dtype
    expected = reference_logits(case.model, case.tokens, case.masks, case.ablation)
    np.testing.assert_allclose(logits.numpy(), expected, rtol=tolerance, atol=tolerance)


@given(cases())
@settings(max_examples=150)
def test_in_float64(case: Case) -> None:
    assert_equals_reference(case, tolerance=1e-9)


# Without AbsTopK: where two activations are within a rounding error of each other, float32 may
# keep one and float64 the other.
@given(cases(dtype=torch.float32, sparse_activations=False))
@settings(max_examples=75)
def test_in_float32(case: Case) -> None:
    assert_equals_reference(case, tolerance=2e-4)


@pytest.mark.parametrize("norm_eps", [None, 0.0])
def test_without_an_epsilon_of_its_own(norm_eps: float | None) -> None:
    config = ModelConfig(**(TWO_LAYERS.model_dump() | {"norm_eps": norm_eps}))
    model = random_transformer(config, seed=3)
    case = Case(model, torch.tensor([[1, 2, 3]]), Masks(), zero_ablation(config))
    assert_equals_reference(case, tolerance=1e-5)


@pytest.mark.parametrize("place", tuple(all_places(TWO_LAYERS.n_layer)), ids=str)
def test_a_node_of_any_place_can_be_ablated(place: Place) -> None:
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    ablation = mean_ablation(random_means(TWO_LAYERS, seed=2))
    tokens = torch.tensor([[0, 1, 2, 3, 4, 5]])
    mask = torch.ones(TWO_LAYERS.width(place), dtype=torch.bool)
    mask[1] = False
    case = Case(model, tokens, Masks({place: mask}), ablation)
    assert_equals_reference(case, tolerance=1e-9)
    # The comparison would also pass if neither run ever ablated anything.
    assert not torch.allclose(run_masked(model, tokens, case.masks, ablation), model(tokens))


@pytest.mark.parametrize("target", tuple(matrix_places(TWO_LAYERS.n_layer)), ids=str)
def test_a_weight_of_any_matrix_can_be_ablated(target: Place) -> None:
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    ablation = mean_ablation(random_means(TWO_LAYERS, seed=2))
    tokens = torch.tensor([[0, 1, 2, 3, 4, 5]])
    mask = torch.ones(model.matrix(target).weight.shape, dtype=torch.bool)
    mask[1, 2] = False
    case = Case(model, tokens, Masks({}, {target: mask}), ablation)
    assert_equals_reference(case, tolerance=1e-9)
    assert not torch.allclose(run_masked(model, tokens, case.masks, ablation), model(tokens))


@given(cases(), st.integers(0, 2**32))
@settings(max_examples=40)
def test_each_example_can_have_its_own_ablation_values(case: Case, seed: int) -> None:
    """[example, 1, width] is what running each example alone with its own [width] gives."""
    generator = torch.Generator().manual_seed(seed)
    config = case.model.config
    own = {
        place: torch.randn(
            len(case.tokens), config.width(place), generator=generator, dtype=torch.float64
        )
        for place in all_places(config.n_layer)
    }
    together = AblationValues("resample", {place: v[:, None] for place, v in own.items()})
    logits = run_masked(case.model, case.tokens, case.masks, together)
    for example, row in enumerate(logits):
        alone = AblationValues("resample", {place: v[example] for place, v in own.items()})
        single = replace(case, tokens=case.tokens[example : example + 1], ablation=alone)
        expected = reference_logits(single.model, single.tokens, single.masks, alone)[0]
        np.testing.assert_allclose(row.numpy(), expected, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=40)
def test_each_position_can_have_its_own_ablation_values(case: Case) -> None:
    """Ablated at every place by what the run itself says there, the model is left as it was."""
    seen: dict[Place, torch.Tensor] = {}
    case.model(case.tokens, _Recorder(seen))
    unmasked = {p: ~torch.zeros_like(m) for p, m in case.masks.nodes.items()}
    for masks in (case.masks, Masks(case.masks.nodes), Masks(unmasked, case.masks.weights)):
        logits = run_masked(case.model, case.tokens, masks, AblationValues("itself", seen))
        torch.testing.assert_close(logits, case.model(case.tokens), rtol=1e-9, atol=1e-9)


class _Recorder(Tap):
    """A tap that changes nothing and remembers everything."""

    def __init__(self, seen: dict[Place, torch.Tensor]) -> None:
        self.seen = seen

    def activation(self, place: Place, value: torch.Tensor) -> torch.Tensor:
        self.seen[place] = value
        return value


def test_the_embedding_and_the_last_residual_are_touched_only_when_masked() -> None:
    model = random_transformer(TWO_LAYERS, seed=1)
    tokens = torch.tensor([[0, 1, 2]])
    everything_inside = {
        place: torch.zeros(TWO_LAYERS.width(place), dtype=torch.bool)
        for place in all_places(TWO_LAYERS.n_layer)
        if place not in (EMBED, FINAL)
    }
    logits = run_masked(model, tokens, Masks(everything_inside), zero_ablation(TWO_LAYERS))
    expected = model.norm(model.embed[tokens]) @ model.unembed.T
    torch.testing.assert_close(logits, expected)
