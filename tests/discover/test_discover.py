"""Pruning finds a planted circuit and nothing else, and says so when there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.planted import PLANTED, planted_model, quote_task

import circuitspec as cs
from circuitspec.discovery.claims import FoundScores, claims_of, round_down, round_up, score_found
from circuitspec.discovery.discover import describe, discover
from circuitspec.discovery.goal import Goal, Kept
from circuitspec.discovery.journal import Journal
from circuitspec.discovery.mask_training import MaskTraining, learn_node_masks
from circuitspec.discovery.search_circuit import (
    Discovery,
    Ground,
    NotFoundError,
    as_circuit,
    score_nodes,
    search_circuit,
    weights_between,
)
from circuitspec.discovery.seeds import Discovered, discover_seeds
from circuitspec.discovery.to_spec import with_comment
from circuitspec.document import format_text, print_document
from circuitspec.language import parse_text
from circuitspec.language.spec import Minimal, Necessary, Sufficient
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.tokens import tokenize_pairs

SETTINGS = Discovery(
    goal=Goal("loss", 0.1),
    training=MaskTraining(steps=120),
    pairs=64,
)


@pytest.fixture(scope="module")
def ground():
    return Ground.of(planted_model(), quote_task(), SETTINGS)


@pytest.fixture(scope="module")
def found(ground):
    return search_circuit(ground, score_nodes(ground, SETTINGS), SETTINGS)


def test_only_planted_nodes_are_found(found):
    assert found.nodes <= PLANTED
    assert {str(node) for node in found.nodes} >= {
        "L0.attn.in[0]",
        "L0.attn.v[0]",
        "L0.attn.out[2]",
    }


def test_the_found_circuit_reaches_the_target_on_pairs_that_it_was_not_found_on(ground, found):
    batches = tokenize_pairs(quote_task().verifying, ground.model.tokenizer)
    scores = score_pairs(batches, as_circuit(ground, found).keep)
    assert scores.right.all()
    assert float(scores.loss.mean()) <= 0.11


def test_no_node_and_no_edge_that_is_left_costs_less_than_what_was_said(ground, found):
    circuit = as_circuit(ground, found)
    batches = tokenize_pairs(quote_task().finding[: SETTINGS.pairs], ground.model.tokenizer)

    def loss(circuit):
        return float(score_pairs(batches, circuit.keep).loss.mean())

    smaller = [circuit.without_node(node) for node in circuit.nodes]
    smaller += [circuit.without_edge(edge) for edge in circuit.edges]
    costs = [loss(other) - loss(circuit) for other in smaller]
    assert sum(cost < SETTINGS.least_cost for cost in costs) == found.cheap == 0


def test_edges_are_weights_between_found_nodes(ground, found):
    assert found.edges
    assert found.edges <= weights_between(ground.model.transformer, found.nodes)


def test_the_same_seed_finds_the_same_circuit(ground, found):
    assert search_circuit(ground, score_nodes(ground, SETTINGS), SETTINGS) == found


def test_the_baseline_finds_the_planted_circuit_too(ground):
    settings = replace(SETTINGS, method="attribution")
    baseline = search_circuit(ground, score_nodes(ground, settings), settings)
    assert baseline.nodes <= PLANTED
    assert settings.goal.met(baseline.kept)


def test_a_goal_of_accuracy(ground, found):
    settings = replace(SETTINGS, goal=Goal("accuracy", 0.99), edges=False)
    accurate = search_circuit(ground, score_nodes(ground, settings), settings)
    assert accurate.kept.accuracy >= 0.99
    assert accurate.edges is None
    assert len(accurate.nodes) <= len(found.nodes)


def test_a_target_out_of_reach_is_not_found():
    with pytest.raises(NotFoundError, match="the model itself does not reach a loss of 1e-09"):
        discover(planted_model(), quote_task(), replace(SETTINGS, goal=Goal("loss", 1e-9)))


def test_masks_that_miss_the_goal_are_trained_again_for_less(ground, monkeypatch):
    """The first two trainings are made to want nothing; the goal is out of reach without nodes."""
    targets: list[float] = []
    paces: list[MaskTraining] = []

    def learn(compiler, batches, candidates, settings, target, **report):
        targets.append(target)
        paces.append(settings)
        scores = learn_node_masks(compiler, batches, candidates, settings, target)
        return scores if len(targets) == 3 else {place: -s.abs() - 1 for place, s in scores.items()}

    monkeypatch.setattr("circuitspec.discovery.search_circuit.learn_node_masks", learn)
    search_circuit(ground, score_nodes(ground, SETTINGS), SETTINGS)
    assert targets == pytest.approx([0.08, 0.05, 0.03])
    assert paces == [SETTINGS.training, *[SETTINGS.training.slower()] * 2]
    targets.clear()
    score_nodes(ground, replace(SETTINGS, goal=Goal("accuracy", 0.9)))
    assert len(targets) == 1


def test_the_circuit_becomes_a_spec_that_reads_back_and_is_in_the_style():
    result = discover(planted_model(), quote_task(), SETTINGS)
    text = print_document(with_comment(result.spec, describe(result, SETTINGS)))
    read = parse_text(text)
    assert not read.diagnostics
    assert read.unwrap().circuits == (result.spec,)
    assert format_text(text).text == text
    best = result.discovered.best
    assert len(result.spec.nodes) == len(best.nodes)
    assert len(result.spec.edges) == len(best.edges or ())


def test_what_is_claimed_of_a_found_circuit_is_confirmed_on_other_pairs():
    model = planted_model()
    spec = discover(model, quote_task(), SETTINGS).spec
    assert {claim.kind for claim in spec.claims} == {"sufficient", "necessary", "minimal"}
    circuit = cs.compile(spec, model)
    from circuitspec.verdict import verify_circuit

    report = verify_circuit(spec, circuit, quote_task())
    assert [claim.verdict for claim in report.claims] == ["confirmed"] * len(spec.claims)


class TestClaims:
    SCORES = FoundScores(
        full=Kept(0.02, 1.0),
        keep=Kept(0.1312, 0.99),
        drop=Kept(0.681, 0.52),
        node_cost=0.00731,
        edge_cost=0.0031,
        pairs=512,
    )

    def test_thresholds_leave_room(self):
        assert claims_of(self.SCORES) == (
            Sufficient(metric="loss", comparison="<=", threshold=0.18),
            Necessary(metric="loss", comparison=">=", threshold=0.61),
            Minimal(unit="node", cost=0.005),
            Minimal(unit="edge", cost=0.002),
        )

    def test_templates_that_differ_ask_for_more_room(self):
        """Of two templates, three times sqrt(2 / 2) deviations: 0.1 and 0.2 differ by 0.0707."""
        unlike = replace(
            self.SCORES,
            keep=Kept(0.15, 1.0, by_template=(0.1, 0.2)),
            drop=Kept(0.9, 0.5, by_template=(0.8, 1.0)),
        )
        sufficient, necessary, *_ = claims_of(unlike)
        assert sufficient == Sufficient(metric="loss", comparison="<=", threshold=0.37)
        assert necessary == Necessary(metric="loss", comparison=">=", threshold=0.47)
        alike = replace(self.SCORES, keep=Kept(0.1312, 0.99, by_template=(0.13, 0.1324)))
        assert claims_of(alike) == claims_of(self.SCORES)

    @pytest.mark.parametrize("loss", [0.02, 0.12, float("inf")])
    def test_what_is_not_needed_is_not_claimed_to_be(self, loss):
        claims = claims_of(replace(self.SCORES, drop=Kept(loss, 1.0)))
        assert not any(isinstance(claim, Necessary) for claim in claims)

    @pytest.mark.parametrize("cost", [None, -0.01, 0.0, 1e-5, float("inf")])
    def test_units_without_a_cost_are_not_claimed_to_have_one(self, cost):
        claims = claims_of(replace(self.SCORES, node_cost=cost, edge_cost=cost))
        assert not any(isinstance(claim, Minimal) for claim in claims)

    def test_scores_are_of_all_finding_pairs(self, ground, found):
        scores = score_found(ground, found)
        assert scores.pairs == len(quote_task().finding)
        assert scores.full.loss < scores.keep.loss < scores.drop.loss
        assert scores.node_cost is not None
        assert scores.node_cost > 0

    def test_rounding_is_decimal(self):
        assert round_up(0.15) == 0.15
        assert round_up(0.1501) == 0.16
        assert round_down(0.0299999) == 0.029
        assert round_down(0.00731, digits=1) == 0.007


class TestSeeds:
    def test_the_smallest_is_the_best(self, found):
        larger = replace(found, nodes=PLANTED | {next(iter(PLANTED))}, edges=None)
        both = Discovered({3: larger, 5: found}, {})
        expected = 5 if len(found.nodes) < len(PLANTED) else 3
        assert both.best_seed == expected

    def test_overlap_is_jaccard(self, found):
        some = sorted(PLANTED, key=str)
        one = replace(found, nodes=frozenset(some[:3]))
        other = replace(found, nodes=frozenset(some[1:5]))
        assert Discovered({0: one, 1: other}, {}).overlap == pytest.approx(2 / 5)
        assert Discovered({0: one, 1: other}, {}).shared == frozenset(some[1:3])
        assert Discovered({0: one}, {}).overlap is None

    def test_a_stopped_search_goes_on_where_it_was(self, ground, tmp_path: Path, monkeypatch):
        path = tmp_path / "search.json"
        expected = discover_seeds(ground, SETTINGS, (0, 1))

        class Stopped(BaseException):
            pass

        def stop(done, total, what):
            if what == "seed 1, cutting to the goal":
                raise Stopped

        with pytest.raises(Stopped):
            discover_seeds(
                ground,
                SETTINGS,
                (0, 1),
                journal=Journal(path, ground, SETTINGS),
                on_progress=stop,
            )
        monkeypatch.setattr(
            "circuitspec.discovery.seeds.score_nodes", lambda *args, **rest: pytest.fail("again")
        )
        again = discover_seeds(ground, SETTINGS, (0, 1), journal=Journal(path, ground, SETTINGS))
        assert again == expected

    def test_a_journal_of_another_search_is_not_taken_up(self, ground, found, tmp_path: Path):
        path = tmp_path / "search.json"
        Journal(path, ground, SETTINGS).ended(0, found)
        assert Journal(path, ground, SETTINGS).found(0) == found
        other = replace(SETTINGS, goal=Goal("loss", 0.2))
        assert Journal(path, ground, other).found(0) is None

    @pytest.mark.parametrize("content", ["", "not json", json.dumps({"key": 3})])
    def test_a_damaged_journal_is_begun_anew(self, ground, tmp_path: Path, content: str):
        path = tmp_path / "search.json"
        path.write_text(content)
        assert Journal(path, ground, SETTINGS).found(0) is None


@pytest.mark.filterwarnings("ignore")
def test_tuning_is_no_worse_than_the_settings_that_it_starts_from(ground, found):
    from circuitspec.discovery.tune import tune

    training = tune(ground, SETTINGS, 2, seed=0)
    settings = replace(SETTINGS, training=training)
    tuned = search_circuit(ground, score_nodes(ground, settings), settings)
    assert len(tuned.nodes) <= len(found.nodes)
