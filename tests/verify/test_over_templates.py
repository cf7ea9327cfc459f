"""A spec that counts templates, what each node costs on its own, and the worst that a run does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from circuitspec.claims.measure import Measurements, quiet
from circuitspec.claims.trial import Trial
from circuitspec.report.report import ClaimResult, Report
from circuitspec.statistics.units import Units
from circuitspec.tasks.task import Task
from circuitspec.verdict import verify_circuit
from circuitspec.verdict.tails import loss_tail

from .toy import EDGES, toy_circuit, toy_spec, toy_task


def templated(task: Task, templates: int) -> Task:
    """The same pairs, as if so many templates had made them."""
    pairs = [
        replace(pair, template=f"t{index % templates}") for index, pair in enumerate(task.verifying)
    ]
    return replace(task, verifying=tuple(pairs))


def report_of(claims: str, *, templates: int, pairs: int = 40, exact: bool = False) -> Report:
    spec = toy_spec(claims, edges=EDGES).model_copy(update={"unit": "templates"})
    task = templated(toy_task(pairs, exact=exact), templates)
    return verify_circuit(spec, toy_circuit(spec), task)


def claim_of(claim: str, *, templates: int, exact: bool = False) -> ClaimResult:
    (result,) = report_of(claim, templates=templates, exact=exact).claims
    return result


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("sufficient: loss <= 0.1", "confirmed"),
        ("sufficient: accuracy >= 0.5", "confirmed"),
        ("sufficient: accuracy >= 0.95", "vacuous"),  # ten templates cannot show that
        ("necessary: loss >= 0.6", "confirmed"),
        ("necessary: loss >= 0.9", "refuted"),
        ("minimal: every node costs >= 0.3", "confirmed"),
        ("minimal: every node costs >= 0.4", "refuted"),
    ],
)
def test_verdicts_over_ten_templates(claim: str, verdict: str) -> None:
    result = claim_of(claim, templates=10)
    assert (result.verdict, result.n, result.drawn) == (verdict, 10, "templates")


def test_why_ten_templates_do_not_confirm() -> None:
    result = claim_of("sufficient: accuracy >= 0.95", templates=10)
    assert result.attainable_p == 1.0
    assert result.reason is not None
    assert result.reason.startswith("10 templates cannot confirm this")


def test_one_template_has_no_interval() -> None:
    result = claim_of("sufficient: loss <= 0.1", templates=1)
    assert result.verdict == "vacuous"
    assert result.reason == "one template has no interval; a sample needs at least two"


def test_where_every_input_was_run_templates_do_not_matter() -> None:
    results = [claim_of("necessary: loss >= 0.6", templates=n, exact=True) for n in (1, 7)]
    assert {result.verdict for result in results} == {"confirmed"}
    assert results[0].estimate == results[1].estimate


def test_a_trial_counts_what_its_spec_says() -> None:
    spec = toy_spec()
    circuit, task = toy_circuit(spec), templated(toy_task(12), 4)
    trial = Trial(Measurements(circuit, task, 1, quiet), unit="templates")
    sample = np.arange(12.0)
    assert trial.mean(sample).n == 4
    assert trial.mean(sample[:6], range(6)).n == 4
    assert trial.mean(sample[:3], [0, 4, 8]).n == 1
    assert trial.mean(sample[sample > 9], sample > 9).n == 2
    with pytest.raises(ValueError, match="numbers of 3 pairs, and there are 12"):
        trial.mean(sample[:3])
    with pytest.raises(ValueError, match="there are no pairs"):
        trial.share(np.zeros((0, 2), dtype=bool), [])


def test_every_template_counts_alike() -> None:
    units = Units.of("templates", ["a", "a", "a", "b"])
    assert units.mean(np.array([1.0, 2.0, 3.0, 10.0])).value == 6.0
    right = np.array([[True, True], [True, False], [False, False], [True, True]])
    assert units.share(right).value == 0.75
    least = units.least_mean(np.array([[1.0, 2.0, 3.0, 10.0], [7.0, 7.0, 7.0, 7.0]]))
    assert least.means == pytest.approx([6.0, 7.0])


def test_units_that_are_alike_by_accident_of_order_give_the_same() -> None:
    sample, names = np.array([1.0, 5.0, 2.0, 7.0]), ["x", "y", "x", "z"]
    order = [3, 1, 0, 2]
    first = Units.of("templates", names).mean(sample)
    second = Units.of("templates", [names[i] for i in order]).mean(sample[order])
    assert first.interval(0.1) == pytest.approx(second.interval(0.1))


def test_each_node_is_held_against_the_claim_on_its_own() -> None:
    (result,) = report_of("minimal: every node costs >= 0.4", templates=20, pairs=60).claims
    assert result.verdict == "refuted"
    by_name = {unit.name: unit for unit in result.details}
    # Both inputs of the circuit cost half of what its middle does, whose loss is ln 2.
    assert by_name["is_a"].cost < 0.4 < by_name["carry"].cost
    assert all(unit.p_holm is not None and unit.p_holm < 0.05 for unit in result.details)
    assert result.facts == (
        "each on its own, of 4 nodes: 2 shown to cost >= 0.4, 2 shown to cost less",
    )


def test_a_node_of_which_nothing_is_shown() -> None:
    (known,) = report_of("minimal: every node costs >= 0.3", templates=20, pairs=60).claims
    cost = min(unit.cost for unit in known.details)
    (result,) = report_of(f"minimal: every node costs >= {cost}", templates=20, pairs=60).claims
    assert any(unit.p_holm is not None and unit.p_holm > 0.05 for unit in result.details)
    assert "not shown either way" in result.facts[0]


def test_of_all_inputs_there_is_no_p_value() -> None:
    result = claim_of("minimal: every node costs >= 0.4", templates=5, exact=True)
    assert [unit.p_holm for unit in result.details] == [None] * 4


def test_the_tail_of_a_run() -> None:
    task = templated(toy_task(100), 3)
    loss = np.arange(100.0)[::-1].copy()
    loss[7] = 500.0  # of template t1; the greatest of the others is pair 0, of t0
    tail = loss_tail(loss, task)
    ordered = np.sort(loss)
    assert (tail.p90, tail.p95, tail.p99) == (ordered[89], ordered[94], ordered[98])
    assert (tail.worst, tail.pair, tail.template) == (500.0, 7, "t1")
    assert tail.prompts == task.verifying[7].prompts
    assert tail.worst_template == "t1"
    assert tail.worst_template_loss == pytest.approx(loss[1::3].mean(), rel=1e-5)
    assert tail.templates == 3


def test_a_report_has_the_tails_of_the_circuit_and_of_the_model() -> None:
    report = report_of("sufficient: loss <= 0.1", templates=4)
    assert report.tails is not None
    for tail, score in (
        (report.tails.keep, report.baseline.keep),
        (report.tails.full, report.baseline.full),
    ):
        assert tail is not None
        assert score.loss is not None
        assert score.loss <= tail.worst_template_loss <= tail.worst
        assert tail.p90 <= tail.p95 <= tail.p99 <= tail.worst
