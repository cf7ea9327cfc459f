"""Swapping, exchanging and resampling on a transformer that is computed by hand as well."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from verify.toy import EDGES, NODES, toy_task

from circuitspec.claims.interchange.donors import choose_donors, prompts_of
from circuitspec.claims.interchange.exchanging import weigh_exchanging
from circuitspec.claims.interchange.intervene import intervene
from circuitspec.claims.interchange.resampling import weigh_resampling
from circuitspec.claims.interchange.runner import Runner
from circuitspec.claims.interchange.subjects import nodes_named, rest_of
from circuitspec.claims.interchange.swapping import swapped_values, weigh_swapping
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Store
from circuitspec.language.claim_words import Run, Spot
from circuitspec.language.claims import Exchanging, Resampling, Swapping
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.task import Task

from .interchanged import NOISE, TEXT, difference, pair_of, random_task, trial_of, verdict_on


def swap(
    *names: str, at: Spot | None = None, run: Run | None = None, share: float = 0.8
) -> Swapping:
    return Swapping(nodes=names, at=at, run=run, threshold=share)


def exchange(
    *names: str, at: Spot | None = None, run: Run | None = None, share: float = 0.8
) -> Exchanging:
    return Exchanging(nodes=names, at=at, run=run, threshold=share)


def resample(
    *names: str, at: Spot | None = None, run: Run | None = None, share: float = 0.8
) -> Resampling:
    return Resampling(nodes=names, at=at, run=run, threshold=share)


# Swapping


@pytest.mark.parametrize(
    ("claim", "verdict", "estimate"),
    [
        (swap("carry"), "confirmed", 1.0),
        (swap("carry", at="difference"), "confirmed", 1.0),
        (swap("answer", at="last"), "confirmed", 1.0),
        (swap("is_a", "is_b"), "confirmed", 1.0),
        (swap("carry", run="model"), "confirmed", 1.0),
        (swap("carry", run="circuit"), "confirmed", 1.0),
        # The prompts do not differ in their last word.
        (swap("carry", at="last"), "refuted", 0.0),
        (swap("circuit"), "confirmed", 1.0),
        # An answer of one word is taken away, and none given: carry is 0, which is a tie.
        (swap("is_a"), "refuted", 0.0),
        (swap("noise", run="model"), "refuted", 0.0),
        (swap("noise"), "vacuous", None),
        (swap("carry", "noise", run="circuit"), "vacuous", None),
    ],
)
def test_swapping(claim: Swapping, verdict: str, estimate: float | None) -> None:
    result = verdict_on(claim, trial_of(toy_task(), noise=0.0 if "is_a" in claim.nodes else 1.0))
    assert result.verdict == verdict
    assert result.estimate == estimate


def test_what_is_outside_can_be_swapped_in_the_model_alone() -> None:
    reason = verdict_on(swap("noise"), trial_of(toy_task())).reason
    assert reason is not None
    assert "noise is not in the circuit" in reason
    assert "`in model`" in reason


@pytest.mark.parametrize("at", [None, "difference", "last"])
@pytest.mark.parametrize("run", ["model", "circuit"])
def test_swapped_runs_are_what_the_sums_say(at: Spot | None, run: Run) -> None:
    gain, noise = 4.1, 3.0  # no sum of fillers makes a tie
    task = random_task(60)
    trial = trial_of(task, gain=gain, noise=noise)
    runner = Runner.of(trial, run, nodes_named(trial, ["carry"]))

    outcome = intervene(runner, partial(swapped_values, at=at), {})
    scale = noise if run == "model" else 0.0
    other = {"a": -1.0, "b": 1.0}
    for index, pair in enumerate(task.verifying):
        for side, prompt in enumerate(pair.prompts):
            swapped = {} if at == "last" else {0: other[prompt[0]]}
            for found, carry in ((outcome.before, {}), (outcome.after, swapped)):
                expected = difference(prompt, gain=gain, noise=scale, carry=carry, said={})
                assert found[index, side] == pytest.approx(expected, abs=1e-5)


def test_pairs_that_were_answered_wrongly_do_not_count() -> None:
    trial = trial_of(toy_task(40, swapped=10))
    found = weigh_swapping(swap("carry"), trial)
    assert found.question is not None
    assert found.question.estimate.n == 30
    assert "full model: 10 of 40 pairs are left out, it answers them wrongly" in found.facts
    assert found.question.estimate.value == 1.0


def test_no_pair_that_counts_is_vacuous() -> None:
    result = verdict_on(swap("carry"), trial_of(toy_task(12, swapped=12)))
    assert result.verdict == "vacuous"
    assert result.reason == "the full model answers both prompts of no pair rightly"


def test_a_claim_has_to_hold_in_both_runs() -> None:
    # `is_a` alone leaves nothing to tell the prompts apart: the circuit alone then says neither
    # answer, the full model whichever the fillers say, which is the other one after one prompt.
    result = verdict_on(swap("is_a", share=0.4), trial_of(toy_task()))
    estimates = {part.what: part.estimate for part in result.parts}
    assert set(estimates) == {"full model", "circuit alone"}
    assert 0.4 < estimates["full model"] <= 0.5  # less where fillers say neither
    assert estimates["circuit alone"] == result.estimate == 0.0
    assert result.verdict == "refuted"


def test_a_nan_is_an_error_and_no_flip() -> None:
    trial = trial_of(toy_task())
    trial.circuit.model.transformer.unembed[2, 2] = float("nan")
    with pytest.raises(MeasurementError, match="NaN or infinity"):
        weigh_swapping(swap("carry"), trial)


def test_on_a_finite_task_the_share_is_exact_and_has_a_counterexample() -> None:
    task = toy_task(20, exact=True)
    result = verdict_on(swap("carry", at="last"), trial_of(task))
    assert result.exact
    assert result.verdict == "refuted"
    assert result.counterexample is not None


def test_edges_do_not_hinder_what_they_carry() -> None:
    trial = trial_of(toy_task(), nodes=NODES + EDGES)
    assert verdict_on(swap("carry", run="circuit"), trial).verdict == "confirmed"


# Exchanging


@pytest.mark.parametrize("at", [None, "difference", "last"])
def test_exchanging_what_carries_the_answer_keeps_it(at: Spot | None) -> None:
    result = verdict_on(exchange("carry", at=at), trial_of(random_task(100)))
    if at == "last":  # fillers' values: 0 everywhere
        assert result.verdict == "vacuous"
        assert "carry was replaced by what was there" in (result.reason or "")
    else:
        assert result.verdict == "confirmed"
        assert result.estimate == 1.0


def test_of_the_whole_circuit_some_nodes_may_carry_nothing() -> None:
    """A name that is said to carry something must; `circuit` says so of all together."""
    trial = trial_of(random_task(100), nodes=NODES + "  node still = L0.attn.v[1]\n")
    alone = verdict_on(exchange("carry", "still", at="difference"), trial)
    assert alone.verdict == "vacuous"
    assert "still was replaced by what was there" in (alone.reason or "")
    together = verdict_on(exchange("circuit", at="difference"), trial)
    assert (together.verdict, together.estimate) == ("confirmed", 1.0)
    (said,) = (fact for fact in together.facts if fact.startswith("full model: 1 of"))
    assert said.endswith("carry nothing: still")
    carry = trial_of(random_task(100), nodes="  node carry = L0.attn.v[0]\n")
    nothing = weigh_exchanging(exchange("circuit", at="last", run="model"), carry)
    assert "circuit was replaced by what was there" in (nothing.vacuous or "")


def test_values_of_the_other_answer_are_shown_beside() -> None:
    result = verdict_on(exchange("carry"), trial_of(random_task(100)))
    estimates = {part.what: part.estimate for part in result.parts}
    assert estimates == {
        "full model": 1.0,
        "circuit alone": 1.0,
        "full model, values of the other answer": 0.0,
        "circuit alone, values of the other answer": 0.0,
    }


def test_a_node_that_carries_more_than_the_answer_cannot_be_exchanged() -> None:
    # At the last filler alone: what it adds and what the others add go together no more.
    trial = trial_of(random_task(200, fillers=(3, 3)), gain=4.1, noise=4.0)
    result = verdict_on(exchange("noise", at="last", run="model", share=0.99), trial)
    assert result.verdict == "refuted", result.reason
    assert result.estimate is not None
    assert 0.3 < result.estimate < 0.9


def test_no_other_prompt_with_the_answer_is_vacuous() -> None:
    lonely = Task("two", "", (), (pair_of("f1"), pair_of("f1", "f2")))
    result = verdict_on(exchange("carry"), trial_of(lonely))
    assert result.verdict == "vacuous"
    assert result.reason == "for no pair are there prompts whose values could be given to it"


def test_exchanged_runs_are_what_the_sums_say() -> None:
    gain, noise = 4.1, 3.0  # no sum of fillers makes a tie
    task = random_task(80)
    trial = trial_of(task, gain=gain, noise=noise, seed=5)
    encoded = encode_pairs(task.verifying, trial.circuit.model.tokenizer)
    prompts = prompts_of(task.verifying, encoded, verifying=True)
    rng = np.random.default_rng([5, 0x6578])
    donations = choose_donors(prompts, [], "last", rng)
    texts = [prompt for pair in task.verifying for prompt in pair.prompts]
    by_tokens = {prompt.tokens: text for prompt, text in zip(prompts, texts, strict=True)}

    def right(text: str, said: dict[int, float] | None = None) -> bool:
        return difference(text, gain=gain, noise=noise, carry={}, said=said or {}) > 0

    stays = []
    for first in range(0, len(texts), 2):
        sides = []
        for index in (first, first + 1):
            donation = donations[index]
            assert donation is not None
            donor = by_tokens[donation.donor.tokens]
            said = {len(texts[index].split()) - 1: NOISE[donor.split()[-1]]}
            sides.append((right(texts[index]) and right(donor), right(texts[index], said)))
        if all(counts for counts, _ in sides):
            stays.append([stay for _, stay in sides])
    found = weigh_exchanging(exchange("noise", at="last", run="model"), trial)
    assert found.question is not None
    assert found.question.estimate.n == len(stays)
    assert found.question.estimate.value == pytest.approx(np.mean(stays))
    assert 0.5 < np.mean(stays) < 1.0


# Resampling


@pytest.mark.parametrize("run", [None, "model", "circuit"])
def test_resampling_what_does_not_matter_keeps_the_answer(run: Run | None) -> None:
    result = verdict_on(resample("rest", run=run), trial_of(toy_task()))
    assert (result.verdict, result.estimate) == ("confirmed", 1.0)
    assert verdict_on(resample("noise", run=run), trial_of(toy_task())).verdict == "confirmed"


def test_resampling_what_matters_does_not() -> None:
    for claim in (resample("carry"), resample("noise", run="model"), resample("rest")):
        noise = 1.0 if "carry" in claim.nodes else 30.0
        trial = trial_of(random_task(200), gain=10.0, noise=noise)
        result = verdict_on(claim, trial)
        if noise > 1:  # so loud a noise makes most answers of the full model wrong
            assert result.verdict in ("refuted", "inconclusive")
            assert (result.estimate or 1.0) < 0.9
        else:
            assert result.verdict == "refuted"


def test_a_node_that_is_always_the_same_is_not_resampled() -> None:
    result = verdict_on(resample("silent", run="model"), trial_of(toy_task()))
    assert result.verdict == "vacuous"
    assert "silent was replaced by what was there" in (result.reason or "")


def test_without_text_there_is_nothing_to_draw_from() -> None:
    found = weigh_resampling(resample("rest"), trial_of(toy_task(), text=None))
    assert found.vacuous == "the model comes with no held-out text to draw from"


def test_in_the_circuit_alone_the_values_that_are_resampled_arrive() -> None:
    # A node outside says its ablation value there, 0; what text says in its place is heard.
    trial = trial_of(random_task(200), gain=10.0, noise=40.0)
    result = verdict_on(resample("noise", run="circuit"), trial)
    assert result.verdict == "refuted"


def test_unlisted_weights_of_the_circuit_carry_what_is_resampled() -> None:
    # `carry -> answer` is not listed, so in the circuit alone `answer` hears text and guesses.
    nodes = NODES + "  edge is_a, is_b -> carry\n"
    trial = trial_of(toy_task(), nodes=nodes)
    found = weigh_resampling(resample("rest", run="circuit"), trial)
    assert found.vacuous == "the circuit alone answers both prompts of no pair rightly"


def test_rest_is_the_scope_without_the_circuit() -> None:
    trial = trial_of(toy_task())
    rest, config = rest_of(trial), trial.circuit.model.config
    assert len(rest) == sum(config.width(place) for place in trial.circuit.scope) - 4
    assert not set(rest) & set(trial.circuit.nodes)


def test_what_comes_out_follows_from_the_seed() -> None:
    def value(seed: int) -> float:
        trial = trial_of(random_task(200), gain=1.0, noise=3.0, seed=seed)
        found = weigh_resampling(resample("noise", run="model"), trial)
        assert found.question is not None
        return found.question.estimate.value

    assert value(0) == value(0)
    assert value(0) != value(1)


def test_what_was_kept_is_not_run_again(tmp_path: Path) -> None:
    trial = replace(trial_of(toy_task()), store=Store(tmp_path))

    def values() -> list[float]:
        found = (
            weigh_resampling(resample("rest"), trial),
            weigh_exchanging(exchange("carry"), trial),
        )
        return [w.question.estimate.value for w in found if w.question is not None]

    first = values()
    assert len(first) == 2
    trial.circuit.model.transformer.unembed[:] = float("nan")
    assert values() == first
    other = replace(TEXT, tokens=TEXT.tokens[:20])
    moved = replace(trial_of(toy_task(), text=other), store=Store(tmp_path))
    moved.circuit.model.transformer.unembed[:] = float("nan")
    with pytest.raises(MeasurementError):
        weigh_resampling(resample("rest"), moved)
