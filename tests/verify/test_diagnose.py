"""What is said of a claim that is not confirmed: where it stands, what was measured, a way on."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from circuitspec import claims
from circuitspec.diagnostics import Code, Diagnostic, render
from circuitspec.report.claim_names import claim_names, statement
from circuitspec.tasks.task import Task
from circuitspec.verdict import Report, verify_circuit
from circuitspec.verdict.diagnose import diagnose_claims
from circuitspec.verdict.ways_on import WAYS_OUT

from .toy import EDGES, NODES, toy_circuit, toy_spec, toy_task

IDLE = "  node idle = L0.mlp.neuron[1]\n"


def judged(
    claims: str, *, nodes: str = NODES, edges: str = "", task: Task | None = None
) -> tuple[Diagnostic, str]:
    """The diagnostic of the only claim that fails, and how it is rendered."""
    spec = toy_spec(claims, nodes=nodes, edges=edges)
    report = verify_circuit(spec, toy_circuit(spec), task or toy_task())
    (found,) = diagnose_claims(spec, report).values()
    assert spec.source is not None
    return found, render(found, spec.source)


def test_torch_is_not_imported() -> None:
    code = "import circuitspec.verdict.diagnose, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_of_confirmed_claims_nothing_is_said() -> None:
    spec = toy_spec("sufficient: loss <= 0.1\nnecessary: loss >= 0.6")
    assert diagnose_claims(spec, verify_circuit(spec, toy_circuit(spec), toy_task())) == {}


def test_a_refuted_claim() -> None:
    _, text = judged("necessary: loss >= 0.9", edges=EDGES)
    assert (
        text
        == """\
error[claim-refuted]: necessary: loss is 0.733, claimed >= 0.9
  --> <text>:13:3
   |
13 |   expect necessary: loss >= 0.9
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ refuted
   |
   = help: another part of the model does the task as well: add it to the circuit
   = note: loss 0.7328 in [0.7212, 0.7479] at 95%, 40 pairs"""
    )


def test_the_cheapest_nodes_are_pointed_at_where_they_are_declared() -> None:
    _, text = judged("minimal: every node costs >= 0.4", edges=EDGES)
    assert (
        text
        == """\
error[claim-refuted]: minimal: leaving out `is_a` costs 0.346, claimed >= 0.4
  --> <text>:13:3
   |
 7 |   node is_a   = L0.attn.in[0]
   |        ---- costs 0.346
 8 |   node is_b   = L0.attn.in[1]
   |        ---- costs 0.346
...
13 |   expect minimal: every node costs >= 0.4
   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ refuted
   |
   = help: leave `is_a` out of the circuit and verify again: what the others cost changes with it
   = note: cost 0.3461 in [0.3459, 0.3463] at 95%, 40 pairs
   = note: each on its own, of 4 nodes: 2 shown to cost >= 0.4, 2 shown to cost less"""
    )


def test_the_cheapest_edges_are_pointed_at_where_they_are_drawn() -> None:
    found, text = judged("minimal: every edge costs >= 0.4", edges=EDGES)
    assert "leaving out `is_a -> carry` costs 0.346" in found.message
    assert [label for _, label in found.secondary] == ["costs 0.346", "costs 0.346"]
    assert "edge is_a, is_b -> carry -> answer" in text


def test_a_node_of_a_group_is_pointed_at_where_the_group_is_declared() -> None:
    nodes = """
  node both   = L0.attn.in[0, 1]
  node carry  = L0.attn.v[0]
  node answer = L0.attn.out[2]
"""
    found, _ = judged("minimal: every node costs >= 0.4", nodes=nodes)
    assert "`both (L0.attn.in[0])`" in found.message
    assert [span.line for span, _ in found.secondary] == [7, 7]


def test_of_many_cheap_nodes_the_others_are_counted() -> None:
    found, _ = judged("minimal: every node costs >= 5")
    assert len(found.secondary) == 3
    assert "less than 5 cost also `answer`" in found.notes


def test_an_inconclusive_claim() -> None:
    found, _ = judged("necessary: loss >= 0.734", edges=EDGES)
    assert found.code is Code.CLAIM_INCONCLUSIVE
    assert found.message == "necessary: loss is 0.733, too close to 0.734 to tell"
    assert found.severity == "error"
    assert "stated before looking" in str(found.help)


def test_an_inconclusive_claim_may_be_allowed_and_no_other() -> None:
    spec = toy_spec("necessary: loss >= 0.734\nminimal: every node costs >= 5", edges=EDGES)
    report = verify_circuit(spec, toy_circuit(spec), toy_task())
    found = diagnose_claims(spec, report, allow_inconclusive=True).values()
    severities = {d.code: d.severity for d in found}
    assert severities == {Code.CLAIM_INCONCLUSIVE: "warning", Code.CLAIM_REFUTED: "error"}


@pytest.mark.parametrize(
    ("estimate", "shown"), [(0.312, "0.312"), (0.15049, "0.1505"), (0.150001, "0.150001")]
)
def test_a_number_does_not_look_like_the_bound_that_it_misses(estimate: float, shown: str) -> None:
    spec = toy_spec("sufficient: loss <= 0.15")
    report = verify_circuit(spec, toy_circuit(spec), toy_task())
    (claim,) = report.claims
    refuted = claim.model_copy(update={"verdict": "refuted", "estimate": estimate})
    (found,) = diagnose_claims(spec, report.model_copy(update={"claims": (refuted,)})).values()
    assert found.message == f"sufficient: loss is {shown}, claimed <= 0.15"


def test_a_counterexample_is_noted() -> None:
    half = NODES.replace("  node is_b   = L0.attn.in[1]\n", "")
    found, _ = judged("sufficient: loss <= 0.3", nodes=half, task=toy_task(exact=True))
    assert found.notes[0].endswith("on all 40 pairs that there are")
    assert found.notes[1].startswith("worst is pair 6, loss 0.348: 'a f")


@pytest.mark.parametrize(
    ("claim", "changed", "reason", "way"),
    [
        ("sufficient: loss <= 0.7", {}, "nothing at all already passes", "not met with everything"),
        ("necessary: loss >= 0.0001", {}, "the full model is as bad", "that the model can do"),
        ("sufficient: loss <= 0.1", {"nodes": NODES + IDLE}, "dead node: idle", "does nothing"),
        ("sufficient: loss <= 0.1", {"task": toy_task(1)}, "one pair has no", "more pairs"),
        ("sufficient: accuracy >= 99%", {"task": toy_task(5)}, "5 pairs cannot", "more pairs"),
        ("sufficient: loss <= 0.1", {"task": toy_task(swapped=40)}, "the full model", "can do"),
        ("minimal: every node costs >= 0.1", {"task": toy_task(swapped=40)}, "the circuit", "make"),
    ],
)
def test_a_vacuous_claim(claim: str, changed: dict, reason: str, way: str) -> None:
    found, _ = judged(claim, **changed)
    assert found.code is Code.CLAIM_VACUOUS
    assert found.message.startswith(f"{claim.partition(':')[0]} is vacuous: {reason}")
    assert way in str(found.help)


def test_there_is_a_way_out_for_every_premise_that_the_package_knows() -> None:
    sources = Path(claims.__file__).parent.rglob("*.py")
    text = "".join(source.read_text() for source in sources)
    phrases = re.findall(r'(?:broken|unclear)=f?"([^"{]*)', text)
    assert len(phrases) >= 8
    for phrase in phrases:
        assert any(phrase.startswith(start) for start in WAYS_OUT), phrase


def test_an_idle_node_is_pointed_at() -> None:
    found, text = judged("sufficient: loss <= 0.1", nodes=NODES + IDLE)
    ((_, label),) = found.secondary
    assert label == "does nothing here"
    assert "node idle = L0.mlp.neuron[1]" in text


def test_what_could_not_be_run() -> None:
    found, _ = judged("sufficient: loss <= 0.1", task=replace(toy_task(), verifying=()))
    assert found.code is Code.CLAIM_ERROR
    assert found.message == (
        "sufficient could not be measured: the full model could not be run: the task has no pairs"
    )


def several() -> tuple:
    spec = toy_spec(
        "sufficient: loss <= 0.0001\nnecessary: loss >= 0.9\n"
        "minimal: every node costs >= 1\nminimal: every edge costs >= 0.30000001",
        edges=EDGES,
    )
    return spec, verify_circuit(spec, toy_circuit(spec), toy_task())


def test_claims_are_named_before_a_run_as_in_its_report() -> None:
    spec, report = several()
    assert claim_names(spec.judged) == tuple(claim.name for claim in report.claims)
    assert tuple(map(statement, spec.claims)) == tuple(c.statement for c in report.claims)
    assert set(diagnose_claims(spec, report)) == set(claim_names(spec.judged)[:3])


def test_a_report_is_enough_though_it_was_written_long_ago() -> None:
    spec, report = several()
    again = Report.model_validate_json(report.to_json())
    assert diagnose_claims(spec, again) == diagnose_claims(spec, report)


def test_of_a_spec_built_by_a_program_the_places_are_missing_and_nothing_else() -> None:
    spec, report = several()
    bare = type(spec).model_validate(spec.model_dump())
    found = diagnose_claims(bare, report).values()
    placed = diagnose_claims(spec, report).values()
    assert [d.message for d in found] == [d.message for d in placed]
    assert all(d.span is None and d.secondary == () for d in found)


def test_a_report_about_other_claims_is_refused() -> None:
    _, report = several()
    with pytest.raises(ValueError, match="other claims"):
        diagnose_claims(toy_spec("sufficient: loss <= 0.1"), report)
