"""Ranking and removal, held against brute force on made-up losses."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.planted import PLANTED, planted_model, quote_task

from circuitspec.circuit.nodes import Edge, Node, parse_node
from circuitspec.discovery.goal import Goal, Keeping, Kept
from circuitspec.discovery.rank import best_scored, fewest_that_suffice
from circuitspec.discovery.remove import remove_cheapest
from circuitspec.discovery.search_circuit import Discovery, Ground
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import keep_masks
from circuitspec.model.places import Place
from circuitspec.tasks.scores import score_pairs

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
def test_removal_ends_where_no_single_unit_can_go(start, target):
    def keep(kept: frozenset[Node]) -> Kept:
        missing = sum(1.0 for index in (1, 3, 5) if Node(PLACE, index) not in kept)
        return Kept(loss=missing, accuracy=1.0)

    goal = Goal("loss", target)
    kept = remove_cheapest(nodes(*start), keep, lambda after, cost: goal.met(after))
    assert kept <= nodes(*start)
    if goal.met(keep(nodes(*start))):
        assert goal.met(keep(kept))
        assert not any(goal.met(keep(kept - {node})) for node in kept)


def test_removal_meets_the_optimum_where_costs_add_up():
    costs = {index: 0.1 * index for index in range(7)}

    def keep(kept: frozenset[Node]) -> Kept:
        loss = sum(cost for index, cost in costs.items() if Node(PLACE, index) not in kept)
        return Kept(loss, 1.0)

    def fits(kept: Kept, cost: float) -> bool:
        return kept.loss <= 0.75

    kept = remove_cheapest(nodes(*costs), keep, fits)
    smallest = min(
        size
        for size in range(8)
        for subset in combinations(costs, size)
        if keep(nodes(*subset)).loss <= 0.75
    )
    assert len(kept) == smallest


def test_a_unit_that_became_dear_lets_another_go_first():
    """0 and 1 stand in for each other: after one is gone, the other is worth more than 2."""

    def keep(kept: frozenset[Node]) -> Kept:
        held = {node.index for node in kept}
        return Kept((0.0 if held & {0, 1} else 0.5) + (0.0 if 2 in held else 0.2), 1.0)

    kept = remove_cheapest(nodes(0, 1, 2), keep, lambda after, cost: after.loss <= 0.3)
    assert kept in (nodes(0), nodes(1))


def test_what_costs_less_than_a_stated_amount_goes_and_nothing_else():
    costs = {0: 0.001, 1: 0.004, 2: 0.01, 3: -0.02}

    def keep(kept: frozenset[Node]) -> Kept:
        return Kept(sum(c for i, c in costs.items() if Node(PLACE, i) not in kept), 1.0)

    kept = remove_cheapest(nodes(*costs), keep, lambda after, cost: cost < 0.005)
    assert kept == nodes(2)


def test_a_goal_of_accuracy_and_an_undefined_loss():
    assert Goal("accuracy", 0.95).met(Kept(loss=3.0, accuracy=0.95))
    assert not Goal("accuracy", 0.95).met(Kept(loss=0.0, accuracy=0.9))
    assert not Goal("accuracy", 0.5).met(Kept(loss=float("inf"), accuracy=1.0))
    assert not Goal("loss", 1e9).met(Kept(loss=float("inf"), accuracy=1.0))


def test_a_goal_of_a_loss_holds_for_every_template():
    goal = Goal("loss", 0.1, hardest=2.0)
    assert goal.met(Kept(0.1, 1.0, by_template=(0.0, 0.2)))
    assert not goal.met(Kept(0.1, 1.0, by_template=(0.0, 0.21)))
    assert not goal.met(Kept(0.11, 1.0, by_template=(0.11, 0.11)))
    assert Goal("loss", 0.1, hardest=math.inf).met(Kept(0.1, 1.0, by_template=(0.0, 9.0)))
    assert goal.met(Kept(0.1, 1.0))
    assert Goal("accuracy", 0.5).met(Kept(0.1, 0.5, by_template=(0.0, 9.0)))


@given(st.lists(st.floats(0, 5), min_size=2, max_size=12))
def test_the_deviation_is_the_standard_error_of_a_difference_of_means(losses):
    """Of two independent means of n losses, whose variances s^2 / n add."""
    kept = Kept(0.0, 1.0, by_template=tuple(losses))
    expected = (2 * np.var(losses, ddof=1) / len(losses)) ** 0.5
    assert kept.deviation == pytest.approx(expected, abs=1e-9)
    assert Kept(0.3, 1.0).deviation == Kept(0.3, 1.0, by_template=(0.3,)).deviation == 0.0


def ground() -> Ground:
    return Ground.of(planted_model(), quote_task(), Discovery(pairs=64))


def test_bisection_measures_what_it_returns():
    here = ground()
    scores = {place: torch.zeros(here.model.config.width(place)) for place in here.scope}
    for node in PLANTED:
        scores[node.place][node.index] = 1.0
    goal = Goal("loss", 0.1)
    kept = fewest_that_suffice(scores, here.keeping, goal, first=2)
    assert kept is not None
    assert kept <= PLANTED
    assert goal.met(here.keeping(kept))
    assert kept == fewest_that_suffice(scores, here.keeping, goal, first=20)
    assert fewest_that_suffice(scores, here.keeping, Goal("loss", 1e-12), first=1) is None


@given(st.sets(st.sampled_from(sorted(PLANTED, key=str))))
def test_what_is_kept_is_measured_as_the_masked_run_measures_it(kept):
    here = ground()
    result = here.keeping(frozenset(kept))
    masks = keep_masks(here.model.config, here.scope, ((n.place, n.index) for n in kept), None)
    scores = score_pairs(
        here.keeping.batches,
        lambda tokens: run_masked(here.model.transformer, tokens, masks, here.ablation),
    )
    assert abs(result.loss - float(scores.loss.mean())) < 1e-6
    by_template: dict[str, list[float]] = {}
    for pair, loss in zip(here.task.finding[:64], scores.loss.tolist(), strict=True):
        by_template.setdefault(pair.template, []).append(loss)
    assert result.by_template == pytest.approx([sum(x) / len(x) for x in by_template.values()])
    assert result.accuracy == float(scores.right.double().mean())


def test_a_loss_that_is_not_a_number_is_infinite():
    here = ground()
    broken = Keeping(here.keeping.compiler, here.keeping.batches, here.scope)
    with torch.no_grad():
        here.model.transformer.unembed.fill_(torch.nan)
    assert broken(PLANTED) == Kept(loss=float("inf"), accuracy=0.0)


@given(st.sampled_from(["L0.attn.in[3]", "L12.mlp.neuron[0]", "embed[7]", "final[1]"]))
def test_a_node_is_read_back_from_its_name(name):
    assert str(parse_node(name)) == name


def test_edges_and_nodes_can_tie():
    """Units of two kinds have orders that do not compare; what breaks a tie must not fail."""
    source, target = Node(Place(0, "mlp.in"), 0), Node(PLACE, 0)
    units = frozenset({source, target, Edge(source, target, 1.0)})
    kept = remove_cheapest(units, lambda kept: Kept(0.0, 1.0), lambda after, cost: True)
    assert kept == frozenset()
