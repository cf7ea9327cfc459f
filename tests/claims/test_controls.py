"""Dropping circuits, random sets and other circuits; held-out text; sets taken out of both."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.claims.controls.complete import halves
from circuitspec.claims.controls.other_circuits import weigh_other_circuits
from circuitspec.claims.controls.random_circuits import (
    LEAST,
    MOST,
    pool_of,
    weigh_random_circuits,
)
from circuitspec.claims.measure import Measurements, quiet
from circuitspec.claims.store import Store
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks, keep_nodes
from circuitspec.language.claim_words import Control
from circuitspec.language.claims import Beats, Complete, Specific
from circuitspec.model.folder import Model
from circuitspec.model.places import Place
from circuitspec.statistics.estimate import Estimate, side
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.task import Pair, Task
from circuitspec.tasks.tokens import tokenize_pairs

from .routes import CONFIG, WORDS, judged, routes_circuit, routes_model, routes_task

VALUE = "  node carry = L0.attn.v[0]\n"
EDGES = "  edge begins -> carry : +\n  edge carry -> answer : +\n"


def estimate_of(found: Weighed) -> Estimate:
    assert found.vacuous is None
    assert found.question is not None
    return found.question.estimate


def beats(control: Control, threshold: float) -> Beats:
    return Beats(control=control, metric="share", threshold=threshold)


def trial_of(circuit: Circuit, task: Task | None = None, *, seed: int = 0) -> Trial:
    task = routes_task() if task is None else task
    return Trial(Measurements(circuit, task, 1, quiet), seed=seed)


def one_way_model() -> Model:
    """The first way alone leads to the answer; the second is as lively and leads nowhere."""
    return routes_model(second=False)


class TestRandomCircuits:
    def test_what_is_drawn_has_the_circuits_shape_and_lives(self) -> None:
        pool = pool_of(trial_of(routes_circuit()), "nodes")
        # Of eight channels two say "a", of two values both do; all others are always zero.
        live = {str(place): found.tolist() for place, found in pool.live.items()}
        assert live == {"L0.attn.in": [0, 4], "L0.attn.v": [0, 1], "L0.attn.out": [2, 6]}
        assert (pool.count, pool.size) == (3, 6)
        drawn = [pool.draw(0, index) for index in range(200)]
        for one in drawn:
            assert {place: len(found) for place, found in one.nodes.items()} == pool.counts
            assert not one.weights
        seen = {tuple(int(found[0]) for found in one.nodes.values()) for one in drawn}
        assert len(seen) == 8

    def test_weights_are_drawn_by_matrix(self) -> None:
        model = one_way_model()
        # A weight from a channel that is always zero: no control.
        model.transformer.matrix(Place(0, "attn.v")).weight[1, 5] = 1.0
        pool = pool_of(trial_of(routes_circuit(model, edges=EDGES)), "weights")
        entries = {str(place): found.tolist() for place, found in pool.live.items()}
        assert entries == {"L0.attn.v": [[0, 0], [1, 4]], "L0.attn.out": [[2, 0], [6, 1]]}
        rows, columns = pool.draw(3, 5).weights[Place(0, "attn.v")]
        assert [int(rows[0]), int(columns[0])] in [[0, 0], [1, 4]]

    def test_draws_follow_from_seed_and_number(self) -> None:
        pool = pool_of(trial_of(routes_circuit()), "nodes")

        def shown(seed: int) -> list[list[int]]:
            drawn = (pool.draw(seed, index) for index in range(20))
            return [[int(found[0]) for found in one.nodes.values()] for one in drawn]

        assert shown(0) == shown(0)
        assert shown(0) != shown(1)

    @pytest.mark.parametrize(("threshold", "verdict"), [(0.25, "confirmed"), (0.75, "refuted")])
    def test_half_of_all_sets_are_as_bad(self, threshold: float, verdict: str) -> None:
        """Of the two live values one carries the answer; to draw it is a tie and no success."""
        claim = beats("random_circuits", threshold)
        # A value that nobody hears is vacuous as a circuit; dropped from the model it is not.
        found = weigh_random_circuits(claim, trial_of(routes_circuit(one_way_model(), nodes=VALUE)))
        estimate = estimate_of(found)
        assert side(estimate.interval(0.05), ">=", threshold) == (verdict == "confirmed")
        assert estimate.value == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(estimate.n))
        assert LEAST <= estimate.n <= MOST

    def test_a_circuit_with_edges_must_beat_both(self) -> None:
        result = judged(beats("random_circuits", 0.25), one_way_model(), edges=EDGES)
        assert [part.what for part in result.parts] == [
            "against random nodes",
            "against random weights",
        ]
        # A set is as bad if it holds any of the three nodes, or either of the two weights.
        nodes, weights = (part.estimate for part in result.parts)
        deviation = 4 * 0.5 / np.sqrt(result.n)
        assert nodes == pytest.approx(1 / 8, abs=deviation)
        assert weights == pytest.approx(1 / 4, abs=deviation)
        assert result.estimate == min(nodes, weights)

    def test_losses_are_those_of_masked_runs(self, tmp_path: object) -> None:
        circuit = routes_circuit(one_way_model())
        task = routes_task(verifying=20)
        trial = replace(trial_of(circuit, task), store=Store())
        weighed = weigh_random_circuits(beats("random_circuits", 0.5), trial)
        own = float(trial.runs.drop().loss.mean())
        assert f"without the circuit's nodes the loss is {own:.3g};" in weighed.facts[0]

    def test_a_model_that_cannot_do_the_task(self) -> None:
        task = routes_task()
        turned = tuple(replace(pair, answers=pair.answers[::-1]) for pair in task.verifying)
        result = judged(
            beats("random_circuits", 0.5), one_way_model(), replace(task, verifying=turned)
        )
        assert result.verdict == "vacuous"
        assert "the full model itself does no better than a coin" in str(result.reason)

    def test_one_draws_until_the_claim_is_decided_and_no_longer(self) -> None:
        """Of the sets half are as bad: near that one has to draw more than far from it."""

        def drawn(threshold: float, level: float = 0.05) -> int:
            circuit = routes_circuit(one_way_model(), nodes=VALUE)
            trial = replace(trial_of(circuit), level=level)
            found = weigh_random_circuits(beats("random_circuits", threshold), trial)
            return int(estimate_of(found).n)

        assert drawn(0.1) == drawn(0.9) == LEAST
        assert drawn(0.5) == MOST
        assert LEAST < drawn(0.35) < MOST
        assert drawn(0.35) < drawn(0.35, level=1e-4)

    def test_what_was_drawn_is_kept(self) -> None:
        store, circuit = Store(), routes_circuit(one_way_model())
        claim = beats("random_circuits", 0.5)
        first = weigh_random_circuits(claim, replace(trial_of(circuit), store=store))
        broken = replace(circuit.model, transformer=None)
        again = replace(trial_of(circuit), store=store)
        again.runs.full()
        object.__setattr__(again.runs.circuit, "model", broken)
        assert weigh_random_circuits(claim, again).facts == first.facts


class TestOtherCircuits:
    RIVALS = (
        "  node other = L0.attn.v[1]\n",
        "  node twice = L0.attn.in[4]\n  node last = L0.attn.v[1]\n",
    )

    def rivals(self, model: Model, *nodes: str) -> tuple[Circuit, ...]:
        return tuple(
            routes_circuit(model, nodes=text, name=f"rival{index}")
            for index, text in enumerate(nodes)
        )

    def test_circuits_that_do_no_harm(self) -> None:
        model = one_way_model()
        rivals = self.rivals(model, *self.RIVALS)
        trial = replace(trial_of(routes_circuit(model, nodes=VALUE)), rivals=rivals)
        found = weigh_other_circuits(beats("other_circuits", 0.95), trial)
        assert estimate_of(found).interval(0.05) == (1, 1)
        assert found.parts is not None
        assert [part.what for part in found.parts(0.05)] == [
            "nats more than without rival0",
            "nats more than without rival1",
        ]

    def test_one_that_does_as_much(self) -> None:
        model = one_way_model()
        rivals = self.rivals(model, self.RIVALS[0], VALUE)
        trial = replace(trial_of(routes_circuit(model, nodes=VALUE)), rivals=rivals)
        found = weigh_other_circuits(beats("other_circuits", 0.95), trial)
        assert estimate_of(found).interval(0.05) == (0.5, 0.5)
        assert "1 of its nodes are this circuit's, too" in found.facts[2]

    def test_without_any_and_of_another_model(self) -> None:
        model = one_way_model()
        assert judged(beats("other_circuits", 0.9), model).verdict == "vacuous"
        other = replace(model, sha256="9" * 64)
        rivals = self.rivals(other, *self.RIVALS)
        assert judged(beats("other_circuits", 0.9), model, rivals=rivals).verdict == "vacuous"


def turned_round() -> Task:
    """The task with its answers exchanged, which the model gets wrong."""
    task = routes_task()
    return replace(task, verifying=tuple(replace(p, answers=("B", "A")) for p in task.verifying))


class TestSpecific:
    def rise(self, model: Model, circuit: Circuit) -> float:
        """By masked runs, window by window."""
        assert model.held_out is not None
        rises = []
        for window in torch.from_numpy(model.held_out.tokens):
            losses = [
                F.cross_entropy(logits[0, :-1], window[1:])
                for logits in (model.transformer(window[None]), circuit.drop(window[None]))
            ]
            rises.append(float(losses[1] - losses[0]))
        return float(np.mean(rises))

    @pytest.mark.parametrize("edges", ["", EDGES])
    def test_the_rise_is_that_of_masked_runs(self, edges: str) -> None:
        model = routes_model()
        expected = self.rise(model, routes_circuit(model, edges=edges))
        result = judged(Specific(threshold=0.1), model, edges=edges)
        assert result.estimate == pytest.approx(expected, rel=1e-4)
        assert (result.n, result.parts[0].unit) == (40, "windows")

    def test_text_that_is_modelled_better_without_it_does_not_rise(self) -> None:
        """`A` never comes after all that says so in random words: without the circuit text is
        modelled better, and a claim of no rise holds."""
        model = routes_model()
        assert judged(Specific(threshold=0.1), model).verdict == "confirmed"

    def test_without_text(self) -> None:
        result = judged(Specific(threshold=0.1), routes_model(text=False))
        assert result.verdict == "vacuous"

    def test_numbers_that_are_none(self) -> None:
        model = routes_model()
        # The last filler, which the task never shows.
        model.transformer.embed[15, 1] = torch.inf
        task = routes_task()
        pairs = tuple(p for p in task.verifying if "f9" not in p.prompts[0])
        result = judged(Specific(threshold=0.1), model, replace(task, verifying=pairs))
        assert result.verdict == "error"
        assert "held-out text" in str(result.reason)

    def test_what_the_task_does_not_need_is_specific_to_nothing(self) -> None:
        """A channel that next to nothing hears."""
        model = routes_model()
        model.transformer.matrix(Place(0, "attn.out")).weight[5, 0] = 1.0
        model.transformer.unembed[WORDS.index("A"), 5] = 1e-30
        result = judged(Specific(threshold=0.1), model, nodes="  node idle = L0.attn.out[5]\n")
        assert result.verdict == "vacuous"
        assert "without the circuit the task is" in str(result.reason)

    def test_of_a_task_that_the_model_fails(self) -> None:
        result = judged(Specific(threshold=0.1), routes_model(), turned_round())
        assert result.verdict == "vacuous"
        assert "the full model itself does no better than a coin" in str(result.reason)


class TestComplete:
    def test_of_a_task_that_the_model_fails(self) -> None:
        result = judged(Complete(threshold=0.5), one_way_model(), turned_round())
        assert result.verdict == "vacuous"
        assert "the full model itself does no better than a coin" in str(result.reason)

    def test_a_gap_that_nothing_at_all_has_too(self) -> None:
        result = judged(Complete(threshold=30), one_way_model())
        assert result.verdict == "vacuous"
        assert "nothing at all already is as near" in str(result.reason)

    def test_one_way_is_complete_and_one_of_two_is_not(self) -> None:
        claim = Complete(threshold=0.5)
        assert judged(claim, one_way_model()).verdict == "confirmed"
        result = judged(claim, routes_model())
        assert result.verdict == "refuted"
        assert result.facts[0].startswith("worst K")

    @pytest.mark.parametrize("edges", ["", EDGES])
    def test_no_subset_is_worse(self, edges: str) -> None:
        """Every subset by masked runs: three nodes have eight."""
        model = routes_model()
        # The second way writes more, so that the worst set is not the empty one.
        model.transformer.matrix(Place(0, "attn.out")).weight[6, 1] = 30.0
        circuit = routes_circuit(model, edges=edges)
        task = replace(routes_task(verifying=30), exact=True)
        result = judged(Complete(threshold=0.5), model, task, edges=edges)
        batches = tokenize_pairs(task.verifying, model.tokenizer)
        gaps = []
        nodes = circuit.nodes
        for taken in chain.from_iterable(combinations(nodes, size) for size in range(4)):
            left = circuit
            for node in taken:
                left = left.without_node(node)
            kept = keep_nodes(CONFIG, circuit.scope, ((n.place, n.index) for n in taken))
            masks = Masks(kept).complement()
            of_circuit = score_pairs(batches, left.keep).logit_diff.mean()
            of_model = score_pairs(
                batches,
                lambda tokens, masks=masks: run_masked(
                    model.transformer, tokens, masks, circuit.ablation
                ),
            ).logit_diff.mean()
            gaps.append(abs(float(of_circuit - of_model)))
        assert result.estimate == pytest.approx(max(gaps), rel=1e-5)
        assert result.exact

    def test_what_chooses_does_not_measure(self) -> None:
        pairs = [Pair(("a", "b"), ("A", "B"), f"t{index % 5}", ()) for index in range(23)]
        choosing, measuring = halves(pairs, exact=False)
        assert sorted((*choosing, *measuring)) == list(range(23))
        assert not {pairs[i].template for i in choosing} & {pairs[i].template for i in measuring}
        alone = [replace(pair, template="one") for pair in pairs]
        choosing, measuring = halves(alone, exact=False)
        assert not set(choosing) & set(measuring)
        assert abs(len(choosing) - len(measuring)) == 1
        assert halves(pairs, exact=True)[0] == halves(pairs, exact=True)[1] == tuple(range(23))

    def test_one_pair_cannot_be_halved(self) -> None:
        result = judged(Complete(threshold=0.5), routes_model(), routes_task(verifying=1))
        assert result.verdict == "vacuous"


def test_pairs_are_taken_from_all_templates() -> None:
    pairs = [Pair(("a", "b"), ("A", "B"), f"t{index // 10}", ()) for index in range(30)]
    assert spread_over_templates(pairs, 7) == (0, 1, 2, 10, 11, 20, 21)
    assert spread_over_templates(pairs, 99) == tuple(range(30))


def test_the_same_seed_gives_the_same_numbers() -> None:
    for claim in (beats("random_circuits", 0.5), Complete(threshold=0.5)):
        results = [judged(claim, routes_model(), seed=seed) for seed in (0, 0)]
        assert results[0] == results[1]


def test_nodes_of_the_ways_are_what_they_are_said_to_be() -> None:
    circuit = routes_circuit()
    assert circuit.nodes == (
        Node(Place(0, "attn.in"), 0),
        Node(Place(0, "attn.v"), 0),
        Node(Place(0, "attn.out"), 2),
    )
