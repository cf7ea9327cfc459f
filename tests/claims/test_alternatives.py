"""Other ablations: what stands in, against sums by hand; and every verdict under each of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from support.plain_reference import reference_logits
from verify.toy import CONFIG, NODES, toy_circuit, toy_model, toy_spec, toy_task

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.claims.alternatives.runs import run_under, scores_of
from circuitspec.claims.alternatives.shared import as_it_is
from circuitspec.claims.alternatives.stand_ins import DRAWS, stand_in
from circuitspec.claims.alternatives.subsets import SHARES, run_subsets
from circuitspec.claims.alternatives.weigh import weigh_necessary_under, weigh_sufficient_under
from circuitspec.claims.measure import MeasurementError, Measurements, quiet
from circuitspec.claims.trial import Trial
from circuitspec.engine.ablation import AblationValues, zero_ablation
from circuitspec.language.claim_text import statement
from circuitspec.language.claim_words import Alternative
from circuitspec.language.claims import Necessary, Sufficient
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, all_places
from circuitspec.model.reference_means import ReferenceMeans
from circuitspec.model.transformer import Transformer
from circuitspec.report.report import ClaimResult
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import tokenize_pairs
from circuitspec.verdict import verify_circuit

from .faithful_cases import random_circuit, random_pairs, trial_on
from .faithful_prompts import every_prompt
from .interchanged import difference, random_task, trial_of

HALF = NODES.replace("  node is_b   = L0.attn.in[1]\n", "")
BLIND = "  node carry = L0.attn.v[0]\n  node answer = L0.attn.out[2]\n"
VALUE, OUT = Place(0, "attn.v"), Place(0, "attn.out")


def sufficient(under: Alternative, loss: float) -> Sufficient:
    return Sufficient(metric="loss", comparison="<=", threshold=loss, under=under)


def necessary(under: Alternative, loss: float) -> Necessary:
    return Necessary(metric="loss", comparison=">=", threshold=loss, under=under)


def judged(claim: Sufficient | Necessary, trial: Trial) -> ClaimResult:
    # Claims with `under` are made from `also`; here the claim itself is put in its place.
    spec = toy_spec().model_copy(update={"claims": (claim,), "name": trial.circuit.name})
    return verify_circuit(spec, trial.circuit, trial.task, seed=trial.seed).claims[0]


def with_means(model: Model, means: dict[tuple[Place, int], float]) -> Model:
    """The model with reference means other than 0."""
    values = {place: mean.clone() for place, mean in model.reference.means.items()}
    for (place, index), mean in means.items():
        values[place][index] = mean
    reference = ReferenceMeans(values, "invented", 1, "0" * 64)
    return replace(model, reference=reference)


def with_finding(task: Task, finding: Task) -> Task:
    return replace(task, finding=finding.verifying)


# What stands in


@pytest.mark.parametrize("part", ["keep", "drop", "empty"])
@pytest.mark.parametrize("alternative", ["zero", "task_mean"])
def test_constants_are_run_as_the_plain_reference_runs_them(alternative: str, part: str) -> None:
    circuit = random_circuit()
    task = with_finding(random_pairs(6), random_pairs(5, seed=1))
    trial = trial_on(circuit, task)
    found = run_under(trial, alternative, part).logit_diff[part]  # type: ignore[arg-type, index]
    values = {place: torch.zeros(circuit.model.config.width(place)) for place in all_places(2)}
    if alternative == "task_mean":
        values = _means_by_hand(circuit, task)
    run = circuit.emptied() if part == "empty" else circuit
    masks = run.drop_masks() if part == "drop" else run.keep_masks()
    for index, pair in enumerate(task.verifying):
        tokens = torch.tensor([circuit.model.tokenizer.encode(p).ids for p in pair.prompts])
        logits = reference_logits(
            circuit.model.transformer, tokens, masks, AblationValues("any", values)
        )[:, -1]
        expected = [logits[0, 5] - logits[0, 6], logits[1, 6] - logits[1, 5]]
        np.testing.assert_allclose(found[0, index], expected, rtol=1e-4, atol=1e-4)


def _means_by_hand(circuit: Circuit, task: Task) -> dict[Place, torch.Tensor]:
    """Over all positions of all prompts for finding, prompt by prompt."""
    prompts = every_prompt(circuit, replace(task, verifying=task.finding), "live")
    return {
        place: torch.cat([taps[0].seen[place][0] for taps in prompts]).mean(0)
        for place in all_places(circuit.model.config.n_layer)
    }


def test_the_other_prompts_values_are_what_the_sums_say() -> None:
    gain, noise, task = 4.1, 3.0, random_task(30)
    trial = trial_of(task, gain=gain, noise=noise)
    found = run_under(trial, "counterfactual", "keep", "drop", "empty").logit_diff
    other = {"a": -1.0, "b": 1.0}
    for index, pair in enumerate(task.verifying):
        for side, prompt in enumerate(pair.prompts):
            # The noise of both prompts is the same; `carry` is kept, or is the other prompt's.
            own = difference(prompt, gain=gain, noise=noise, carry={}, said={})
            swapped = difference(
                prompt, gain=gain, noise=noise, carry={0: other[prompt[0]]}, said={}
            )
            assert found["keep"][0, index, side] == pytest.approx(own, abs=1e-5)
            assert found["drop"][0, index, side] == pytest.approx(swapped, abs=1e-5)
            assert found["empty"][0, index, side] == pytest.approx(swapped, abs=1e-5)


def test_resampled_values_are_what_the_sums_say_and_others_in_every_draw() -> None:
    gain, noise, task = 4.1, 3.0, random_task(30)
    trial = trial_of(task, gain=gain, noise=noise)
    found = run_under(trial, "resample", "keep").logit_diff["keep"]
    assert found.shape == (DRAWS, 30, 2)
    given = stand_in(trial, "resample", "keep")
    batches = tokenize_pairs(task.verifying, trial.circuit.model.tokenizer, batch_size=16)
    for draw in range(DRAWS):
        for batch in batches:
            values = given.values(batch, draw, [VALUE])[VALUE].unflatten(0, (-1, 2))[..., 1]
            for row, index in enumerate(batch.members):
                for side, prompt in enumerate(task.verifying[index].prompts):
                    said = dict(enumerate(values[row, side].tolist()))
                    expected = difference(prompt, gain=gain, noise=noise, carry={}, said=said)
                    assert found[draw, index, side] == pytest.approx(expected, abs=1e-5)
    assert len(np.unique(found.round(6), axis=0)) == DRAWS
    again = run_under(trial_of(task, gain=gain, noise=noise), "resample", "keep").logit_diff
    np.testing.assert_array_equal(again["keep"], found)
    other = run_under(trial_of(task, gain=gain, noise=noise, seed=1), "resample", "keep").logit_diff
    assert not np.allclose(other["keep"], found)


def test_draws_become_one_score() -> None:
    diffs = np.array([[[1.0, 2.0], [1.0, -1.0]], [[-1.0, 3.0], [1.0, 1.0]]])
    scores = scores_of(diffs, as_it_is)
    expected = np.logaddexp(0, -diffs).mean(axis=(0, 2))
    np.testing.assert_allclose(scores.loss, expected)
    assert scores.right.tolist() == [[True, True], [True, True]]  # of draw 0 and of draw 1


def test_optimal_constants_lose_as_little_as_any_constant() -> None:
    """One constant matters: that of the noise, which is off by 2 in the spec's own ablation.

    The answer is gain times the signal plus the constant, so that the best is found by a search on
    the same pairs.
    """
    task = with_finding(random_task(30), random_task(60, seed=1))
    gain, mean = 4.0, 2.0
    trial = trial_of(task, gain=gain)
    model = with_means(trial.circuit.model, {(VALUE, 1): mean})
    compiled = compile_spec(toy_spec(), model)
    assert compiled.circuit is not None
    trial = trial_on(compiled.circuit, task)

    def losses(pairs: Task, constant: float) -> Floats:
        said = dict(enumerate([constant] * 10))
        found = [
            [difference(p, gain=gain, noise=1.0, carry={}, said=said) for p in pair.prompts]
            for pair in pairs.verifying
        ]
        return np.logaddexp(0, -np.array(found)).mean(axis=1)

    finding = replace(task, verifying=task.finding)
    best = minimize_scalar(lambda c: losses(finding, c).mean(), bounds=(-10, 10)).fun
    own = losses(finding, mean).mean()
    assert own > best + 0.1
    on_finding = trial_on(compiled.circuit, replace(finding, finding=task.finding))
    found = scores_of(run_under(on_finding, "optimal", "keep").logit_diff["keep"], as_it_is).loss
    assert found.mean() == pytest.approx(best, abs=0.01)
    assert own == pytest.approx(
        trial_on(compiled.circuit, finding).runs.keep().loss.mean(), abs=1e-5
    )
    # Where `answer` is a constant there is nothing to know, and the best is to say neither.
    drop = scores_of(run_under(trial, "optimal", "drop").logit_diff["drop"], as_it_is).loss.mean()
    assert drop == pytest.approx(math.log(2), abs=1e-3)
    empty = scores_of(run_under(trial, "optimal", "empty").logit_diff["empty"], as_it_is).loss
    assert empty.mean() == pytest.approx(math.log(2), abs=1e-3)


def test_subsets_are_the_same_for_all_prompts() -> None:
    """Outside the circuit one node matters, so that every draw is one of two."""
    gain, noise, task = 4.1, 3.0, random_task(30)
    trial = trial_of(task, gain=gain, noise=noise)
    runs = run_subsets(trial)
    with_noise, without = (
        np.array(
            [
                [difference(p, gain=gain, noise=scale, carry={}, said={}) for p in pair.prompts]
                for pair in task.verifying
            ]
        )
        for scale in (noise, 0.0)
    )
    kinds = []
    for share in SHARES:
        for draw in runs[share]:
            live = np.allclose(draw, with_noise, atol=1e-5)
            assert live or np.allclose(draw, without, atol=1e-5)
            kinds.append((share, live))
    assert {(0.25, True), (0.5, False)} <= set(kinds)
    assert (1.0, True) not in kinds
    again = run_subsets(trial_of(task, gain=gain, noise=noise))
    assert all(np.array_equal(again[share], runs[share]) for share in SHARES)


# Circuits that live off the rest


def cancelled_transformer() -> Transformer:
    """Three value channels have the signal: 0 writes it, 1 takes it away, and 2 writes it again.

    So channel 0 is sufficient with all of the rest ablated. With channel 1 alone left alone there
    is nothing left of it.
    """
    config = CONFIG.model_copy(update={"d_head": 3})
    model = Transformer(config).requires_grad_(False).eval()
    for parameter in model.parameters():
        parameter.zero_()
    model.embed[0, 0] = model.embed[1, 1] = 1.0
    value, out = model.matrix(VALUE), model.matrix(OUT)
    value.weight[:, :2] = torch.tensor([1.0, -1.0])
    out.weight[2] = torch.tensor([12.0, -12.0, 12.0])
    model.unembed[2, 2], model.unembed[3, 2] = 1.0, -1.0
    return model


ALL_THREE = NODES.replace("L0.attn.v[0]", "L0.attn.v[0..2]")


def cancelled_trial(nodes: str = NODES, *, edges: str = "", seed: int = 0) -> Trial:
    transformer = cancelled_transformer()
    means = {
        place: torch.zeros(transformer.config.width(place))
        for place in all_places(transformer.config.n_layer)
    }
    reference = ReferenceMeans(means, "nothing", 1, "0" * 64)
    model = replace(toy_model(transformer), reference=reference)
    compiled = compile_spec(toy_spec(nodes=nodes, edges=edges), model)
    assert compiled.circuit is not None, compiled.diagnostics
    return trial_on(compiled.circuit, toy_task(40), seed=seed)


def test_a_circuit_that_is_cancelled_by_a_part_of_the_rest_is_refused() -> None:
    trial = cancelled_trial()
    assert trial.runs.keep().loss.mean() < 0.01
    subsets = judged(sufficient("subsets", 0.1), trial)
    assert subsets.verdict == "refuted"
    assert subsets.facts[0].startswith("the worst of 16 subsets has ")
    assert subsets.facts[0].endswith("loss 0.693")
    # Ablating the third and leaving the second alone is the worst there is: a loss of ln 2.
    adversary = judged(sufficient("adversary", 0.1), trial)
    assert (adversary.verdict, adversary.n) == ("refuted", 40)
    assert adversary.estimate == pytest.approx(math.log(2), abs=1e-5)


def test_a_circuit_with_all_three_stands() -> None:
    trial = cancelled_trial(ALL_THREE)
    for under in ("subsets", "adversary"):
        assert judged(sufficient(under, 0.1), trial).verdict == "confirmed"


def test_unlisted_weights_between_kept_nodes_are_of_the_rest() -> None:
    """All three are in the circuit, but the one that takes away has no edge to the answer."""
    edges = "  edge is_a, is_b -> carry -> answer\n"
    nodes = NODES.replace("L0.attn.v[0]", "L0.attn.v[0, 2]")
    trial = cancelled_trial(nodes + "  node away = L0.attn.v[1]\n", edges=edges)
    adversary = weigh_sufficient_under(sufficient("adversary", 0.1), trial)
    assert adversary.question is not None
    # 24 - 12 is enough; and of what is listed nothing can be ablated.
    assert adversary.question.estimate.value < 0.01
    only = cancelled_trial(
        NODES + "  node away = L0.attn.v[1]\n  node more = L0.attn.v[2]\n",
        edges=edges + "  edge is_a, is_b -> away\n",
    )
    adversary = weigh_sufficient_under(sufficient("adversary", 0.1), only)
    assert adversary.question is not None
    assert adversary.question.estimate.value == pytest.approx(math.log(2), abs=1e-5)


# Verdicts


@pytest.mark.parametrize(
    ("claim", "nodes", "verdict"),
    [
        (sufficient("zero", 0.3), NODES, "confirmed"),
        (sufficient("zero", 0.3), HALF, "refuted"),
        (sufficient("zero", 0.8), NODES, "vacuous"),
        (sufficient("zero", 0.00001), NODES, "vacuous"),
        (necessary("zero", 0.6), NODES, "confirmed"),
        (necessary("zero", 0.9), NODES, "refuted"),
        (necessary("zero", 0.00001), NODES, "vacuous"),
        (sufficient("task_mean", 0.3), NODES, "confirmed"),
        (sufficient("task_mean", 0.3), BLIND, "refuted"),
        (necessary("task_mean", 0.6), NODES, "confirmed"),
        (sufficient("resample", 0.3), NODES, "confirmed"),
        (sufficient("resample", 0.3), HALF, "refuted"),
        (necessary("resample", 0.6), NODES, "confirmed"),
        (necessary("resample", 5.0), NODES, "refuted"),
        (sufficient("counterfactual", 0.3), NODES, "confirmed"),
        (sufficient("counterfactual", 0.3), HALF, "refuted"),
        (necessary("counterfactual", 2.0), NODES, "confirmed"),
        (sufficient("optimal", 0.3), NODES, "confirmed"),
        (sufficient("optimal", 0.3), BLIND, "refuted"),
        (sufficient("optimal", 0.8), NODES, "vacuous"),
        (necessary("optimal", 0.6), NODES, "confirmed"),
        (necessary("optimal", 0.9), NODES, "refuted"),
        (sufficient("subsets", 0.3), NODES, "confirmed"),
        (sufficient("subsets", 0.3), HALF, "refuted"),
        (sufficient("subsets", 0.8), NODES, "vacuous"),
        (sufficient("adversary", 0.3), NODES, "confirmed"),
        (sufficient("adversary", 0.3), HALF, "refuted"),
        (sufficient("adversary", 0.8), NODES, "vacuous"),
    ],
    ids=lambda value: statement(value) if isinstance(value, Sufficient | Necessary) else None,
)
def test_verdicts(claim: Sufficient | Necessary, nodes: str, verdict: str) -> None:
    task = with_finding(toy_task(40), random_task(40))
    assert judged(claim, trial_of(task, nodes=nodes)).verdict == verdict


@pytest.mark.parametrize("under", ["zero", "resample", "subsets", "adversary"])
def test_accuracies(under: Alternative) -> None:
    trial = trial_of(toy_task(40))
    claim = Sufficient(metric="accuracy", comparison=">=", threshold=0.8, under=under)
    result = judged(claim, trial)
    assert (result.verdict, result.estimate) == ("confirmed", 1.0)
    assert result.interval is not None
    assert result.interval[0] < 0.95
    wrong_way = claim.model_copy(update={"comparison": "<="})
    assert judged(wrong_way, trial).verdict == "vacuous"


def test_what_is_missing_is_said() -> None:
    trial = trial_of(toy_task(40), text=None)
    result = judged(sufficient("resample", 0.3), trial)
    assert (result.verdict, result.reason) == (
        "error",
        "the model comes with no held-out text to draw values from",
    )
    result = judged(sufficient("optimal", 0.3), trial)
    assert (result.verdict, result.reason) == (
        "error",
        "the task has no pairs for finding to fit constants on",
    )
    fact = judged(sufficient("task_mean", 0.3), trial).facts[0]
    assert fact == "means are those over 80 prompts for verifying, for want of others"


def test_nan_is_no_pass() -> None:
    trial = trial_of(toy_task(40))
    trial.circuit.model.transformer.matrix(OUT).bias[2] = float("nan")
    for under in ("zero", "counterfactual", "subsets", "adversary"):
        with pytest.raises(MeasurementError, match="NaN or infinity"):
            weigh_sufficient_under(sufficient(under, 0.3), trial)
    with pytest.raises(MeasurementError, match="NaN or infinity"):
        weigh_necessary_under(necessary("resample", 0.3), trial)


def test_draws_of_an_exact_task_are_a_sample_all_the_same() -> None:
    trial = trial_of(toy_task(40, exact=True))
    exact = weigh_sufficient_under(sufficient("zero", 0.3), trial)
    drawn = weigh_sufficient_under(sufficient("resample", 0.3), trial)
    assert exact.question is not None
    assert drawn.question is not None
    assert (exact.question.estimate.exact, drawn.question.estimate.exact) == (True, False)


def test_a_calibrated_circuit_stays_calibrated_as_it_was() -> None:
    spec = toy_spec(settings="  calibrate scale, shift\n")
    task = with_finding(toy_task(40), toy_task(20))
    runs = Measurements(toy_circuit(spec), task, 0, quiet, spec.calibration)
    weighed = weigh_sufficient_under(sufficient("zero", 0.3), Trial(runs))
    assert weighed.question is not None
    # The means of the toy are 0, so that this is what the spec's own ablation gives.
    assert weighed.question.estimate.value == pytest.approx(runs.keep().loss.mean(), rel=1e-6)
    assert weighed.question.estimate.value != pytest.approx(runs.uncalibrated().loss.mean())
    assert len(weighed.premises) == 3


def test_pairs_are_spread_over_templates() -> None:
    task = random_task(60, fillers=(2, 2))
    chosen = spread_over_templates(task.verifying, 20)
    counts: dict[str, int] = {}
    for index in chosen:
        counts[task.verifying[index].template] = counts.get(task.verifying[index].template, 0) + 1
    assert len(chosen) == 20
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len(spread_over_templates(task.verifying, 100)) == 60


def test_zero_is_zero() -> None:
    trial = trial_of(toy_task(4))
    batches = tokenize_pairs(trial.task.verifying, trial.circuit.model.tokenizer)
    values = stand_in(trial, "zero", "keep").values(batches[0], 0, trial.circuit.scope)
    assert values.kind == zero_ablation(CONFIG).kind
    assert all(not value.any() for value in values.values.values())
