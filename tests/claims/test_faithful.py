"""Claims of faithfulness: what is measured; how each is confirmed, refuted and vacuous."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from support.circuits import circuit_of
from support.planted import planted_model, quote_task
from verify.toy import NODES, toy_circuit, toy_model, toy_spec, toy_task

from circuitspec.circuit.circuit import Circuit
from circuitspec.claims.faithful.answers import answer_kl
from circuitspec.claims.faithful.inside import Head, Inside, look_inside
from circuitspec.claims.faithful.weigh import weigh_faithful
from circuitspec.claims.measure import MeasurementError, Measurements, quiet
from circuitspec.claims.store import Store
from circuitspec.claims.trial import Trial
from circuitspec.language.claim_words import FAITHFUL_SIDE, FaithfulMetric
from circuitspec.language.claims import Faithful
from circuitspec.model.places import Place
from circuitspec.report.report import ClaimResult
from circuitspec.tasks.task import Task
from circuitspec.verdict import verify_circuit
from circuitspec.verdict.judge import Resources

from .faithful_cases import (
    LEAK,
    WHOLE,
    fixed_length_task,
    leaking_circuit,
    random_circuit,
    random_pairs,
    trial_on,
)
from .faithful_prompts import Everything, every_prompt

HALF = NODES.replace("  node is_b   = L0.attn.in[1]\n", "")


def faithful(metric: FaithfulMetric, threshold: float) -> Faithful:
    return Faithful(metric=metric, comparison=FAITHFUL_SIDE[metric], threshold=threshold)


def judged(claim: Faithful, circuit: Circuit, task: Task, **resources: object) -> ClaimResult:
    spec = toy_spec().model_copy(update={"claims": (claim,), "name": circuit.name})
    report = verify_circuit(spec, circuit, task, resources=Resources(**resources))  # type: ignore[arg-type]
    return report.claims[0]


# What is measured, against a computation of its own


@pytest.fixture(scope="module", params=["live", "frozen"])
def measured(request: pytest.FixtureRequest) -> tuple[str, Inside, list[list[Everything]]]:
    circuit, task = random_circuit(), random_pairs(9)
    inside = look_inside(circuit, task, Store())
    return request.param, inside, every_prompt(circuit, task, request.param)


def test_answers(measured: tuple[str, Inside, list[list[Everything]]]) -> None:
    norms, inside, prompts = measured
    right = np.array([5, 6] * 9)
    rows = np.arange(18)
    for tap, found in ((0, inside.full), (1, inside.alone(norms))):  # type: ignore[arg-type]
        logits = np.array([p[tap].logits for p in prompts])  # type: ignore[attr-defined]
        expected = logits[rows, right] - logits[rows, 11 - right]
        np.testing.assert_allclose(found.ravel(), expected, rtol=1e-4, atol=1e-5)
    p, q = (
        torch.tensor(np.array([x[tap].logits for x in prompts])).softmax(-1)  # type: ignore[attr-defined]
        for tap in (0, 1)
    )
    expected = stats.entropy(p.numpy(), q.numpy(), axis=1).reshape(-1, 2).mean(1)
    kl = inside.vocabulary_kl(norms)  # type: ignore[arg-type]
    np.testing.assert_allclose(kl, expected, rtol=1e-4, atol=1e-6)


def test_nodes(measured: tuple[str, Inside, list[list[Everything]]]) -> None:
    norms, inside, prompts = measured
    for node in inside.circuit.nodes:
        x, y = (
            np.concatenate([p[tap].seen[node.place][0, :, node.index].numpy() for p in prompts])
            for tap in (0, 1)
        )
        together = inside.together(norms, node)  # type: ignore[arg-type]
        n, sx, _, sxx, _, sxy = together.sums.sum(axis=1)
        assert n == len(x)
        np.testing.assert_allclose([sx, sxx, sxy], [x.sum(), x @ x, x @ y], rtol=1e-3, atol=1e-4)
        # Next to the largest value at its place in the prompt, what is next to nothing is zero.
        zero = np.concatenate(
            [
                np.full(len(seen), 1e-5 * np.abs(seen).max())
                for p in prompts
                for seen in [p[0].seen[node.place][0].numpy()]
            ]
        )
        over, under = (np.stack([x, y]) > zero), (np.stack([x, y]) < -zero)
        same = int((over.all(axis=0) | under.all(axis=0)).sum())
        either = int((over | under).any(axis=0).sum())
        assert together.same_sign[:2].sum(axis=1).tolist() == [same, either]
        np.testing.assert_allclose(together.greatest, [x.max(), y.max()], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(together.least, [x.min(), y.min()], rtol=1e-4, atol=1e-5)


def test_attention(measured: tuple[str, Inside, list[list[Everything]]]) -> None:
    """By loops over queries and keys, with the sink as one more key."""
    norms, inside, prompts = measured
    config, heads = inside.circuit.model.config, (Head(0, 0), Head(0, 1), Head(1, 1))
    assert inside.heads == heads
    for head in heads:
        sink = inside.circuit.model.transformer.sink(head.layer)
        assert sink is not None
        own = slice(head.index * config.d_head, (head.index + 1) * config.d_head)
        distances, lasts = [], []
        for taps in prompts:
            patterns = []
            for tap in taps:
                q, k = (
                    tap.seen[Place(head.layer, part)][0, :, own].double().numpy()
                    for part in ("attn.q", "attn.k")  # type: ignore[misc]
                )
                rows = []
                for here in range(len(q)):
                    scores = [q[here] @ k[there] / config.d_head**0.5 for there in range(here + 1)]
                    scores.append(float(sink[head.index]))
                    weights = np.exp(scores)
                    rows.append(weights / weights.sum())
                patterns.append(rows)
            tv = [np.abs(a - b).sum() / 2 for a, b in zip(*patterns, strict=True)]
            distances.append(np.mean(tv))
            lasts.append(tv[-1])
        for last, expected in ((False, distances), (True, lasts)):
            found = inside.attention(norms, head, last=last)  # type: ignore[arg-type]
            np.testing.assert_allclose(found, np.reshape(expected, (-1, 2)).mean(1), atol=1e-5)


def test_the_live_run_is_the_one_that_sufficiency_rests_on() -> None:
    circuit, task = random_circuit(), random_pairs(9)
    keep = Measurements(circuit, task, 0, quiet).keep()
    inside = look_inside(circuit, task, Store())
    loss = np.logaddexp(0, -inside.alone("live")).mean(axis=1)
    np.testing.assert_allclose(loss, keep.loss, rtol=1e-4)


def test_a_kept_node_that_nobody_hears_is_looked_at_all_the_same() -> None:
    model = random_circuit().model
    circuit = circuit_of(model, "  node value = L0.h0.v[1]\n  node reads = L0.attn.in[0..7]\n")
    inside = look_inside(circuit, random_pairs(5), Store())
    (value,) = (node for node in circuit.nodes if node.place.part == "attn.v")
    assert inside.together("live", value).greatest[1] > inside.together("live", value).least[1]


def test_a_run_that_gives_nan_is_no_measurement() -> None:
    circuit = random_circuit()
    circuit.model.transformer.matrix(Place(1, "mlp.out")).bias[2] = float("nan")
    with pytest.raises(MeasurementError, match="the full model gave NaN or infinity"):
        look_inside(circuit, random_pairs(5), Store())


def test_runs_are_made_once(tmp_path: object) -> None:
    circuit, task, store = random_circuit(), random_pairs(5), Store()
    first = look_inside(circuit, task, store)
    circuit.model.transformer.unembed.zero_()
    assert look_inside(circuit, task, store).full is first.full


def test_kl_of_two_answers() -> None:
    full, alone = np.array([[2.0, -1.0]]), np.array([[0.5, 3.0]])
    p, q = (1 / (1 + np.exp(-d[0])) for d in (full, alone))
    expected = np.mean([stats.entropy([a, 1 - a], [b, 1 - b]) for a, b in zip(p, q, strict=True)])
    np.testing.assert_allclose(answer_kl(full, alone), [expected], rtol=1e-12)


# Verdicts


@pytest.mark.parametrize(
    ("metric", "threshold", "nodes", "verdict"),
    [
        ("agreement", 0.8, NODES, "confirmed"),
        ("agreement", 0.8, HALF, "refuted"),
        ("agreement", 0.0, NODES, "vacuous"),
        ("kl", 0.1, NODES, "confirmed"),
        ("kl", 0.1, HALF, "refuted"),
        ("kl", 5.0, NODES, "vacuous"),
        ("correlation", 0.9, NODES, "confirmed"),
        ("correlation", 0.9, HALF, "refuted"),
        ("sign", 0.8, NODES, "confirmed"),
        ("sign", 0.8, HALF, "refuted"),
        ("attention", 0.1, NODES, "confirmed"),
        ("frozen_loss", 0.5, NODES, "vacuous"),  # no norms
        ("wrong_agreement", 0.8, NODES, "vacuous"),  # no mistakes
    ],
)
def test_a_toy(metric: FaithfulMetric, threshold: float, nodes: str, verdict: str) -> None:
    circuit = toy_circuit(toy_spec(nodes=nodes))
    result = judged(faithful(metric, threshold), circuit, toy_task())
    assert result.verdict == verdict, result


@pytest.mark.parametrize(
    ("metric", "threshold", "nodes", "verdict"),
    [
        ("frozen_loss", 0.1, WHOLE, "confirmed"),
        ("frozen_loss", 0.3, LEAK, "refuted"),
        ("frozen_loss", 1.0, LEAK, "vacuous"),  # nothing at all passes
        ("frozen_loss", 0.001, LEAK, "vacuous"),  # the full model fails
        ("kl", 0.3, LEAK, "refuted"),
        ("agreement", 0.8, LEAK, "confirmed"),
    ],
)
def test_a_leak_through_the_norm(
    metric: FaithfulMetric, threshold: float, nodes: str, verdict: str
) -> None:
    result = judged(faithful(metric, threshold), leaking_circuit(nodes), fixed_length_task())
    assert result.verdict == verdict, result


def test_a_leak_passes_for_sufficient_and_shows_in_the_frozen_part_alone() -> None:
    circuit, task = leaking_circuit(), fixed_length_task()
    assert Measurements(circuit, task, 0, quiet).keep().loss.mean() < 0.15
    parts = {p.what: p.estimate for p in judged(faithful("kl", 0.3), circuit, task).parts}
    assert parts["circuit with live norms"] < 0.1
    assert parts["circuit with the full model's norms"] > 0.3


def test_values_without_queries_and_keys_attend_to_everything_alike() -> None:
    """Drori's second test: the values do it alone where they are nothing elsewhere."""
    head = "  node value = L0.h0.v[0]\n  node kind = L0.attn.in[0]\n  node say = L0.attn.out[2]\n"
    match = "  node is_quote = L0.attn.in[1]\n  node k = L0.h0.k[0]\n"  # the query is a constant
    model, claim = planted_model(), faithful("attention", 0.1)
    whole, values = circuit_of(model, head + match), circuit_of(model, head)
    assert judged(claim, whole, quote_task()).verdict == "confirmed"
    result = judged(claim, values, quote_task())
    assert result.verdict == "refuted"
    assert any(fact.startswith("heads that look elsewhere: L0.h0") for fact in result.facts)
    without = circuit_of(model, "  node say = L0.attn.out[2]\n")
    weighed = weigh_faithful(claim, trial_on(without, quote_task()))
    assert weighed.vacuous == "no query, key or value is in the circuit"


def test_nodes_that_fail_are_named_at_most_five() -> None:
    result = judged(faithful("correlation", 0.9999), random_circuit(), random_pairs(30))
    (live, *_) = (fact for fact in result.facts if fact.startswith("nodes below 0.9999 with live"))
    assert live.count("L") >= 5
    assert " more" in live


def test_constant_nodes_are_left_out_and_one_that_varies_in_one_run_counts_as_nought() -> None:
    # With the query ablated and no other, the value of head 0 stays; without what it reads, it is
    # a constant in the circuit.
    model = planted_model()
    nodes = "  node value = L0.h0.v[0]\n  node q = L0.h0.q[0]\n  node say = L0.attn.out[2]\n"
    weighed = weigh_faithful(
        faithful("correlation", 0.9), trial_on(circuit_of(model, nodes), quote_task())
    )
    assert weighed.question is not None
    assert weighed.question.estimate.value == 0.0
    assert "constant in both and left out, with live norms: q" in weighed.facts
    assert "vary in the full model and not in the circuit, with live norms: value and say" in (
        weighed.facts
    )


def test_only_constants_are_vacuous() -> None:
    nodes = "  node q = L0.h0.q[0]\n"
    trial = trial_on(circuit_of(planted_model(), nodes), quote_task())
    assert weigh_faithful(faithful("correlation", 0.9), trial).vacuous is not None
    dead = trial_on(toy_circuit(toy_spec(nodes="  node n = L0.mlp.neuron[0]\n")), toy_task())
    assert weigh_faithful(faithful("sign", 0.9), dead).vacuous is not None


# The full model's mistakes


@pytest.mark.parametrize(
    ("nodes", "verdict", "n"), [(NODES, "confirmed", 30), (HALF, "refuted", 30)]
)
def test_the_same_mistakes(nodes: str, verdict: str, n: int) -> None:
    circuit = toy_circuit(toy_spec(nodes=nodes))
    result = judged(faithful("wrong_agreement", 0.8), circuit, toy_task(40, swapped=30))
    assert (result.verdict, result.n) == (verdict, n)
    assert result.facts == ("on first_word the full model is wrong on 60 of 80 prompts",)


def test_few_mistakes_cannot_confirm() -> None:
    circuit = toy_circuit(toy_spec())
    result = judged(faithful("wrong_agreement", 0.8), circuit, toy_task(40, swapped=3))
    assert result.verdict == "vacuous"
    assert str(result.reason).startswith("3 pairs cannot confirm this")
    one = judged(faithful("wrong_agreement", 0.8), circuit, toy_task(40, swapped=1))
    assert (one.verdict, one.reason) == (
        "vacuous",
        "on first_word the full model is wrong on 2 of 80 prompts",
    )


def test_mistakes_on_tasks_of_predictions_count_as_well() -> None:
    other = replace(toy_task(30, swapped=30), name="attack")
    circuit = toy_circuit(toy_spec())
    claim = faithful("wrong_agreement", 0.8)
    result = judged(claim, circuit, toy_task(), tasks={"attack": other})
    assert result.verdict == "confirmed"
    assert [part.what for part in result.parts] == ["attack, circuit with live norms"]
    half = toy_circuit(toy_spec(nodes=HALF))
    assert judged(claim, half, toy_task(), tasks={"attack": other}).verdict == "refuted"


def test_templates_can_be_the_units() -> None:
    circuit, task = random_circuit(), random_pairs(12)
    for metric in ("agreement", "kl", "attention", "correlation", "sign"):
        claim = faithful(metric, 0.5)
        weighed = weigh_faithful(claim, trial_on(circuit, task, unit="templates"))
        assert weighed.question is not None
        assert weighed.question.estimate.n == 2


def test_a_calibrated_circuit_is_compared_calibrated() -> None:
    spec = toy_spec(settings="  calibrate scale, shift\n")
    task = replace(toy_task(), finding=toy_task(20).verifying)
    circuit = toy_circuit(spec, toy_model())
    runs = Measurements(circuit, task, 0, quiet, spec.calibration)
    weighed = weigh_faithful(faithful("kl", 0.1), Trial(runs))
    assert weighed.question is not None
    inside = look_inside(circuit, task, Store())
    plain = answer_kl(inside.full, inside.alone("live")).mean()
    assert weighed.question.estimate.value != pytest.approx(plain, rel=1e-3)
