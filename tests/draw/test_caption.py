"""What a drawing says of claims: the first few, and how many more there are of which verdict."""

from __future__ import annotations

import re
from typing import Any

from support.circuits import spec_text
from support.invented_results import report_of

from circuitspec.drawing import draw
from circuitspec.language import parse_text
from circuitspec.language.claims import Claim, Fires, Specific
from circuitspec.report.report import Report

from .sample_circuits import quote_closing


def report_on(*claims: Claim, changed: tuple[dict[str, Any], ...] = ()) -> Report:
    (spec,) = parse_text(spec_text("  node kind = L0.mlp.in[5]")).unwrap().circuits
    return report_of(spec.model_copy(update={"claims": claims}), *changed)


def words(report: Report, view: str = "full") -> str:
    circuit = quote_closing()
    model = report.model.model_copy(
        update={"name": circuit.model.name, "sha256": circuit.model.sha256}
    )
    named = report.spec.model_copy(update={"name": circuit.name})
    report = report.model_copy(update={"spec": named, "model": model})
    source = draw(circuit, report, view=view).source
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", source))


def fires(count: int) -> tuple[Claim, ...]:
    return tuple(Fires(node="kind", tokens=(f"t{index}",), threshold=0.9) for index in range(count))


def test_of_many_claims_the_first_are_shown_and_the_others_counted() -> None:
    refuted = {"verdict": "refuted"}
    report = report_on(*fires(40), changed=(*({} for _ in range(20)), refuted, refuted))
    for view in ("full", "compact"):
        shown = words(report, view)
        assert "and 32 more: 30 confirmed, 2 refuted" in shown
        assert "t7" in shown
        assert "t8" not in shown


def test_eight_claims_are_all_there_are_to_see() -> None:
    shown = words(report_on(*fires(8)))
    assert "t7" in shown
    assert "more:" not in shown


def test_a_claim_is_called_by_what_it_is_about() -> None:
    reason = {"verdict": "vacuous", "reason": "there is no text"}
    shown = words(report_on(Specific(threshold=0.1), *fires(1), changed=(reason,)))
    assert "specific: there is no text" in shown
    assert "kind fires on &quot;t0&quot; auc 0.5" in shown
