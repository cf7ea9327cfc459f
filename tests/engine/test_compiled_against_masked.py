"""The compiled run equals the masked run, which equals the plain reference."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer

from circuitspec.engine.ablation import AblationValues, mean_ablation
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks
from circuitspec.model.places import Place, all_places


def compiled(case: Case, *, last_only: bool = False) -> torch.Tensor:
    with torch.no_grad():
        return Compiler.of(case.model, case.ablation)(case.masks)(case.tokens, last_only=last_only)


@given(cases())
@settings(max_examples=200)
def test_it_says_what_the_masked_run_says(case: Case) -> None:
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation)
    result = compiled(case)
    torch.testing.assert_close(result.expand_as(expected), expected, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=100)
def test_the_last_position_alone_is_the_same(case: Case) -> None:
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation)[:, -1:]
    result = compiled(case, last_only=True)
    torch.testing.assert_close(result.expand_as(expected), expected, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=100)
def test_gates_of_zero_and_one_are_masks(case: Case) -> None:
    """Keeping everything behind gates that are the masks is running under the masks."""
    compiler = Compiler.of(case.model, case.ablation)
    gates = {place: mask.double() for place, mask in case.masks.nodes.items()}
    run = compiler(Masks({}, case.masks.weights))
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation)
    with torch.no_grad():
        result = run(case.tokens, gates)
    torch.testing.assert_close(result.expand_as(expected), expected, rtol=1e-9, atol=1e-9)


def test_gates_have_the_gradient_of_the_masked_value() -> None:
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    ablation = mean_ablation(random_means(TWO_LAYERS, seed=2))
    places = list(all_places(TWO_LAYERS.n_layer))
    run = Compiler.of(model, ablation)(Masks())
    generator = torch.Generator().manual_seed(0)
    gates = {
        place: torch.rand(TWO_LAYERS.width(place), generator=generator, dtype=torch.float64)
        for place in places
    }
    tokens = torch.tensor([[0, 1, 2, 3]])

    def loss(*values: torch.Tensor) -> torch.Tensor:
        return run(tokens, dict(zip(places, values, strict=True)), last_only=True).square().sum()

    values = tuple(gate.requires_grad_() for gate in gates.values())
    assert torch.autograd.gradcheck(loss, values)


def test_values_per_example_are_refused() -> None:
    model = random_transformer(TWO_LAYERS, seed=1)
    values = {p: torch.zeros(TWO_LAYERS.width(p)) for p in all_places(TWO_LAYERS.n_layer)}
    values[Place(0, "mlp.in")] = torch.zeros(3, 1, TWO_LAYERS.d_model)
    with pytest.raises(ValueError, match=r"L0.mlp.in has ablation values per example"):
        Compiler.of(model, AblationValues("resample", values))
