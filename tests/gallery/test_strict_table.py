"""The table of circuits under the strict battery."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from formats.sample_outcomes import confirmed

from circuitspec.gallery.strict_table import label_of, strict_counts, strict_lines
from circuitspec.report.certificate import Certificate
from circuitspec.report.report import ClaimResult


def certificate(*claims: ClaimResult, reported: Sequence[ClaimResult] = ()) -> Certificate:
    (circuit,) = confirmed().circuits
    found = circuit.certificate
    assert found is not None
    return found.model_copy(update={"claims": claims, "reported": tuple(reported)})


def claim(statement: str, kind: str, verdict: str = "confirmed", **said: object) -> ClaimResult:
    (circuit,) = confirmed().circuits
    assert circuit.certificate is not None
    changed = {"statement": statement, "kind": kind, "verdict": verdict, **said}
    return circuit.certificate.claims[0].model_copy(update=changed)


ATTENTION = "faithful: attention <= 0.1"


@pytest.mark.parametrize(
    ("statement", "kind", "label"),
    [
        ("swapping circuit flips the answer: share >= 0.95", "swapping", "swapping circuit"),
        ("swapping a, b flips the answer: share >= 0.95", "swapping", "swapping nodes"),
        ("exchanging circuit keeps the answer: share >= 1", "exchanging", "exchanging circuit"),
        ("resampling rest keeps the answer: share >= 1", "resampling", "resampling rest"),
        ("resampling restless keeps the answer: share >= 1", "resampling", "resampling nodes"),
        ("beats nonsense: ratio >= 2", "beats", "beats nonsense"),
        ("a fires on \"b\": auc >= 0.9", "fires", "roles"),
        ("predict \"a: b\": task t, loss <= 1", "predicts", "predictions"),
    ],
)  # fmt: skip
def test_circuits_share_labels_that_name_no_nodes(statement: str, kind: str, label: str) -> None:
    assert label_of(claim(statement, kind)) == label


def test_a_row_per_claim_says_how_often_it_holds_and_what_was_measured() -> None:
    said = {"metric": "attention"}
    reports = {
        "one": certificate(claim(ATTENTION, "faithful", "refuted", estimate=0.5, **said)),
        "two": certificate(claim(ATTENTION, "faithful", "confirmed", estimate=0.02, **said)),
        "six": certificate(claim(ATTENTION, "faithful", "refuted", estimate=0.25, **said)),
        "ten": certificate(claim(ATTENTION, "faithful", "vacuous", estimate=None, **said)),
    }
    lines = list(strict_lines(reports))
    assert lines[0] == "| claim | confirmed | vacuous | refuted | measured |"
    assert lines[2] == "| faithful: attention | 1 | 1 | 2 | 0.02 to 0.5 |"
    assert "| faithful: attention | ✗ 0.5 | ✓ 0.02 | ✗ 0.25 | ∅ |" in lines


def test_what_is_only_reported_is_in_brackets_and_not_counted() -> None:
    other = claim("unique: loss >= 0.15", "unique", "refuted", estimate=0.1)
    report = certificate(claim(ATTENTION, "faithful", metric="attention"), reported=[other])
    lines = list(strict_lines({"one": report}))
    assert "| unique | (✗ 0.1) |" in lines
    assert not any(line.startswith("| unique") for line in lines[: lines.index("")])
    assert strict_counts([report]).endswith("Of their 1 claim: 1 confirmed.")


def test_several_claims_of_one_label_share_a_cell() -> None:
    roles = [
        claim(f'n{number} fires on "b": auc >= 0.9', "fires", verdict)
        for number, verdict in enumerate(("confirmed", "refuted", "confirmed"))
    ]
    lines = list(strict_lines({"one": certificate(*roles)}))
    assert "| roles | 2 ✓, 1 ✗ |" in lines
