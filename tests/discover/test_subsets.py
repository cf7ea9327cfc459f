"""Searches whose goal must be reached where parts of the rest are ablated, too."""

from __future__ import annotations

import statistics
from dataclasses import replace

import pytest
import torch
from support.planted import planted_model, quote_task

from circuitspec.circuit.connected import disconnected_nodes
from circuitspec.discovery.discover import describe, discover
from circuitspec.discovery.goal import Goal, Kept
from circuitspec.discovery.journal import Journal
from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.search_circuit import (
    Discovery,
    Ground,
    as_circuit,
    score_nodes,
    search_circuit,
)
from circuitspec.engine.masked import run_masked
from circuitspec.engine.partial import partly_ablated
from circuitspec.tasks.scores import score_pairs

SETTINGS = Discovery(
    goal=Goal("loss", 0.1), training=MaskTraining(steps=120), pairs=48, subsets=True
)


@pytest.fixture(scope="module")
def ground():
    return Ground.of(planted_model(), quote_task(), SETTINGS)


@pytest.fixture(scope="module")
def found(ground):
    return search_circuit(ground, score_nodes(ground, SETTINGS), SETTINGS)


def test_what_is_found_reaches_the_goal_whatever_part_is_ablated(ground, found):
    """The same parts, run with the plain reference."""
    circuit = as_circuit(ground, found)
    partly = ground.keeping.partly
    generator = torch.Generator().manual_seed(partly.seed)
    means = []
    for share in partly.shares:
        losses = []
        for _ in range(partly.draws):
            masks = partly_ablated(circuit.keep_masks(), share, generator)
            run = lambda tokens, m=masks: run_masked(  # noqa: E731
                ground.model.transformer, tokens, m, ground.ablation
            )
            losses.append(float(score_pairs(partly.batches, run).loss.mean()))
        means.append(statistics.fmean(losses))
    alone = float(score_pairs(ground.keeping.batches, circuit.keep).loss.mean())
    assert found.kept.alone == pytest.approx(alone, abs=1e-5)
    assert found.kept.loss == pytest.approx(max(alone, *means), abs=1e-5)
    assert SETTINGS.goal.met(found.kept)


def test_nothing_in_it_leads_nowhere(ground, found):
    assert disconnected_nodes(as_circuit(ground, found)) == ()


def test_nodes_that_lead_nowhere_are_not_reckoned_with(ground, found):
    """A set is worth what is left of it once these are gone, and so is the last one."""
    circuit = as_circuit(ground, found)
    masks = circuit.keep_masks()
    assert ground.keeping.run(masks) == found.kept


def test_the_comment_tells_the_circuit_alone_from_the_worst_part():
    result = discover(planted_model(), quote_task(), SETTINGS)
    lines = describe(result, SETTINGS)
    (alone,) = (line for line in lines if line.startswith("  this circuit alone"))
    assert f"loss {result.scores.keep.alone:.3f}" in alone
    assert f"{result.scores.keep.loss:.3f} with the worst part of the rest ablated" in alone
    assert "The goal is reached also where random parts of the rest are ablated." in lines
    missed = replace(SETTINGS, goal=Goal("loss", 1e-9))
    assert any("was not reached" in line for line in describe(result, missed))
    assert result.spec.also == ("subsets",)


def test_both_losses_are_kept_where_a_search_is_taken_up_again(ground, found, tmp_path):
    Journal(tmp_path / "journal", ground, SETTINGS).ended(0, found)
    assert Journal(tmp_path / "journal", ground, SETTINGS).found(0) == found


def test_a_loss_that_is_undefined_in_a_part_is_not_reached(ground, found, monkeypatch):
    partly = type(ground.keeping.partly)
    monkeypatch.setattr(partly, "worst_loss", lambda self, masks, score: float("nan"))
    keeping = replace(ground.keeping, _seen={})
    kept = keeping.run(as_circuit(ground, found).keep_masks())
    assert kept.loss == float("inf")
    assert not SETTINGS.goal.met(kept)
    assert Kept(0.5, 1.0).isolated == 0.5
