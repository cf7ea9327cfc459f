"""What must hold between masked runs of one model, with no second implementation to compare."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer

from circuitspec.engine.ablation import AblationValues, mean_ablation, zero_ablation
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks, keep_nodes, keep_weights
from circuitspec.model.places import Place, layer_places, matrix_places

NEURONS = Place(0, "mlp.neuron")


def equal_masks(ours: Masks, theirs: Masks) -> bool:
    return all(
        one.keys() == other.keys() and all(one[place].equal(other[place]) for place in one)
        for one, other in ((ours.nodes, theirs.nodes), (ours.weights, theirs.weights))
    )


@given(cases())
@settings(max_examples=30)
def test_keeping_everything_is_the_full_model_exactly(case: Case) -> None:
    everything = Masks(
        {place: torch.ones_like(mask) for place, mask in case.masks.nodes.items()},
        {place: torch.ones_like(mask) for place, mask in case.masks.weights.items()},
    )
    logits = run_masked(case.model, case.tokens, everything, case.ablation)
    assert logits.equal(case.model(case.tokens))


@given(cases())
@settings(max_examples=30)
def test_no_masks_are_the_full_model_exactly(case: Case) -> None:
    logits = run_masked(case.model, case.tokens, Masks(), case.ablation)
    assert logits.equal(case.model(case.tokens))


@given(cases())
@settings(max_examples=30)
def test_the_complement_of_the_complement_is_the_mask_itself(case: Case) -> None:
    masks = case.masks
    assert equal_masks(masks.complement().complement(), masks)
    for place, mask in masks.nodes.items():
        assert (mask ^ masks.complement().nodes[place]).all()


@given(cases())
@settings(max_examples=30)
def test_masking_the_weights_into_ablated_nodes_changes_nothing(case: Case) -> None:
    """Whatever arrives at a node that says something else anyway makes no difference."""
    dead = {
        target: case.masks.nodes[target][:, None].expand(case.model.matrix(target).weight.shape)
        for target in matrix_places(case.model.config.n_layer)
        if target in case.masks.nodes and case.model.config.kept_activations(target) is None
    }
    logits = run_masked(case.model, case.tokens, Masks(case.masks.nodes), case.ablation)
    again = run_masked(case.model, case.tokens, Masks(case.masks.nodes, dead), case.ablation)
    torch.testing.assert_close(again, logits, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=30)
def test_masking_the_weights_out_of_ablated_nodes_changes_nothing(case: Case) -> None:
    """A node and every weight that reads it say the same when both are ablated."""
    nodes = case.masks.nodes
    silent = {
        target: nodes[target.source].expand(case.model.matrix(target).weight.shape)
        for target in matrix_places(case.model.config.n_layer)
        if target.source in nodes
    }
    logits = run_masked(case.model, case.tokens, Masks(nodes), case.ablation)
    again = run_masked(case.model, case.tokens, Masks(nodes, silent), case.ablation)
    torch.testing.assert_close(again, logits, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=30)
def test_masking_weights_that_are_zero_changes_nothing(case: Case) -> None:
    zeros = {
        target: case.model.matrix(target).weight != 0
        for target in matrix_places(case.model.config.n_layer)
    }
    logits = run_masked(case.model, case.tokens, Masks(case.masks.nodes), case.ablation)
    again = run_masked(case.model, case.tokens, Masks(case.masks.nodes, zeros), case.ablation)
    torch.testing.assert_close(again, logits, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=30)
def test_examples_do_not_see_each_other(case: Case) -> None:
    together = run_masked(case.model, case.tokens, case.masks, case.ablation)
    alone = [run_masked(case.model, row[None], case.masks, case.ablation)[0] for row in case.tokens]
    torch.testing.assert_close(together, torch.stack(alone), rtol=1e-9, atol=1e-9)


def test_masks_can_differ_between_examples_and_positions() -> None:
    model = random_transformer(TWO_LAYERS, seed=5)
    tokens = torch.tensor([[1, 2, 3], [1, 2, 3]])
    ablation = mean_ablation(random_means(TWO_LAYERS, seed=6))
    none = torch.zeros(TWO_LAYERS.d_mlp, dtype=torch.bool)
    per_example = torch.stack([none, ~none])[:, None]
    first, second = run_masked(model, tokens, Masks({NEURONS: per_example}), ablation)
    # Not to the bit: where no neuron is kept at all, they are not computed.
    torch.testing.assert_close(
        first, run_masked(model, tokens, Masks({NEURONS: none}), ablation)[0]
    )
    assert second.equal(model(tokens)[1])

    last_only = torch.stack([~none, ~none, none])
    logits = run_masked(model, tokens, Masks({NEURONS: last_only}), ablation)
    assert logits[:, :2].equal(model(tokens)[:, :2])
    assert not torch.allclose(logits[:, 2], model(tokens)[:, 2])


def test_what_is_replaced_as_a_whole_is_not_computed() -> None:
    model = random_transformer(TWO_LAYERS, seed=5)
    model.layers[1].mlp.get_submodule("in").weight.fill_(torch.nan)
    masks = Masks({Place(1, "mlp.out"): torch.zeros(TWO_LAYERS.d_model, dtype=torch.bool)})
    assert model(torch.tensor([[1]])).isnan().all()
    assert run_masked(model, torch.tensor([[1]]), masks, zero_ablation(TWO_LAYERS)).isfinite().all()


def test_a_masked_run_keeps_no_gradients() -> None:
    model = random_transformer(TWO_LAYERS, seed=5).requires_grad_(True)
    logits = run_masked(model, torch.tensor([[1]]), Masks(), zero_ablation(TWO_LAYERS))
    assert not logits.requires_grad


def test_ablation_values_of_a_place_that_is_kept_are_never_asked_for() -> None:
    model = random_transformer(TWO_LAYERS, seed=5)
    only = AblationValues("mean", {NEURONS: torch.zeros(TWO_LAYERS.d_mlp)})
    masks = Masks({NEURONS: torch.zeros(TWO_LAYERS.d_mlp, dtype=torch.bool)})
    run_masked(model, torch.tensor([[1]]), masks, only)
    elsewhere = Masks({Place(1, "mlp.neuron"): masks.nodes[NEURONS]})
    with pytest.raises(KeyError):
        run_masked(model, torch.tensor([[1]]), elsewhere, only)


def test_keep_nodes_keeps_these_and_ablates_the_rest_of_the_scope() -> None:
    scope = tuple(layer_places(1))
    masks = keep_nodes(TWO_LAYERS, scope, [(NEURONS, 3), (NEURONS, 0)])
    assert tuple(masks) == scope
    assert masks[NEURONS].nonzero().flatten().tolist() == [0, 3]
    assert sum(int(mask.sum()) for mask in masks.values()) == 2


@pytest.mark.parametrize(
    "node", [(Place(1, "mlp.neuron"), 0), (NEURONS, 10), (NEURONS, -1)], ids=str
)
def test_keep_nodes_refuses_a_node_outside_the_scope(node: tuple[Place, int]) -> None:
    with pytest.raises(ValueError, match="not in the scope"):
        keep_nodes(TWO_LAYERS, layer_places(1), [node])


def test_keep_weights_keeps_these_and_ablates_the_rest_of_the_matrices() -> None:
    masks = keep_weights(TWO_LAYERS, [NEURONS, Place(0, "attn.out")], [(NEURONS, 9, 7)])
    assert masks[NEURONS].shape == (10, 8)
    assert masks[NEURONS].nonzero().tolist() == [[9, 7]]
    assert masks[Place(0, "attn.out")].shape == (8, 6)
    assert not masks[Place(0, "attn.out")].any()


def test_keep_weights_refuses_an_edge_of_another_matrix() -> None:
    with pytest.raises(ValueError, match="not masked"):
        keep_weights(TWO_LAYERS, [NEURONS], [(Place(0, "mlp.out"), 0, 0)])
