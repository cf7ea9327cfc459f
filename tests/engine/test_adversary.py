"""Gates of 0 and 1 are masks; the adversary is held against trying every subset."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer

from circuitspec.engine.ablation import AblationValues, mean_ablation, paired_ablation
from circuitspec.engine.adversary import Adversary, GateTap, Rest
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masked import asked_places, run_masked
from circuitspec.engine.masks import Masks, keep_masks
from circuitspec.engine.partial import partly_ablated
from circuitspec.model.places import Place, all_places, layer_places


@st.composite
def keeping(draw: st.DrawFn) -> Case:
    """A case whose masks keep some nodes, and of the weights between them some."""
    case = draw(cases())
    config = case.model.config
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32)))
    scope = list(layer_places(config.n_layer))
    nodes = [
        (place, index)
        for place in scope
        for index in range(config.width(place))
        if torch.rand((), generator=generator) < 0.6
    ]
    kept = set(nodes)
    edges = [
        (place, row, column)
        for place in scope
        if place.source is not None
        for row, column in case.model.matrix(place).weight.nonzero().tolist()
        if (place, row) in kept and (place.source, column) in kept
        if torch.rand((), generator=generator) < 0.5
    ]
    masks = keep_masks(config, scope, nodes, draw(st.sampled_from([None, edges])))
    return Case(case.model, case.tokens, masks, case.ablation)


@given(keeping(), st.integers(0, 2**32))
@settings(max_examples=100)
def test_gates_of_zero_and_one_are_masks(case: Case, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    rest = Rest.of(case.model, case.masks)
    live = torch.rand(rest.size, generator=generator) < 0.5
    tap = GateTap(case.model, rest, live.double(), case.ablation)
    with torch.no_grad():
        logits = case.model(case.tokens, tap)

    # The same in masks, entry by entry.
    pieces = iter(live.split([x.shape[-1] for x in (*rest.nodes.values(), *rest.weights.values())]))
    nodes = {place: mask.clone() for place, mask in case.masks.nodes.items()}
    for place, indices in rest.nodes.items():
        nodes[place][indices] = next(pieces)
    weights = {}
    for target, entries in rest.weights.items():
        mask = torch.ones_like(case.masks.weights[target])
        for row, column, alive in zip(*entries.tolist(), next(pieces).tolist(), strict=True):
            assert not case.masks.weights[target][row, column]
            mask[row, column] = alive
        weights[target] = mask
    expected = run_masked(case.model, case.tokens, Masks(nodes, weights), case.ablation)
    torch.testing.assert_close(logits.expand_as(expected), expected, rtol=1e-9, atol=1e-9)


@given(keeping())
@settings(max_examples=50)
def test_with_all_of_the_rest_ablated_there_is_the_circuit_alone(case: Case) -> None:
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation)
    rest = Rest.of(case.model, case.masks)
    tap = GateTap(case.model, rest, torch.zeros(rest.size, dtype=torch.float64), case.ablation)
    with torch.no_grad():
        logits = case.model(case.tokens, tap)
    torch.testing.assert_close(logits.expand_as(expected), expected, rtol=1e-9, atol=1e-9)
    every = partly_ablated(case.masks, 1.0, torch.Generator().manual_seed(0))
    logits = run_masked(case.model, case.tokens, every, case.ablation)
    torch.testing.assert_close(logits, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_it_finds_nearly_what_trying_every_subset_finds(seed: int) -> None:
    """On ten gates. What it finds is never more than there is, nor less than its starts."""
    model = random_transformer(TWO_LAYERS, seed=seed, dtype=torch.float64)
    ablation = mean_ablation(random_means(TWO_LAYERS, seed=seed))
    places = (Place(0, "attn.out"), Place(1, "mlp.neuron"))
    masks = Masks({place: torch.ones(TWO_LAYERS.width(place)).bool() for place in places})
    masks.nodes[places[0]][:5] = False
    masks.nodes[places[1]][3:8] = False
    rest = Rest.of(model, masks)
    tokens = torch.tensor([[0, 1, 2], [3, 4, 5]])

    def loss(logits: Sequence[torch.Tensor]) -> torch.Tensor:
        return torch.nn.functional.softplus(logits[0][:, 1] - logits[0][:, 2]).mean()

    def value(ablated: torch.Tensor) -> float:
        tap = GateTap(model, rest, (~ablated).double(), ablation)
        with torch.no_grad():
            return float(loss([model(tokens, tap)[:, -1]]))

    every = [value(torch.tensor(bits)) for bits in itertools.product([False, True], repeat=10)]
    starts = (torch.ones(10).bool(), torch.arange(10) % 2 == 0)
    found = Adversary(model, ablation, rest).attack([tokens], loss, starts)
    assert found.loss == pytest.approx(value(found.ablated), rel=1e-9)
    assert max(map(value, starts)) <= found.loss <= max(every) + 1e-9
    # The best of a tenth of all subsets, at least.
    assert found.loss >= sorted(every)[-len(every) // 10]
    (logits,) = found.logits
    assert float(loss([logits])) == pytest.approx(found.loss)


@given(keeping())
@settings(max_examples=60)
def test_values_at_places_that_are_not_asked_for_do_not_matter(case: Case) -> None:
    asked = asked_places(case.masks)
    nowhere = {
        place: case.ablation[place] if place in asked else torch.full_like(value, torch.nan)
        for place, value in case.ablation.values.items()
    }
    logits = run_masked(case.model, case.tokens, case.masks, AblationValues("nan", nowhere))
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation)
    torch.testing.assert_close(logits, expected, rtol=0.0, atol=0.0)


@pytest.mark.parametrize("edges", [False, True])
def test_the_compiled_run_has_the_gradient_of_the_ablation_values(edges: bool) -> None:
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    scope = list(layer_places(TWO_LAYERS.n_layer))
    nodes = [
        (place, index)
        for place in scope
        for index in range(TWO_LAYERS.width(place))
        if torch.rand((), generator=generator) < 0.5
    ]
    kept = set(nodes)
    listed = [
        (place, row, column)
        for place in scope
        if place.source is not None
        for row, column in model.matrix(place).weight.nonzero().tolist()
        if (place, row) in kept and (place.source, column) in kept and (row + column) % 2
    ]
    masks = keep_masks(TWO_LAYERS, scope, nodes, listed if edges else None)
    means = random_means(TWO_LAYERS, seed=2)
    tokens = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 0]])

    def run(*values: torch.Tensor) -> torch.Tensor:
        given = {**{p: means[p].double() for p in all_places(2)}, **dict(zip(scope, values))}  # noqa: B905
        logits = Compiler.of(model, AblationValues("learnt", given))(masks)(tokens, last_only=True)
        return logits.square().sum()

    assert torch.autograd.gradcheck(run, [means[p].double().requires_grad_() for p in scope])


def test_paired_values_are_those_of_the_other_prompt() -> None:
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    tokens = torch.tensor([[0, 1, 2], [3, 1, 2], [4, 5, 6], [0, 5, 6]])
    places = list(layer_places(TWO_LAYERS.n_layer))
    swapped = paired_ablation(model, tokens, places)
    assert set(swapped.values) == set(places)
    # Where all blocks say what they say after the other prompt, all that is left of the prompt
    # itself is its embedding.
    nothing = Masks({p: torch.zeros(TWO_LAYERS.width(p), dtype=torch.bool) for p in places})
    logits = run_masked(model, tokens, nothing, swapped)
    other = tokens[[1, 0, 3, 2]]
    written = sum(
        paired_ablation(model, other, places)[Place(layer, part)]
        for layer in (0, 1)
        for part in ("attn.out", "mlp.out")  # type: ignore[misc]
    )
    own = sum(swapped[Place(layer, part)] for layer in (0, 1) for part in ("attn.out", "mlp.out"))  # type: ignore[misc]
    expected = model.norm(model.embed[tokens] + own) @ model.unembed.T
    torch.testing.assert_close(logits, expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(written[[1, 0, 3, 2]], own, rtol=1e-9, atol=1e-9)  # type: ignore[index]
