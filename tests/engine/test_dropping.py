"""A run with a few things dropped equals the masked run, from wherever it begins."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer

from circuitspec.circuit.nodes import Edge, Node
from circuitspec.engine import dropping
from circuitspec.engine.ablation import AblationValues, mean_ablation
from circuitspec.engine.dropping import Dropped, Dropper
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks, keep_nodes, keep_weights
from circuitspec.model.places import Place, all_places


def as_dropped(masks: Masks) -> Dropped:
    nodes = {
        place: (~mask).nonzero()[:, 0] for place, mask in masks.nodes.items() if not mask.all()
    }
    weights = {}
    for target, mask in masks.weights.items():
        rows, columns = (~mask).nonzero(as_tuple=True)
        if len(rows):
            weights[target] = rows, columns
    return Dropped(nodes, weights)


@given(cases())
@settings(max_examples=150)
@pytest.mark.parametrize("dense", [0.0, 1.0])
def test_it_is_the_masked_run(dense: float, case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dropping, "_DENSE", dense)
        dropper = Dropper(case.model, case.ablation)
    dropped = as_dropped(case.masks)
    expected = run_masked(case.model, case.tokens, case.masks, case.ablation).numpy()
    np.testing.assert_allclose(dropper(case.tokens, dropped), expected, rtol=1e-8, atol=1e-8)
    last = dropper(case.tokens, dropped, last_only=True)
    np.testing.assert_allclose(last, expected[:, -1:], rtol=1e-8, atol=1e-8)
    first = dropped.first
    if first is not None and not any(place.layer is None for place in dropped.nodes):
        prefix = dropper.prefix(case.tokens, first)
        again = dropper(case.tokens, dropped, prefix=prefix, last_only=True)
        np.testing.assert_allclose(again, last, rtol=1e-12, atol=1e-12)


def test_nodes_and_edges_by_name() -> None:
    model = random_transformer(TWO_LAYERS, seed=3, dtype=torch.float64)
    ablation = mean_ablation(random_means(TWO_LAYERS, seed=4))
    neuron, out, value = Place(1, "mlp.neuron"), Place(1, "mlp.out"), Place(0, "attn.v")
    edges = [Edge(Node(neuron, 2), Node(out, 5), 1.0), Edge(Node(neuron, 9), Node(out, 0), 1.0)]
    kept = keep_nodes(TWO_LAYERS, [value], [(value, 1), (value, 4)])
    masks = Masks(
        {place: ~mask for place, mask in kept.items()},
        {out: ~keep_weights(TWO_LAYERS, [out], [(out, 5, 2), (out, 0, 9)])[out]},
    )
    tokens = torch.tensor([[0, 1, 2, 3], [3, 2, 6, 5]])
    dropped = Dropped.of([Node(value, 1), Node(value, 4)], edges)
    assert dropped.first == (0, "attn")
    assert Dropped.of(edges=edges).first == (1, "mlp")
    assert Dropped().first is None
    expected = run_masked(model, tokens, masks, ablation)
    torch.testing.assert_close(Dropper(model, ablation)(tokens, dropped), expected)


def test_values_per_example_are_refused() -> None:
    values = {place: torch.zeros(1, 3, TWO_LAYERS.width(place)) for place in all_places(2)}
    with pytest.raises(ValueError, match="use run_masked"):
        Dropper(random_transformer(TWO_LAYERS, seed=3), AblationValues("resample", values))
