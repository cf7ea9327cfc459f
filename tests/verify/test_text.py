"""How a report reads."""

from __future__ import annotations

from dataclasses import replace

from circuitspec.report.tail_rows import tail_rows
from circuitspec.report.text import render_report
from circuitspec.verdict import verify_circuit

from .toy import EDGES, NODES, toy_circuit, toy_spec, toy_task

CLAIMS = """sufficient: loss <= 0.1
necessary: loss >= 0.6
minimal: every node costs >= 0.4"""


def rendered(claims: str, *, nodes: str = NODES, edges: str = "", exact: bool = False) -> str:
    spec = toy_spec(claims, nodes=nodes, edges=edges)
    return render_report(verify_circuit(spec, toy_circuit(spec), toy_task(40, exact=exact)))


def test_a_report() -> None:
    assert (
        rendered(CLAIMS, edges=EDGES)
        == """\
toy: refuted
  toy, first_word (40 pairs), mean ablation, 4 nodes, 3 edges

  confirmed  sufficient: loss <= 0.1           0.00104  [0.000645, 0.00149]  at 97.5%
  confirmed  necessary: loss >= 0.6            0.733    [0.721, 0.748]       at 95%
  refuted    minimal: every node costs >= 0.4  0.346    [0.346, 0.346]       at 98.3%
               is_a                            0.346    [0.346, 0.346]
               is_b                            0.346    [0.346, 0.346]
               carry                           0.692    [0.692, 0.693]
               the other 1 costs no less
               each on its own, of 4 nodes: 2 shown to cost >= 0.4, 2 shown to cost less

               full     keep     drop    empty
  loss      0.00113  0.00104    0.733    0.693
  accuracy   100.0%   100.0%    47.5%     0.0%

  loss of       90%      95%      99%  worst pair  worst template
  full      0.00266  0.00295  0.00315     0.00315               -
  keep      0.00248  0.00248  0.00248     0.00248               -

  The probability that any of these verdicts is wrong is 0.05 at most.
"""
    )


def test_the_tail_of_several_templates_says_the_worst_of_them() -> None:
    task = toy_task(40)
    pairs = tuple(replace(p, template=p.prompts[0][-1]) for p in task.verifying)
    spec = toy_spec(CLAIMS, edges=EDGES)
    report = verify_circuit(spec, toy_circuit(spec), replace(task, verifying=pairs))
    assert report.tails is not None
    assert report.tails.keep is not None
    _title, full, keep = tail_rows(report)
    assert full.split()[0] == "full"
    assert keep.split()[-1] == f"{report.tails.keep.worst_template_loss:.3g}"
    assert list(tail_rows(report.model_copy(update={"tails": None}))) == []


def test_a_reason_stands_below_its_claim() -> None:
    text = rendered("sufficient: loss <= 0.7")
    assert "  vacuous  sufficient: loss <= 0.7  0.00104" in text
    assert "\n             nothing at all already passes: loss 0.693\n" in text


def test_of_an_exact_task_there_are_no_intervals() -> None:
    half = NODES.replace("  node is_b   = L0.attn.in[1]\n", "")
    text = rendered("sufficient: loss <= 0.3", nodes=half, exact=True)
    assert "sufficient: loss <= 0.3  0.347  exact\n" in text
    assert "worst is pair 6, loss 0.348:\n" in text
    assert "Every input was run; the numbers have no error." in text


def test_what_rests_on_a_search_is_not_promised_more_than_its_pairs_say() -> None:
    text = rendered("sufficient: loss <= 0.1\ncomplete: gap <= 0.5")
    assert "wrong is 0.05 at most, as far as the drawn\n  inputs go. That another search" in text


def test_what_could_not_be_run() -> None:
    spec = toy_spec("sufficient: loss <= 0.1")
    task = replace(toy_task(), verifying=())
    text = render_report(verify_circuit(spec, toy_circuit(spec), task))
    assert text.startswith("toy: error\n  toy, first_word (0 pairs), mean ablation, 4 nodes\n")
    assert "  error  sufficient: loss <= 0.1\n" in text
    assert "the full model could not be run: the task has no pairs\n" in text
    assert "  loss            -        -        -        -\n" in text


def test_a_spec_without_claims() -> None:
    assert rendered("").endswith("The spec claims nothing.\n")
