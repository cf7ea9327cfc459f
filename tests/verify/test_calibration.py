"""A declared calibration: fitted once on the finding pairs, applied to the circuit, and shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from circuitspec.circuit.nodes import Node
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.report.report import FittedLogits, six_digits
from circuitspec.report.text import fitted_text, render_report
from circuitspec.tasks.calibration import LogitFit, fit_calibration
from circuitspec.tasks.scores import PairScores, score_pairs
from circuitspec.tasks.task import Pair, Task
from circuitspec.tasks.tokens import tokenize_pairs
from circuitspec.verdict import Report, verify_circuit
from circuitspec.verdict.diagnose import diagnose_claims

from .toy import NODES, WORDS, toy_circuit, toy_model, toy_spec, toy_task, toy_transformer

SCALE = "  calibrate scale\n"
BOTH = "  calibrate scale, shift\n"
NOISE = """
  node noise_in = L0.attn.in[3]
  node noise    = L0.attn.v[1]
  node answer   = L0.attn.out[2]
"""
CLAIMS = """sufficient: loss <= 0.3
sufficient: accuracy >= 80%
necessary: loss >= 0.01
minimal: every node costs >= 0.1"""


def weak_transformer() -> Transformer:
    """Value channel 1 carries the signal too, and more strongly, so that the circuit of value
    channel 0 answers rightly and with small logits."""
    model = toy_transformer(gain=0.5)
    model.matrix(Place(0, "attn.v")).weight[1] = torch.tensor([1.0, -1.0, 0.0, 0.02])
    model.matrix(Place(0, "attn.out")).weight[2, 1] = 12.0
    return model


def task(pairs: int = 40, *, swapped: int = 0) -> Task:
    """Finding pairs of four and five fillers, of which some have their answers swapped."""
    finding = []
    for index in range(60):
        fillers = " ".join(WORDS[4 + (index * step) % 10] for step in range(1, 5 + index % 2))
        answers = ("A", "B") if index >= swapped else ("B", "A")
        finding.append(Pair((f"a {fillers}", f"b {fillers}"), answers, "finding", ()))
    return replace(toy_task(pairs), finding=tuple(finding))


def report_of(
    claims: str = CLAIMS,
    *,
    settings: str = SCALE,
    of: Task | None = None,
    transformer: Transformer | None = None,
    nodes: str = NODES,
) -> Report:
    spec = toy_spec(claims, nodes=nodes, settings=settings)
    model = toy_model(weak_transformer() if transformer is None else transformer)
    return verify_circuit(spec, toy_circuit(spec, model), of or task())


def keep(pairs: tuple[Pair, ...], *, without: Node | None = None) -> PairScores:
    """The circuit alone on some pairs, run without anything of this package's verdicts."""
    spec = toy_spec(nodes=NODES)
    circuit = toy_circuit(spec, toy_model(weak_transformer()))
    if without is not None:
        circuit = circuit.without_node(without)
    return score_pairs(tokenize_pairs(pairs, circuit.model.tokenizer), circuit.keep)


def fitted(report: Report) -> FittedLogits:
    assert report.calibration is not None
    return report.calibration


def verdicts(report: Report) -> list[str]:
    return [claim.verdict for claim in report.claims]


def test_without_the_statement_nothing_is_fitted() -> None:
    report = report_of(settings="")
    assert report.calibration is None
    assert report.baseline.keep.loss == six_digits(float(keep(task().verifying).loss.mean()))
    assert verdicts(report) == ["refuted", "confirmed", "confirmed", "refuted"]


def test_a_right_circuit_of_small_logits_passes_a_bound_on_its_loss() -> None:
    assert verdicts(report_of()) == ["confirmed"] * 4


@pytest.mark.parametrize(("settings", "shift"), [(SCALE, False), (BOTH, True)])
def test_what_is_fitted_on_the_finding_pairs_is_applied_to_the_verifying_pairs(
    settings: str, shift: bool
) -> None:
    fit = fit_calibration(keep(task().finding), shift=shift)
    assert isinstance(fit, LogitFit)
    report = report_of(settings=settings)
    found, raw = fitted(report), keep(task().verifying)
    assert (found.scale, found.shift) == (six_digits(fit.scale), six_digits(fit.shift))
    assert (found.loss_before, found.loss_after) == (
        six_digits(fit.loss_before),
        six_digits(fit.loss_after),
    )
    assert (found.pairs, found.pairs_sha256) == (60, task().finding_sha256)
    # With the numbers as they are printed, a reader gets the loss that is printed.
    assert found.scale is not None
    assert found.shift is not None
    loss = raw.calibrated(found.scale, found.shift).loss
    assert report.baseline.keep.loss == six_digits(float(loss.mean()))
    assert report.claims[0].estimate == report.baseline.keep.loss
    assert found.uncalibrated.loss == six_digits(float(raw.loss.mean()))


def test_parts_of_the_circuit_get_the_numbers_of_the_whole() -> None:
    report = report_of("minimal: every node costs >= 0.1")
    scale = fitted(report).scale
    assert scale is not None
    whole = keep(task().verifying).calibrated(scale, 0.0).loss
    for unit in report.claims[0].details:
        place, _, index = unit.unit.removesuffix("]").partition("[")
        node = Node(Place(0, place.removeprefix("L0.")), int(index))  # type: ignore[arg-type]
        part = keep(task().verifying, without=node).calibrated(scale, 0.0).loss
        assert unit.cost == pytest.approx(float((part - whole).mean()), rel=1e-4)


def test_the_full_model_and_the_model_without_the_circuit_are_as_they_are() -> None:
    plain, calibrated = report_of(settings=""), report_of(settings=BOTH)
    for run in ("full", "drop", "empty"):
        assert getattr(calibrated.baseline, run) == getattr(plain.baseline, run)
    assert calibrated.baseline.keep != plain.baseline.keep
    assert calibrated.claims[2].estimate == plain.claims[2].estimate


def test_a_scale_alone_changes_no_accuracy() -> None:
    plain, calibrated = report_of(settings=""), report_of()
    assert calibrated.baseline.keep.accuracy == plain.baseline.keep.accuracy
    assert calibrated.claims[1].estimate == plain.claims[1].estimate


def test_a_shift_can_change_accuracy() -> None:
    """Half of the circuit leans: without `is_b` it says 0 after a `b`, and that is no answer."""
    half = NODES.replace("  node is_b   = L0.attn.in[1]\n", "")
    accuracies = {
        settings: report_of(settings=settings, nodes=half).baseline.keep.accuracy
        for settings in ("", SCALE, BOTH)
    }
    assert accuracies == {"": 0.5, SCALE: 0.5, BOTH: 1.0}


def test_the_verifying_pairs_have_no_part_in_the_fit() -> None:
    few, many = fitted(report_of(of=task(5))), fitted(report_of(of=task(40)))
    swapped = replace(task(), verifying=toy_task(40, swapped=40).verifying)
    assert (few.scale, few.loss_after) == (many.scale, many.loss_after)
    assert fitted(report_of(of=swapped)).scale == many.scale
    assert fitted(report_of(of=task(swapped=10))).scale != many.scale


def test_answers_the_wrong_way_round_are_not_turned_round() -> None:
    report = report_of(of=task(swapped=60), settings=BOTH)
    assert verdicts(report) == ["vacuous", "vacuous", "confirmed", "vacuous"]
    (reason,) = {claim.reason for claim in report.claims if claim.verdict == "vacuous"}
    assert reason is not None
    assert reason.startswith("the circuit alone answers the wrong way round: its scale would be -")
    found = fitted(report)
    assert (found.scale, found.shift, found.loss_after, found.problem) == (None, None, None, reason)
    assert report.baseline.keep == report_of(settings="").baseline.keep == found.uncalibrated


def test_what_says_one_and_the_same_is_vacuous() -> None:
    report = report_of(nodes=NOISE, transformer=toy_transformer())
    assert verdicts(report) == ["vacuous", "vacuous", "confirmed", "vacuous"]
    assert "says the same after both prompts of every pair" in str(report.claims[0].reason)


def test_what_cannot_be_fitted_has_a_way_out() -> None:
    spec = toy_spec(CLAIMS, nodes=NODES, settings=SCALE)
    report = report_of(of=task(swapped=60))
    found = diagnose_claims(spec, report)["minimal"]
    assert "the circuit alone answers the wrong way round" in found.message
    assert found.help == "look for what turns its answers round: a node or an edge that is missing"


def test_logits_that_are_no_numbers_are_an_error() -> None:
    broken = weak_transformer()
    broken.embed[WORDS.index("f9")] = torch.nan
    verifying = tuple(p for p in task().verifying if "f9" not in p.prompts[0])
    report = report_of(of=replace(task(), verifying=verifying), transformer=broken)
    assert verdicts(report) == ["error", "error", "confirmed", "error"]
    assert "the circuit alone on the finding pairs gave NaN" in str(report.claims[0].reason)
    found = fitted(report)
    assert (found.scale, found.problem) == (None, report.claims[0].reason)
    assert found.uncalibrated.loss is not None
    assert report.baseline.keep.loss is None


def test_without_finding_pairs_it_is_an_error() -> None:
    report = report_of("sufficient: loss <= 0.3", of=toy_task())
    assert "the circuit alone on the finding pairs could not be run" in str(report.claims[0].reason)


def seeing_transformer() -> Transformer:
    """The last word says a little of the answer, past everything that is in scope."""
    model = weak_transformer()
    model.embed[WORDS.index("f0"), 2], model.embed[WORDS.index("f9"), 2] = 0.05, -0.05
    return model


def test_nothing_at_all_is_calibrated_too_before_a_circuit_gets_the_credit() -> None:
    """Where the prompts of a pair end in different words, the emptied circuit tells them apart."""
    pairs = [Pair((f"a {w} f0", f"b {w} f9"), ("A", "B"), "", ()) for w in WORDS[5:13]]
    seen = replace(task(), finding=tuple(pairs), verifying=tuple(pairs))
    claims = "sufficient: loss <= 0.3\nminimal: every node costs >= 0.01"
    plain = report_of(claims, of=seen, transformer=seeing_transformer(), settings="")
    assert plain.baseline.empty.accuracy == 1.0
    assert plain.claims[0].verdict == "refuted"
    report = report_of(claims, of=seen, transformer=seeing_transformer())
    assert report.baseline.empty == plain.baseline.empty
    assert report.baseline.keep.loss == pytest.approx(0.1, abs=0.05)
    assert verdicts(report)[0] == "vacuous"
    assert str(report.claims[0].reason).startswith(
        "nothing at all already passes, calibrated in its own way: loss 0.1"
    )
    near = report_of("faithful: kl <= 0.3", of=seen, transformer=seeing_transformer()).claims[0]
    assert near.verdict == "vacuous"
    assert str(near.reason).startswith(
        "nothing at all already is as near, calibrated in its own way: kl"
    )


@pytest.mark.parametrize("claims", [CLAIMS, "necessary: loss >= 0.01", "sufficient: loss <= 0.3"])
def test_progress_counts_the_runs_on_finding_pairs(claims: str) -> None:
    spec = toy_spec(claims, settings=SCALE)
    seen: list[tuple[int, int, str]] = []
    verify_circuit(
        spec,
        toy_circuit(spec, toy_model(weak_transformer())),
        task(),
        on_progress=lambda *progress: seen.append(progress),
    )
    assert [done for done, _, _ in seen] == list(range(1, len(seen) + 1))
    assert {planned for _, planned, _ in seen} == {len(seen)}


def test_two_runs_give_the_same_bytes_and_reports_are_read_back() -> None:
    report = report_of(settings=BOTH)
    assert report.to_json() == report_of(settings=BOTH).to_json()
    assert Report.model_validate_json(report.to_json()) == report


def test_reports_from_before_there_was_any_are_read() -> None:
    content = json.loads(report_of(settings="").to_json())
    assert content.pop("calibration", "missing") is None
    assert Report.model_validate(content) == report_of(settings="")


def test_people_see_the_numbers_and_what_it_would_have_come_to() -> None:
    lines = render_report(report_of()).splitlines()
    scale = fitted(report_of()).scale
    assert lines[2:4] == [
        f"  logits of the circuit alone: x {scale:.3g}, fitted on 60 finding pairs",
        "  without it: loss 0.534, accuracy 100.0%",
    ]
    assert lines[4] == ""
    problem = render_report(report_of(of=task(swapped=60))).splitlines()[2]
    assert problem.startswith("  not calibrated: the circuit alone answers the wrong way round")


@pytest.mark.parametrize(
    ("scale", "shift", "shown"),
    [(2.3141, 0.0, "x 2.31"), (2.0, 0.0432, "x 2 + 0.0432"), (0.5, -1.5, "x 0.5 - 1.5")],
)
def test_the_numbers_as_text(scale: float, shift: float, shown: str) -> None:
    found = fitted(report_of()).model_copy(update={"scale": scale, "shift": shift})
    assert fitted_text(found) == shown
