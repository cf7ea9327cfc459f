"""The strict battery: what it adds, what it leaves to the author, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from circuitspec.circuit.bind import Bound
from circuitspec.claims.store import Store
from circuitspec.language.claim_text import subject
from circuitspec.language.claims import Faithful, Sufficient
from circuitspec.language.spec import Spec
from circuitspec.model.held_out import HeldOut
from circuitspec.report.report import Report
from circuitspec.tasks.task import Task
from circuitspec.verdict.battery import Strict, strict
from circuitspec.verdict.manner import Manner, judge
from verify.toy import EDGES, toy_circuit, toy_model, toy_spec, toy_task

PAGE = Path(__file__).parents[2] / "docs/explanation/strict.md"


def with_finding(task: Task) -> Task:
    return replace(task, finding=task.verifying)


def asked(spec: Spec, *, text: bool = True, finding: bool = True) -> Strict:
    held_out = HeldOut(np.array([[0, 4, 5], [1, 4, 6]]), "a text") if text else None
    circuit = toy_circuit(spec, replace(toy_model(), held_out=held_out))
    task = with_finding(toy_task()) if finding else toy_task()
    return strict(spec, circuit, task, (circuit,))


def judged(spec: Spec, manner: Manner) -> Report:
    circuit = toy_circuit(spec)
    task = toy_task(150)
    return judge(spec, circuit, task, Bound(circuit, task, ()), manner).report


def test_the_page_has_every_claim_of_the_battery_and_its_bound() -> None:
    page = PAGE.read_text(encoding="utf-8")
    harder = asked(toy_spec("sufficient: loss <= 0.3", edges=EDGES))
    for claim in harder.added:
        if claim.kind in ("swapping", "exchanging"):
            words = f"`{claim.kind} circuit "
        elif isinstance(claim, Sufficient):
            words = f"`{claim.under}`"
        else:
            bound = "t" if claim.threshold == 0.3 else f"{claim.threshold:g}"
            percent = f"{100 * claim.threshold:g}%"
            lines = [f"`{subject(claim)}: {claim.metric} {claim.comparison} {bound}`"]
            lines.append(lines[0].replace(bound, percent))
            assert any(line in page for line in lines), lines
            continue
        assert words in page, words


def test_what_the_author_claims_herself_is_left_to_her() -> None:
    own = "sufficient: loss <= 0.3\nfaithful: agreement >= 80%\ncomplete: gap <= 3"
    harder = asked(toy_spec(own, settings="  also subsets\n"))
    added = [subject(claim) for claim in harder.added]
    assert "complete" not in added
    assert "sufficient under subsets" not in added
    faithful = [c.metric for c in harder.spec.judged if isinstance(c, Faithful)]
    assert faithful.count("agreement") == 1


def test_a_spec_without_a_bound_gets_the_papers() -> None:
    (claim, *_) = asked(toy_spec("necessary: loss >= 0.6")).added
    assert claim == Sufficient(metric="loss", comparison="<=", threshold=0.15)


@pytest.mark.parametrize(
    ("lacking", "said", "gone"),
    [
        ({"text": False}, "held-out text", "specific"),
        ({"finding": False}, "no pairs for finding", "beats nonsense"),
    ],
)
def test_what_cannot_be_asked_is_left_out_and_said(
    lacking: dict[str, bool], said: str, gone: str
) -> None:
    spec = toy_spec("sufficient: loss <= 0.3")
    whole, less = asked(spec), asked(spec, **lacking)
    assert gone in [subject(claim) for claim in whole.added]
    assert gone not in [subject(claim) for claim in less.added]
    assert any(said in sentence for sentence in less.left_out)


def test_the_true_circuit_passes_and_half_of_it_does_not() -> None:
    report = judged(toy_spec("sufficient: loss <= 0.3", edges=EDGES), Manner(strict=True))
    verdicts = {claim.statement: claim.verdict for claim in report.claims}
    # Of six live nodes, which is all that there are, most sets have what the circuit has.
    fails = [s for s, v in verdicts.items() if v != "confirmed"]
    assert fails == ["beats random_circuits: share >= 0.9"]
    assert report.strict is not None
    assert set(report.strict.claims) == set(list(verdicts)[1:])
    assert "no frozen norms: the model has none" in report.strict.left_out
    assert {claim.verdict for claim in report.reported} == {"confirmed"}
    half = """
      node is_a   = L0.attn.in[0]
      node carry  = L0.attn.v[0]
      node answer = L0.attn.out[2]
    """
    report = judged(toy_spec("sufficient: loss <= 0.6", nodes=half), Manner(strict=True))
    refuted = {claim.kind for claim in report.claims if claim.verdict == "refuted"}
    assert {"faithful", "complete"} <= refuted


def test_several_processes_come_to_the_same_report(tmp_path: Path) -> None:
    spec = toy_spec("sufficient: loss <= 0.3", edges=EDGES)
    alone = judged(spec, Manner(strict=True))
    together = judged(spec, Manner(strict=True, store=Store(tmp_path), workers=2))
    assert together == alone
    assert list(tmp_path.glob("*.npz"))
    assert judged(spec, Manner(strict=True, store=Store(tmp_path))) == alone
