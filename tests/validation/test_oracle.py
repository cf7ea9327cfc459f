"""The oracle says what an independent program said of every known transformer, in all words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from circuitspec.circuit.nodes import Node, parse_node
from circuitspec.model.places import layer_places
from circuitspec.validation.core import core, program
from circuitspec.validation.known import Known, Score, find_known
from circuitspec.validation.oracle import Answers, Oracle, Part
from circuitspec.validation.oracle_run import OracleRun
from circuitspec.validation.pairs import all_pairs, cover, sample, task_of
from circuitspec.validation.presentation import STYLES, Style, present

FOLDER = Path(__file__).parents[1] / "groundtruth"


@cache
def transformers() -> dict[str, Oracle]:
    return {known.name: Oracle(known) for known in find_known(FOLDER)}


@pytest.fixture(params=sorted(transformers()))
def oracle(request: pytest.FixtureRequest) -> Oracle:
    return transformers()[request.param]


def score(known: Known, answers: Answers) -> tuple[float, float]:
    """Loss and accuracy over all outputs, as the folder has them."""
    logits, own = answers.logits, np.arange(len(known.targets))
    losses = np.logaddexp.reduce(logits, axis=1) - logits[own, known.targets]
    return float(losses.mean()), float((logits.argmax(axis=1) == known.targets).mean())


def expected(found: Score) -> tuple[object, object]:
    return pytest.approx(found.loss, abs=1e-9), pytest.approx(found.accuracy)


def every_node(known: Known) -> frozenset[Node]:
    return frozenset(
        Node(place, index)
        for place in layer_places(known.config.n_layer)
        for index in range(known.config.width(place))
    )


def test_there_are_known_transformers() -> None:
    assert len(transformers()) >= 3


def test_every_run_scores_as_computed_elsewhere(oracle: Oracle) -> None:
    known = oracle.known
    truth = Part(frozenset(known.nodes))
    decoys = Part(every_node(known) - truth.nodes)
    runs = {
        "full": oracle.full(),
        "keep_truth": oracle.keep(truth),
        "drop_truth": oracle.drop(truth),
        "keep_decoys": oracle.keep(decoys),
        "empty": oracle.empty(),
    }
    for name, answers in runs.items():
        assert score(known, answers) == expected(known.results[name]), name
    for node in known.nodes[::3]:
        answers = oracle.keep(truth.without(node))
        assert score(known, answers) == expected(known.without[node]), node


def test_listing_every_weight_keeps_the_circuit_and_drops_more_than_nothing(oracle: Oracle) -> None:
    nodes = frozenset(oracle.known.nodes)
    listed = Part(nodes, oracle.weights_between(nodes))
    np.testing.assert_allclose(oracle.keep(listed).logits, oracle.keep(Part(nodes)).logits)
    # A weight that is not listed carries a mean: with none listed, every kept node is a constant.
    assert score(oracle.known, oracle.keep(Part(nodes, frozenset()))) != score(
        oracle.known, oracle.keep(Part(nodes))
    )
    assert score(oracle.known, oracle.drop(listed))[0] > 0.5


@pytest.mark.parametrize("style", STYLES)
def test_a_presentation_is_the_same_function_with_the_same_circuits(
    oracle: Oracle, style: Style
) -> None:
    known = oracle.known
    shown = present(known, style, np.random.default_rng(1))
    other = Oracle(replace(known, config=shown.config, weights=shown.weights))
    np.testing.assert_allclose(other.full().logits, oracle.full().logits, atol=1e-8)
    part = Part(frozenset(known.nodes[::2]))
    same = Part(frozenset(map(shown.node, part.nodes)))
    for run in (Oracle.keep, Oracle.drop):
        np.testing.assert_allclose(run(other, same).logits, run(oracle, part).logits, atol=1e-8)
    assert {shown.node(node) for node in oracle.unheard(part)} == other.unheard(same)
    if style == "as it is":
        assert same == part
    if style in ("in other orders", "all three"):
        assert same != part
    if style in ("beside noise", "all three"):
        assert other.unheard(Part(frozenset(shown.noise))) == frozenset(shown.noise)
        values = _values(other)
        assert all(np.ptp(values[node.place][..., node.index]) > 0 for node in _reads(shown.noise))


def _values(oracle: Oracle) -> dict:  # type: ignore[type-arg]
    run = OracleRun(oracle.known.config, oracle.known.weights)
    run.logits(oracle.known.tokens)
    return run.values


def _reads(noise: tuple[Node, ...]) -> list[Node]:
    return [node for node in noise if node.place.part in ("attn.in", "mlp.in")]


def test_what_is_constant_is_dead_and_what_leads_nowhere_is_unheard() -> None:
    oracle = transformers()["hist_vs_shift"]
    known = oracle.known
    one = parse_node(f"L0.attn.in[{known.channels.index('A.one')}]")
    token = parse_node(f"L0.attn.in[{known.channels.index('A.tokens:a')}]")
    inputs = np.arange(len(known.targets))
    assert oracle.dead([one, token], inputs) == {one}
    # Of inputs that all begin alike, the token is the same everywhere, and not its mean.
    alike = np.flatnonzero((known.tokens[:, 1:] == 1).all(axis=1))
    assert len(alike) == 1
    assert token not in oracle.dead([token], alike)
    read = parse_node(f"L1.mlp.in[{known.channels.index('A.hist_13:3')}]")
    assert oracle.unheard(Part(frozenset({read}))) == {read}
    written = parse_node(f"L0.mlp.out[{known.channels.index('A.hist_13:3')}]")
    assert not oracle.unheard(Part(frozenset({written})))
    assert oracle.unheard(Part(frozenset({token, written}))) == {token}


def test_a_core_is_small_does_the_task_and_has_nothing_to_spare() -> None:
    oracle = transformers()["hist_vs_shift"]
    pairs = all_pairs(oracle.known)
    stake = oracle.empty().losses(pairs).mean() - oracle.full().losses(pairs).mean()
    for found in core(oracle, np.random.default_rng(0)):
        assert len(found.part.nodes) < len(program(oracle, weights=False).part.nodes)
        assert not oracle.unheard(found.part)
        now = found.keep.losses(pairs).mean()
        assert now < 0.2 * stake
        for without in (*found.without_node.values(), *found.without_weight.values()):
            assert without.losses(pairs).mean() - now >= 0.019 * stake


def test_pairs_differ_in_what_is_right_and_a_cover_has_every_input(oracle: Oracle) -> None:
    known = oracle.known
    for pairs in (cover(known, np.random.default_rng(0)), all_pairs(known), sample(
        known, 50, np.random.default_rng(0)
    )):  # fmt: skip
        assert (known.targets[pairs[:, 0]] != known.targets[pairs[:, 1]]).all()
    pairs = cover(known, np.random.default_rng(0))
    assert set(pairs.flatten().tolist()) == set(range(len(known.targets)))
    task = task_of(known, pairs[:3], exact=True)
    assert task.exact
    assert task.verifying[0].prompts[0].startswith("BOS ")
    assert task.verifying[0].answers[0] == f"={known.outputs[known.targets[pairs[0, 0]]]}"


def test_the_loss_of_a_pair_is_the_two_token_cross_entropy() -> None:
    answers = Answers(np.array([[2.0, 0.0, 9.0], [1.0, 4.0, 9.0]]), np.array([0, 1]))
    by_hand = (np.log(1 + np.exp(-2.0)) + np.log(1 + np.exp(-3.0))) / 2
    assert answers.losses(np.array([[0, 1]])) == pytest.approx(by_hand)
    assert answers.accuracy(np.array([[0, 1]])) == 1.0
    assert answers.accuracy(np.array([[0, 1]]), slack=2.5) == 0.5
