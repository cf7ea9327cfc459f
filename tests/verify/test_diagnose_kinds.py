"""What is said of claims of every kind that are not confirmed; the numbers are invented."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from support.invented_results import parts, report_of

from circuitspec.diagnostics import Code, Diagnostic
from circuitspec.language.claim_text import subject
from circuitspec.language.claim_words import CONTROLS, FAITHFUL_METRICS, FAITHFUL_SIDE, metric_of
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Complete,
    Constant,
    Exchanging,
    Faithful,
    Fires,
    Minimal,
    Predicts,
    Resampling,
    Separates,
    Signed,
    Specific,
    Sufficient,
    Swapping,
    Unique,
)
from circuitspec.language.spec import Spec
from circuitspec.verdict.diagnose import diagnose_claims

from .toy import toy_spec

NODE = "answer"

KINDS: tuple[Claim, ...] = (
    Fires(node=NODE, tokens=("a",), threshold=0.9),
    Separates(node=NODE, threshold=0.9),
    Signed(node=NODE, sign="negative", threshold=0.9),
    Constant(node=NODE, threshold=0.1),
    Attends(node="carry", source="last", target=("a",), threshold=0.9),
    Swapping(nodes=(NODE,), threshold=0.9),
    Exchanging(nodes=(NODE, "carry"), threshold=0.9),
    Resampling(nodes=("rest",), threshold=0.9),
    *(
        Faithful(metric=metric, comparison=FAITHFUL_SIDE[metric], threshold=0.2)
        for metric in FAITHFUL_METRICS
    ),
    Specific(threshold=0.1),
    Complete(threshold=0.1),
    Unique(threshold=0.9),
    *(Beats(control=c, metric=metric_of(c), threshold=0.9) for c in CONTROLS),
    Predicts(text="so", task="with_as", metric="loss", comparison="<=", threshold=0.1),
)


def spec_of(*claims: Claim, **others: Any) -> Spec:
    return toy_spec().model_copy(update={"claims": claims, **others})


def diagnosed(claim: Claim, **changed: Any) -> Diagnostic:
    spec = spec_of(claim)
    (found,) = diagnose_claims(spec, report_of(spec, changed)).values()
    return found


def test_all_kinds_are_tried() -> None:
    union = get_args(get_args(Claim)[0])
    tried = {type(claim) for claim in KINDS}
    assert {kind.__name__ for kind in set(union) - tried} == {"Sufficient", "Necessary", "Minimal"}


@pytest.mark.parametrize("claim", KINDS, ids=subject)
def test_a_refuted_claim_says_what_was_claimed_measured_and_what_to_do(claim: Claim) -> None:
    assert not isinstance(claim, Minimal)
    found = diagnosed(claim, verdict="refuted", estimate=0.312)
    bound = f"{claim.comparison} {claim.threshold:g}"
    assert found.code is Code.CLAIM_REFUTED
    assert found.message == f"{subject(claim)}: {claim.metric} is 0.312, claimed {bound}"
    assert found.help


@pytest.mark.parametrize("claim", KINDS, ids=subject)
def test_a_claim_that_is_vacuous_or_could_not_be_measured_says_why(claim: Claim) -> None:
    vacuous = diagnosed(claim, verdict="vacuous", reason="the token does not occur", estimate=None)
    assert vacuous.message == f"{subject(claim)} is vacuous: the token does not occur"
    assert vacuous.help == "mend what the reason names, or leave the claim out"
    error = diagnosed(claim, verdict="error", reason="it gave NaN", estimate=None)
    assert error.message == f"{subject(claim)} could not be measured: it gave NaN"


def test_advice_is_never_to_change_the_claim_to_what_was_seen() -> None:
    advice = {diagnosed(claim, verdict="refuted").help for claim in KINDS}
    assert len(advice) >= 15
    for words in advice:
        assert words is not None
        assert not any(word in words for word in ("bound", "threshold", "in model`", "over task`"))


FIRES = KINDS[0]


@pytest.mark.parametrize(
    ("estimates", "way"),
    [
        ((0.95, 0.96, 0.5, 0.6), "something else in the circuit alone"),
        ((0.5, 0.6, 0.95, 0.96), "something else in the model"),
        ((0.95, 0.6, 0.96, 0.5), "something else on other text"),
        ((0.5, 0.6, 0.5, 0.6), "circuitspec inspect"),
        ((0.95, 0.6, 0.5, 0.96), "circuitspec inspect"),
    ],
)
def test_where_a_role_does_not_hold_tells_what_is_wrong(
    estimates: tuple[float, ...], way: str
) -> None:
    measured = parts(*estimates)
    found = diagnosed(FIRES, verdict="refuted", estimate=min(estimates), parts=measured)
    assert way in str(found.help)
    worst = measured[estimates.index(min(estimates))].what
    assert f"auc is 0.5 ({worst}), claimed >= 0.9" in found.message
    failing = [part.what for part in measured if part.estimate < 0.9]
    assert [note.partition(":")[0] for note in found.notes if "auc" in note][1:] == failing


def test_many_failing_parts_are_counted() -> None:
    names = tuple(f"node {index}" for index in range(9))
    measured = parts(*(0.1 * index for index in range(9)), what=names)
    found = diagnosed(FIRES, verdict="refuted", estimate=0.0, parts=measured, facts=("a fact",))
    assert found.notes[-2:] == ("and so are 3 more of 9 measurements", "a fact")


def test_what_was_drawn_is_said() -> None:
    found = diagnosed(FIRES, verdict="refuted", n=256, drawn="windows")
    assert found.notes[0] == "auc 0.5 in [0.4, 0.6] at 99%, 256 windows"


def test_the_nodes_that_a_claim_names_are_pointed_at() -> None:
    found = diagnosed(KINDS[6], verdict="refuted")
    assert [label for _, label in found.secondary] == ["declared here", "declared here"]


def test_a_node_outside_is_pointed_at_where_it_is_declared() -> None:
    spec = toy_spec()
    outside = spec.nodes[0].model_copy(update={"name": "silent", "name_span": spec.name_span})
    claim = Resampling(nodes=("silent",), threshold=0.9)
    spec = spec_of(claim, outside=(outside,))
    (found,) = diagnose_claims(spec, report_of(spec, {"verdict": "refuted"})).values()
    assert found.secondary == ((spec.name_span, "declared here"),)


def test_a_claim_that_nobody_wrote_is_shown_at_the_name_of_the_circuit() -> None:
    found = diagnosed(Specific(threshold=0.1), verdict="refuted")
    assert found.span == toy_spec().name_span
    assert found.label == "refuted, which is asked of every circuit"


SUFFICIENT = "sufficient: loss <= 0.1"


def under(also: str | None) -> tuple[Spec, Diagnostic]:
    """A claim refuted under zero, with or without a statement that asks for this."""
    spec = toy_spec(SUFFICIENT, settings="" if also is None else f"  also {also}\n")
    spec = spec.model_copy(update={"also": ("zero",)})
    (found,) = diagnose_claims(spec, report_of(spec, {}, {"verdict": "refuted"})).values()
    return spec, found


def test_a_claim_under_another_ablation_is_shown_where_that_is_asked_for() -> None:
    spec, found = under("zero")
    assert found.span == spec.also_span
    assert found.label == "refuted under zero"
    assert found.message == "sufficient under zero: loss is 0.5, claimed <= 0.1"
    assert found.secondary == ((spec.claims[0].span, "claimed here"),)
    assert "values that stand in for the rest" in str(found.help)


@pytest.mark.parametrize("also", [None, "resample"])
def test_a_claim_under_what_the_text_does_not_ask_for_is_shown_where_it_is_claimed(
    also: str | None,
) -> None:
    spec, found = under(also)
    assert found.span == spec.claims[0].span
    assert found.label == "refuted under zero"


def test_random_subsets_have_advice_of_their_own() -> None:
    claim = Sufficient(metric="loss", comparison="<=", threshold=0.1, under="subsets")
    assert "leans on all of the rest being ablated" in str(diagnosed(claim, verdict="refuted").help)
