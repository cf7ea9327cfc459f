"""Bisection and greedy removal, held against brute force on made-up losses."""

from __future__ import annotations

from itertools import combinations

import torch
from hypothesis import given
from hypothesis import strategies as st
from support.planted import PLANTED, planted_model, quote_task

from circuitspec.circuit.nodes import Node
from circuitspec.discovery.shrink import (
    KeepLoss,
    best_scored,
    fewest_that_suffice,
    remove_greedily,
)
from circuitspec.engine.ablation import mean_ablation
from circuitspec.model.places import Place, layer_places
from circuitspec.tasks.tokens import tokenize_pairs

PLACE = Place(0, "mlp.neuron")


def nodes(*indices: int) -> frozenset[Node]:
    return frozenset(Node(PLACE, index) for index in indices)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.data())
def test_the_best_scored_are_the_best(values, data):
    count = data.draw(st.integers(0, len(values)))
    half = len(values) // 2
    other = Place(1, "attn.q")
    scores = {PLACE: torch.tensor(values[:half]), other: torch.tensor(values[half:])}
    chosen = best_scored(scores, count)
    assert len(chosen) == count
    kept = [float(scores[node.place][node.index]) for node in chosen]
    everything = sorted((float(v) for t in scores.values() for v in t), reverse=True)
    assert sorted(kept, reverse=True) == everything[:count]


@given(st.sets(st.integers(0, 6)), st.floats(0, 7))
def test_greedy_removal_ends_where_no_single_unit_can_go(start, target):
    def loss(kept: frozenset[Node]) -> float:
        return sum(1.0 for index in (1, 3, 5) if Node(PLACE, index) not in kept)

    kept = remove_greedily(nodes(*start), loss, target)
    assert kept <= nodes(*start)
    if loss(nodes(*start)) <= target:
        assert loss(kept) <= target
        assert all(loss(kept - {node}) > target for node in kept)


def test_greedy_removal_meets_the_optimum_where_costs_add_up():
    costs = {index: 0.1 * index for index in range(7)}

    def loss(kept: frozenset[Node]) -> float:
        return sum(cost for index, cost in costs.items() if Node(PLACE, index) not in kept)

    kept = remove_greedily(nodes(*costs), loss, 0.75)
    smallest = min(
        size
        for size in range(8)
        for subset in combinations(costs, size)
        if loss(nodes(*subset)) <= 0.75
    )
    assert len(kept) == smallest


def test_bisection_measures_what_it_returns():
    model = planted_model()
    batches = tokenize_pairs(quote_task().finding, model.tokenizer)
    scope = tuple(layer_places(model.config.n_layer))
    loss = KeepLoss(model.transformer, batches, mean_ablation(model.reference.means), scope)
    scores = {place: torch.zeros(model.config.width(place)) for place in scope}
    for node in PLANTED:
        scores[node.place][node.index] = 1.0
    kept = fewest_that_suffice(scores, loss, 0.1, most=20)
    assert kept is not None
    assert kept <= PLANTED
    assert loss(kept) <= 0.1
    assert fewest_that_suffice(scores, loss, 0.1, most=0) is None
