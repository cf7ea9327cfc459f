"""Searches that circuits are held against, on a model of which the answer is known."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from circuitspec.circuit.nodes import Node
from circuitspec.claims.controls import searches
from circuitspec.discovery.null_search import Hunt, NullSearch, Path, search_path, tokenize
from circuitspec.discovery.nulls import (
    nonsense_answers,
    with_answers,
    with_redrawn_weights,
    with_shuffled_answers,
)
from circuitspec.engine.ablation import zero_ablation
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import keep_masks
from circuitspec.language.claim_words import Control
from circuitspec.language.claims import Beats, Unique
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, layer_places
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import tokenize_pairs

from .routes import CONFIG, WORDS, judged, routes_circuit, routes_model, routes_task

FIRST = frozenset(routes_circuit().nodes)
SECOND = frozenset(
    {Node(Place(0, "attn.in"), 4), Node(Place(0, "attn.v"), 1), Node(Place(0, "attn.out"), 6)}
)

HOPELESS = NullSearch(replace(NullSearch().training, price=100.0, price_rate=0.0), grow=False)


def beats(control: Control, threshold: float) -> Beats:
    return Beats(control=control, metric="ratio", threshold=threshold)


def hunt(model: Model, task: Task, *, forbidden: frozenset[Node] = frozenset()) -> Hunt:
    tokenized = tokenize(task.finding, range(len(task.finding)), model.tokenizer)
    scope = tuple(layer_places(CONFIG.n_layer))
    ablation = zero_ablation(CONFIG)
    return Hunt.of(model.transformer, tokenized, ablation, scope, 0.05, forbidden=forbidden)


def test_the_search_finds_a_circuit_and_then_the_other() -> None:
    model, task = routes_model(), routes_task()
    found = search_path(hunt(model, task), NullSearch(), 3).best(3)
    assert found in (FIRST, SECOND)
    other = search_path(hunt(model, task, forbidden=found), NullSearch(), 3).best(3)
    assert found | other == FIRST | SECOND


def test_losses_on_a_path_are_those_of_masked_runs() -> None:
    model, task = routes_model(), routes_task()
    searching = hunt(model, task)
    path = search_path(searching, NullSearch(), 1)
    batches = tokenize_pairs(task.finding, model.tokenizer)
    sizes = [len(nodes) for nodes in path.sets]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1
    for nodes, loss in zip(path.sets, path.losses, strict=True):
        indices = ((node.place, node.index) for node in nodes)
        masks = keep_masks(CONFIG, searching.keeping.scope, indices, None)
        scores = score_pairs(
            batches,
            lambda tokens, masks=masks: run_masked(
                model.transformer, tokens, masks, zero_ablation(CONFIG)
            ),
        )
        assert loss == pytest.approx(float(scores.loss.mean()), rel=1e-5)


def test_what_a_path_says() -> None:
    nodes = sorted(FIRST | SECOND, key=lambda node: node.order)
    sets = tuple(frozenset(nodes[:size]) for size in (6, 4, 2, 1))
    path = Path(sets, (0.01, 0.05, 0.04, 0.9))
    assert path.needed(0.05) == 2
    assert path.needed(0.02) == 6
    assert path.needed(0.001) is None
    assert path.best(4) == sets[2]
    assert path.best(1) == sets[3]
    assert path.lowest == (0.01, 6)
    assert Path(sets[:2], (0.01, 0.05)).best(3) == sets[1]  # none is so small


def test_nonsense_is_said_by_words_that_the_task_has_not() -> None:
    model, task = routes_model(), routes_task()
    # Fillers are no words, nor is a letter; `red` is written to by two channels, `green` by one.
    assert list(nonsense_answers(model, task)) == [("red", "green")]
    asked = with_answers(task, ("red", "green"))
    assert {pair.answers for pair in (*asked.finding, *asked.verifying)} == {("red", "green")}
    assert [p.prompts for p in asked.finding] == [p.prompts for p in task.finding]
    used = replace(task, finding=(replace(task.finding[0], prompts=("a red", "b red")),))
    assert list(nonsense_answers(model, used)) == []
    model.transformer.unembed[WORDS.index("green")] = 0.0
    assert list(nonsense_answers(model, task)) == []


def test_coins_are_fair_and_follow_from_the_seed() -> None:
    task = routes_task(finding=2000)
    shuffled = with_shuffled_answers(task, 1)
    turned = np.array([pair.answers == ("B", "A") for pair in shuffled.finding])
    assert abs(turned.mean() - 0.5) < 4 * 0.5 / math.sqrt(2000)
    assert with_shuffled_answers(task, 1) == shuffled
    assert with_shuffled_answers(task, 2) != shuffled
    assert [p.prompts for p in shuffled.finding] == [p.prompts for p in task.finding]


def test_redrawn_weights_are_the_same_numbers_at_the_same_places() -> None:
    model = routes_model()
    generator = torch.Generator().manual_seed(0)
    for parameter in model.transformer.parameters():
        values = torch.randn(parameter.shape, generator=generator)
        parameter.copy_(values * (torch.rand(parameter.shape, generator=generator) < 0.5))
    redrawn = with_redrawn_weights(model, 0)
    moved = 0
    for own, other in zip(
        model.transformer.parameters(), redrawn.transformer.parameters(), strict=True
    ):
        assert torch.equal(own != 0, other != 0)
        assert torch.equal(own.flatten().sort().values, other.flatten().sort().values)
        moved += int((own != other).sum())
    assert moved > 50
    assert redrawn.sha256 != model.sha256
    tokens = torch.from_numpy(model.held_out.tokens) if model.held_out else None
    mean = torch.nn.functional.embedding(tokens, redrawn.transformer.embed).mean(dim=(0, 1))
    torch.testing.assert_close(redrawn.reference.means[Place(None, "embed")], mean)
    again = with_redrawn_weights(model, 0).transformer.embed
    assert torch.equal(redrawn.transformer.embed, again)
    assert not torch.equal(with_redrawn_weights(model, 1).transformer.embed, again)


def test_a_second_circuit_is_found_where_there_is_one() -> None:
    result = judged(Unique(threshold=0.3), routes_model())
    assert result.verdict == "refuted"
    alone = routes_circuit(
        nodes="  node x = L0.attn.in[4]\n  node y = L0.attn.v[1]\n  node z = L0.attn.out[6]\n"
    )
    batches = tokenize_pairs(routes_task().verifying, alone.model.tokenizer)
    loss = float(score_pairs(batches, alone.keep).loss.mean())
    assert result.estimate == pytest.approx(loss, rel=1e-5)
    assert "a second circuit of 3 nodes" in result.facts[0]


def test_none_is_found_where_there_is_none() -> None:
    result = judged(Unique(threshold=0.3), routes_model(second=False))
    assert result.verdict == "confirmed"
    assert "no set is found" in result.facts[1]
    assert "what one search does not find may be there all the same" in result.facts


def test_nonsense_that_cannot_be_said_is_beaten() -> None:
    result = judged(beats("nonsense", 2), routes_model())
    assert result.verdict == "confirmed"
    assert result.facts[0].startswith("not reached ('red' for 'green')")
    assert not result.exact
    assert result.estimate == pytest.approx(40 / 3, rel=1e-4)  # of all nodes there are, to three


def test_nonsense_that_is_as_cheap_as_the_task_is_not() -> None:
    """Both ways together say it the wrong way round, and one alone says it."""
    result = judged(beats("nonsense", 2), routes_model(red=(1.0, -2.0)))
    assert result.verdict == "refuted"
    assert result.estimate == pytest.approx(1.0)
    assert "with 3 nodes" in result.facts[0]


def test_what_the_model_says_anyway_is_no_nonsense() -> None:
    result = judged(beats("nonsense", 2), routes_model(red=(1.0, 1.0)))
    assert result.verdict == "vacuous"
    assert result.reason == "no two words of the vocabulary are nonsense to the model here"


def test_shuffled_answers_are_beaten() -> None:
    result = judged(beats("shuffled_answers", 2), routes_model())
    assert result.verdict == "confirmed"
    assert result.facts[0].startswith("not reached")


def test_weights_that_are_the_same_when_redrawn_are_not_beaten() -> None:
    result = judged(beats("random_weights", 2), routes_model())
    assert result.verdict == "refuted"
    assert result.estimate == pytest.approx(1.0)


def test_weights_that_are_redrawn_are_beaten() -> None:
    """Of the second way but one weight is left over, of another value, which trades places."""
    model = routes_model(second=False)
    model.transformer.matrix(Place(0, "attn.v")).weight[1, 4] = -1.0
    model.transformer.matrix(Place(0, "attn.out")).weight[6, 1] = 1e-3
    seeds = {}
    for seed in range(4):
        other = with_redrawn_weights(model, seed).transformer
        out = other.matrix(Place(0, "attn.out")).weight
        seeds[float(out[2, 0]) < 1] = seed
    assert judged(beats("random_weights", 2), model, seed=seeds[True]).verdict == "confirmed"


@pytest.mark.parametrize("control", ["nonsense", "shuffled_answers", "random_weights", "unique"])
def test_without_finding_pairs_nothing_can_be_sought(control: str) -> None:
    claim = Unique(threshold=0.3) if control == "unique" else beats(control, 2)  # type: ignore[arg-type]
    result = judged(claim, routes_model(), routes_task(finding=0))
    assert result.verdict == "vacuous"
    assert "no pairs for finding" in str(result.reason)


def test_without_text_there_are_no_means_of_redrawn_weights() -> None:
    result = judged(beats("random_weights", 2), routes_model(text=False))
    assert result.verdict == "vacuous"
    assert "no held-out text" in str(result.reason)


def test_where_the_model_does_not_do_the_task_nothing_is_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none(*_: object, **__: object) -> None:
        raise AssertionError("a search was made")

    monkeypatch.setattr(searches, "_search", none)
    task = routes_task()
    turned = replace(task, verifying=tuple(replace(p, answers=("B", "A")) for p in task.verifying))
    result = judged(beats("nonsense", 2), routes_model(), turned)
    assert result.verdict == "vacuous"
    assert "the full model itself does no better than a coin" in str(result.reason)


def test_a_circuit_that_does_nothing_is_no_yardstick() -> None:
    nodes = "  node answer = L0.attn.out[2]\n  node carry = L0.attn.v[0]\n"
    result = judged(beats("nonsense", 2), routes_model(), nodes=nodes)
    assert result.verdict == "vacuous"
    assert "no better than a coin" in str(result.reason)


@pytest.mark.parametrize("claim", [beats("shuffled_answers", 2), Unique(threshold=0.3)])
def test_a_search_that_fails_at_the_task_proves_nothing(
    claim: Beats | Unique, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a price at which every node falls, and that never comes down, nothing is found."""
    monkeypatch.setattr(searches, "EFFORTS", (HOPELESS,))
    result = judged(claim, routes_model(second=False))
    assert result.verdict == "vacuous"
    assert "proves nothing" in str(result.reason)


@pytest.mark.parametrize("claim", [beats("shuffled_answers", 2), Unique(threshold=0.3)])
def test_all_is_sought_as_hard_as_it_takes_to_find_the_task(
    claim: Beats | Unique, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = judged(claim, routes_model(second=False))
    assert plain.verdict == "confirmed"
    assert not any("effort" in fact for fact in plain.facts)
    monkeypatch.setattr(searches, "EFFORTS", (HOPELESS, NullSearch()))
    result = judged(claim, routes_model(second=False))
    assert (result.verdict, result.estimate) == (plain.verdict, plain.estimate)
    assert any("with less the task itself was not found" in fact for fact in result.facts)


def test_where_no_search_finds_as_few_nodes_the_one_that_comes_closest_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = beats("shuffled_answers", 2)
    plain = judged(claim, routes_model(second=False))
    monkeypatch.setattr(searches, "GOOD", 0.5)
    monkeypatch.setattr(searches, "EFFORTS", (NullSearch(), HOPELESS))
    result = judged(claim, routes_model(second=False))
    assert (result.verdict, result.estimate) == (plain.verdict, plain.estimate)


def test_a_search_that_finds_the_task_with_far_more_nodes_is_not_good_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harder = NullSearch(replace(NullSearch().training, steps=120))
    monkeypatch.setattr(searches, "GOOD", 0.5)
    monkeypatch.setattr(searches, "EFFORTS", (NullSearch(), harder))
    result = judged(beats("shuffled_answers", 2), routes_model(second=False))
    assert any("120 x 1 batches" in fact and "0.5 times" in fact for fact in result.facts)


def test_what_masks_give_up_too_soon_is_tried_again_in_larger_sets() -> None:
    """At a price at which every node falls, those that fell last still lead to the circuit."""
    model, task = routes_model(second=False), routes_task()
    searching = hunt(model, task)
    assert search_path(searching, HOPELESS, 3).needed(0.05) is None
    found = search_path(searching, replace(HOPELESS, grow=True), 3)
    assert found.needed(0.05) == 3
    assert found.best(3) == FIRST


def test_what_no_set_reaches_was_tried_with_all_nodes() -> None:
    model, task = routes_model(), routes_task()
    searching = hunt(model, with_shuffled_answers(task, 0))
    path = search_path(searching, NullSearch(), 3)
    assert path.needed(0.05) is None
    sizes = [len(nodes) for nodes in path.sets]
    assert sizes[0] == searching.count
    larger = [size for size in sizes if size > 3]
    assert all(a <= 2 * b for a, b in itertools.pairwise(larger))


def found(needed: int | None, at_size: float) -> searches.Searched:
    """What a search could come to for a circuit of three nodes."""
    losses = np.full(48, at_size)
    return searches.Searched(
        goal=0.05,
        full=0.01,
        needed=needed,
        lowest=(0.01 if needed else 0.6, needed or 40),
        candidates=40,
        best=(FIRST, FIRST),
        best_loss=(at_size, at_size),
        best_verified=(losses, losses),
        what="",
        effort=NullSearch(),
    )


def test_a_null_that_is_found_beats_nothing_where_the_task_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outcomes = {"task": found(None, 0.7), "nonsense": found(30, 0.7)}
    monkeypatch.setattr(searches, "_searched", lambda trial, sought, effort: outcomes[sought])
    result = judged(beats("nonsense", 2), routes_model())
    assert result.verdict == "vacuous"
    assert "does not find the task itself" in str(result.reason)


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [(0.01, 0.7, "confirmed"), (0.7, 0.7, "vacuous"), (0.7, 0.01, "refuted")],
)
def test_a_search_that_misses_the_circuits_own_size_proves_nothing(
    own: float, other: float, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the task is found with more nodes is not enough; what is found refutes all the same."""
    outcomes = {"task": found(30, own), "another": found(None, other)}
    monkeypatch.setattr(searches, "_searched", lambda trial, sought, effort: outcomes[sought])
    result = judged(Unique(threshold=0.3), routes_model())
    assert result.verdict == verdict


def test_a_null_is_sought_with_every_effort_that_the_task_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More effort may find more nodes for a null; then the fewer ones count."""
    needed = {"task": (30, 6), "nonsense": (9, 24)}

    def search(trial: object, sought: str, effort: NullSearch) -> searches.Searched:
        return replace(found(needed[sought][searches.EFFORTS.index(effort)], 0.01), effort=effort)

    monkeypatch.setattr(searches, "_searched", search)
    result = judged(beats("nonsense", 2), routes_model())
    assert result.verdict == "refuted"
    assert result.estimate == pytest.approx(9 / 6)
    assert any("the best of 2 searches" in fact for fact in result.facts)
