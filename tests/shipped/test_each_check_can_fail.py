"""The quote circuit is confirmed; with anything that matters changed, it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

import circuitspec as cs
from circuitspec.circuit.circuit import Circuit
from circuitspec.language import parse_text
from circuitspec.report.report import Report

SPEC = Path(__file__).parents[2] / "specs" / "quote_closing.circ"


@pytest.fixture(scope="module")
def spec() -> cs.Spec:
    """Without the claims of minimality, which take long and are not what is tried here."""
    spec = cs.load(SPEC)
    quick = tuple(claim for claim in spec.claims if claim.kind != "minimal")
    return spec.model_copy(update={"claims": quick})


def verdicts(report: Report) -> dict[str, str]:
    return {claim.kind: claim.verdict for claim in report.claims}


def test_as_it_is_it_is_confirmed(spec: cs.Spec) -> None:
    assert verdicts(cs.verify(spec)) == {"sufficient": "confirmed", "necessary": "confirmed"}


def test_zeros_for_the_reference_means_change_the_verdict(spec: cs.Spec) -> None:
    model = cs.load_model("python-small")
    zeros = {place: torch.zeros_like(mean) for place, mean in model.reference.means.items()}
    zeroed = replace(model, reference=replace(model.reference, means=zeros))
    assert cs.verify(spec, model=zeroed).verdict != "confirmed"


def test_keep_for_drop_changes_the_verdict(spec: cs.Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, drop = Circuit.keep_masks, Circuit.drop_masks
    monkeypatch.setattr(Circuit, "keep_masks", drop)
    monkeypatch.setattr(Circuit, "drop_masks", keep)
    swapped = verdicts(cs.verify(spec))
    assert swapped["necessary"] == "refuted"
    # With nothing dropped from nothing, even the emptied circuit passes.
    assert swapped["sufficient"] == "vacuous"


@pytest.mark.parametrize("essential", ["quote", "double_d", "double_key_11", "say_single"])
def test_without_an_essential_node_it_is_no_longer_sufficient(
    spec: cs.Spec, essential: str
) -> None:
    nodes = tuple(node for node in spec.nodes if node.name != essential)
    edges = tuple(e for e in spec.edges if essential not in (e.source.name, e.target.name))
    smaller = spec.model_copy(update={"nodes": nodes, "edges": edges})
    assert verdicts(cs.verify(smaller))["sufficient"] == "refuted"


def test_one_wrong_node_is_found_without_a_run() -> None:
    """A neighbour of the channel that says `"` has no weight from the values: refused outright."""
    text = SPEC.read_text().replace("L0.attn.out[261]", "L0.attn.out[262]")
    result = parse_text(text)
    with pytest.raises(cs.SpecError, match="zero-weight"):
        cs.compile(result.unwrap().circuits[0], cs.load_model("python-small"))
