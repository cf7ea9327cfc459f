"""Every verdict of every kind of claim, brought about on a transformer whose parts are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from circuitspec.claims.measure import Scores
from circuitspec.claims.weigh import worst_pair
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.report.report import ClaimResult
from circuitspec.tasks.task import Task
from circuitspec.verdict import Report, verify_circuit

from .toy import EDGES, NODES, toy_circuit, toy_model, toy_spec, toy_task, toy_transformer

V1 = NODES + "  node noise = L0.attn.v[1]\n"
HALF = NODES.replace("  node is_b   = L0.attn.in[1]\n", "")
NEURON = NODES + "  node neuron = L0.mlp.neuron[0]\n"


def report_of(
    claims: str,
    *,
    transformer: Transformer | None = None,
    task: Task | None = None,
    nodes: str = NODES,
    edges: str = "",
    settings: str = "",
) -> Report:
    spec = toy_spec(claims, nodes=nodes, edges=edges, settings=settings)
    circuit = toy_circuit(spec, toy_model(transformer))
    return verify_circuit(spec, circuit, task or toy_task())


def claim_of(claim: str, **kwargs: object) -> ClaimResult:
    (result,) = report_of(claim, **kwargs).claims  # type: ignore[arg-type]
    return result


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("sufficient: loss <= 0.1", "confirmed"),
        ("sufficient: loss <= 0.0001", "vacuous"),  # nor does the full model
        ("sufficient: accuracy >= 0.8", "confirmed"),
        ("necessary: loss >= 0.6", "confirmed"),
        ("necessary: loss >= 0.9", "refuted"),
        ("necessary: accuracy <= 0.8", "confirmed"),
        ("necessary: accuracy <= 0.1", "refuted"),
        ("minimal: every node costs >= 0.3", "confirmed"),
        ("minimal: every node costs >= 0.4", "refuted"),
    ],
)
def test_a_threshold_on_either_side(claim: str, verdict: str) -> None:
    assert claim_of(claim, edges=EDGES).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "nodes", "edges"),
    [
        ("sufficient: loss <=", HALF, ""),
        ("necessary: loss >=", NODES, EDGES),
        ("minimal: every node costs >=", NODES, EDGES),
    ],
)
def test_a_threshold_at_the_estimate_itself_is_inconclusive(
    claim: str, nodes: str, edges: str
) -> None:
    estimate = claim_of(f"{claim} 0.5", nodes=nodes, edges=edges).estimate
    result = claim_of(f"{claim} {estimate}", nodes=nodes, edges=edges)
    assert (result.verdict, result.reason) == ("inconclusive", None)


@pytest.mark.parametrize("claim", ["sufficient: loss <= 0.3", "sufficient: accuracy >= 0.8"])
def test_a_circuit_that_is_not_sufficient(claim: str) -> None:
    assert claim_of(claim, nodes=HALF).verdict == "refuted"


def test_what_is_not_listed_among_the_edges_is_not_kept() -> None:
    claim = "sufficient: loss <= 0.3"
    assert claim_of(claim, edges=EDGES).verdict == "confirmed"
    assert claim_of(claim, edges="  edge is_a -> carry -> answer\n").reason == (
        "disconnected node: is_b has no path of listed weights to the logits"
    )


@pytest.mark.parametrize("unit", ["node", "edge"])
def test_minimal_shows_the_cost_of_every_unit(unit: str) -> None:
    claim = claim_of(f"minimal: every {unit} costs >= 0.2", edges=EDGES)
    costs = {detail.name: detail.cost for detail in claim.details}
    half, whole = pytest.approx(0.346, abs=1e-3), pytest.approx(0.692, abs=1e-3)
    expected = {
        "node": {"is_a": half, "is_b": half, "carry": whole, "answer": whole},
        "edge": {"is_a -> carry": half, "is_b -> carry": half, "carry -> answer": whole},
    }
    assert costs == expected[unit]
    assert claim.estimate == min(costs.values())
    assert claim.interval is not None
    assert claim.interval[0] == min(detail.interval[0] for detail in claim.details)
    assert claim.interval[1] == min(detail.interval[1] for detail in claim.details)


def test_an_idle_node_refutes_minimality() -> None:
    # Value channel 1 carries noise, and nothing at all where L0.attn.in[3] is ablated.
    claim = claim_of("minimal: every node costs >= 0.01", nodes=V1)
    assert claim.verdict == "refuted"
    assert min(claim.details, key=lambda detail: detail.cost).name == "noise"


def test_vacuous_if_the_full_model_fails() -> None:
    wrong = toy_task(40, swapped=40)
    assert "the full model itself fails" in str(
        claim_of("sufficient: loss <= 0.1", task=wrong).reason
    )
    necessary = claim_of("necessary: loss >= 0.6", task=wrong)
    assert (necessary.verdict, "as bad already" in str(necessary.reason)) == ("vacuous", True)


def test_vacuous_if_the_full_model_is_not_shown_to_pass() -> None:
    # Without the noise that the circuit leaves out it does better than the model does.
    noisy = toy_transformer(gain=4.0, noise=3.0)
    threshold = report_of("", transformer=noisy).baseline.full.loss
    claim = claim_of(f"sufficient: loss <= {threshold}", transformer=noisy)
    assert claim.interval is not None
    assert claim.interval[1] < claim.threshold
    assert claim.verdict == "vacuous"
    assert str(claim.reason).startswith("the full model itself is not shown to pass: loss 0.")
    # A circuit that is shown to fail fails all the same.
    claim = claim_of(f"sufficient: loss <= {threshold}", transformer=noisy, nodes=HALF)
    assert claim.verdict == "refuted"


def test_vacuous_if_nothing_at_all_already_passes() -> None:
    claim = claim_of("sufficient: loss <= 0.7")
    assert claim.verdict == "vacuous"
    assert claim.reason == "nothing at all already passes: loss 0.693"


@pytest.mark.parametrize(
    "claim", ["sufficient: loss >= 0.0", "sufficient: accuracy <= 0.9", "necessary: loss <= 3.0"]
)
def test_vacuous_if_a_bound_points_the_wrong_way(claim: str) -> None:
    kind, metric, comparison, threshold = claim.replace(":", "").split()
    spec = toy_spec(f"{kind}: loss {'<=' if kind == 'sufficient' else '>='} 0.1")
    (right_way,) = spec.claims
    changed = {"metric": metric, "comparison": comparison, "threshold": float(threshold)}
    spec = spec.model_copy(update={"claims": (right_way.model_copy(update=changed),)})
    (result,) = verify_circuit(spec, toy_circuit(spec), toy_task()).claims
    assert result.verdict == "vacuous"
    assert "does not bound how" in str(result.reason)


def test_vacuous_if_the_circuit_has_no_loss_to_lose() -> None:
    only_noise = "  node noise = L0.attn.in[3], L0.attn.v[1], L0.attn.out[2]\n"
    claim = claim_of("minimal: every node costs >= 0.01", nodes=only_noise)
    assert claim.verdict == "vacuous"
    assert "no better than nothing at all" in str(claim.reason)


def test_vacuous_if_the_circuit_does_worse_than_a_coin() -> None:
    # The bias makes the emptied circuit answer A whatever it reads. What the circuit adds is
    # better than that, but not good.
    biased = toy_transformer(gain=0.5)
    biased.matrix(Place(0, "attn.out")).bias[2] = 3.0
    model = toy_model(biased)
    model.reference.means[Place(0, "attn.out")][2] = 3.0  # type: ignore[index]
    spec = toy_spec("minimal: every node costs >= 0.0")
    (claim,) = verify_circuit(spec, toy_circuit(spec, model), toy_task()).claims
    assert claim.verdict == "vacuous"
    assert str(claim.reason).startswith("the circuit alone does no better than a coin: loss 2.8")


def test_vacuous_without_edges_to_leave_out() -> None:
    # The language refuses such a spec; a program may build it.
    spec = toy_spec("minimal: every edge costs >= 0.1", edges=EDGES).model_copy(
        update={"edges": ()}
    )
    (claim,) = verify_circuit(spec, toy_circuit(spec), toy_task()).claims
    assert (claim.verdict, claim.reason) == ("vacuous", "the circuit has no edge to leave out")
    assert claim.estimate is None


def test_vacuous_if_a_node_is_dead() -> None:
    claim = claim_of("sufficient: loss <= 0.1", nodes=NEURON)
    assert claim.verdict == "vacuous"
    assert claim.reason == "dead node: neuron is 0 on every prompt"
    assert claim.estimate == pytest.approx(0.001, abs=1e-3)  # shown all the same


def test_a_constant_is_dead_only_if_ablating_it_changes_nothing() -> None:
    transformer = toy_transformer()
    transformer.matrix(Place(0, "mlp.neuron")).bias[0] = 0.5
    transformer.matrix(Place(0, "mlp.out")).weight[2, 0] = 1.0
    nodes = NEURON + "  node writes = L0.mlp.out[2]\n"
    model = toy_model(transformer)
    spec = toy_spec("sufficient: loss <= 0.1", nodes=nodes)

    def result() -> ClaimResult:
        return verify_circuit(spec, toy_circuit(spec, model), toy_task()).claims[0]

    assert result().verdict == "confirmed"
    model.reference.means[Place(0, "mlp.neuron")][0] = 0.5  # type: ignore[index]
    assert result().reason == "dead node: neuron says its ablation value 0.5 everywhere"


def test_vacuous_with_too_few_pairs() -> None:
    one = claim_of("sufficient: loss <= 0.1", task=toy_task(1))
    assert (one.verdict, one.interval) == ("vacuous", None)
    assert one.estimate is not None


def test_vacuous_if_no_outcome_could_confirm_the_claim() -> None:
    claim = claim_of("sufficient: accuracy >= 0.6", task=toy_task(3))
    assert claim.estimate == 1.0
    assert claim.verdict == "vacuous"
    assert claim.reason == (
        "3 pairs cannot confirm this: the smallest attainable p is 0.86, the level 0.05"
    )


def test_one_pair_is_enough_if_it_is_all_there_is() -> None:
    claim = claim_of("sufficient: loss <= 0.1", task=toy_task(1, exact=True))
    assert claim.verdict == "confirmed"
    assert claim.exact
    assert claim.interval == (claim.estimate, claim.estimate)


def test_a_finite_task_has_a_counterexample() -> None:
    task = toy_task(6, exact=True)
    claim = claim_of("sufficient: loss <= 0.3", nodes=HALF, task=task)
    assert claim.verdict == "refuted"
    assert claim.counterexample is not None
    assert claim.counterexample.prompts == task.verifying[claim.counterexample.pair].prompts
    assert claim_of("sufficient: loss <= 0.3", nodes=HALF).counterexample is None


def test_the_worst_pair_of_an_accuracy_is_the_one_with_the_most_wrong_answers() -> None:
    # The first pair loses more than the second, but is answered rightly.
    right = np.array([[True, True], [False, True], [True, True]])
    scores = Scores(loss=np.array([0.6, 0.4, 0.1]), right=right)
    assert worst_pair(scores, "accuracy", "good").index == 1
    assert worst_pair(scores, "loss", "good").index == 0
    assert worst_pair(scores, "accuracy", "bad").index == 2
    assert worst_pair(scores, "loss", "bad").index == 2


@pytest.mark.parametrize("parameter", ["embed", "layers.0.attn.out.weight"])
@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_what_is_not_finite_is_an_error_that_names_the_run(parameter: str, value: float) -> None:
    transformer = toy_transformer()
    transformer.get_parameter(parameter)[-2:] = value
    report = report_of(
        "sufficient: accuracy >= 0.5\nminimal: every node costs >= 0.1", transformer=transformer
    )
    assert report.verdict == "error"
    for claim in report.claims:
        assert claim.verdict == "error"
        assert str(claim.reason).startswith("the full model gave NaN or infinity on ")
        assert (claim.estimate, claim.interval, claim.level) == (None, None, None)
    assert report.baseline.full.loss is None


def test_an_infinite_logit_is_an_error_though_the_loss_is_0() -> None:
    transformer = toy_transformer()
    transformer.unembed[2, 2] = torch.inf
    claim = claim_of("sufficient: loss <= 0.1", transformer=transformer)
    assert claim.verdict == "error"
    assert str(claim.reason).startswith("the full model gave NaN or infinity on 40 of 40 pairs")


def test_nan_in_a_later_run_is_an_error_that_names_it() -> None:
    model = toy_model()
    # Only where this node is ablated does its mean come in.
    model.reference.means[Place(0, "attn.v")][0] = torch.nan  # type: ignore[index]
    spec = toy_spec("minimal: every node costs >= 0.1\nnecessary: loss >= 0.6")
    minimal, necessary = verify_circuit(spec, toy_circuit(spec, model), toy_task()).claims
    assert minimal.verdict == "error"
    assert "the circuit without L0.attn.v[0] gave NaN" in str(minimal.reason)
    assert necessary.verdict == "error"
    assert "the model without the circuit gave NaN" in str(necessary.reason)


def test_a_task_that_the_tokenizer_cannot_say_is_an_error() -> None:
    task = toy_task(5)
    spoilt = replace(task.verifying[2], answers=("A B", "B"))
    task = replace(task, verifying=(*task.verifying[:2], spoilt, *task.verifying[3:]))
    claim = claim_of("sufficient: loss <= 0.1", task=task)
    assert claim.verdict == "error"
    assert "pair 2" in str(claim.reason)


def test_a_position_too_many_is_an_error() -> None:
    short = ModelConfig(**{**toy_model().config.model_dump(), "positions": "learned", "n_ctx": 2})
    transformer = Transformer(short).requires_grad_(False).eval()
    transformer.load_state_dict(
        {**toy_transformer().state_dict(), "pos_embed": torch.zeros(2, short.d_model)}
    )
    claim = claim_of("sufficient: loss <= 0.1", transformer=transformer)
    assert claim.verdict == "error"
    assert "positions" in str(claim.reason)


def test_a_spec_without_claims_is_vacuous() -> None:
    assert report_of("").verdict == "vacuous"


def test_the_verdict_is_the_worst() -> None:
    claims = "sufficient: accuracy >= 0.8\nnecessary: loss >= 0.9\nsufficient: loss <= 0.7"
    report = report_of(claims)
    assert [claim.verdict for claim in report.claims] == ["confirmed", "refuted", "vacuous"]
    assert report.verdict == "refuted"


def test_claims_share_the_level() -> None:
    report = report_of("sufficient: loss <= 0.1\nnecessary: loss >= 0.6", settings="  level 10%\n")
    assert sorted(claim.level or 0 for claim in report.claims) == [0.05, 0.1]


def test_claims_of_one_kind_have_names_of_their_own() -> None:
    report = report_of(
        "sufficient: loss <= 0.1\nsufficient: accuracy >= 0.8\nnecessary: loss >= 0.6"
    )
    assert [claim.name for claim in report.claims] == [
        "sufficient: loss <= 0.1",
        "sufficient: accuracy >= 0.8",
        "necessary",
    ]


def test_a_circuit_of_another_name_is_refused() -> None:
    spec = toy_spec()
    with pytest.raises(ValueError, match="the circuit is toy, the spec other"):
        verify_circuit(spec.model_copy(update={"name": "other"}), toy_circuit(spec), toy_task())
