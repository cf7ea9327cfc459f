"""The specs of this repository hold, and the drawings in the docs are drawings of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import circuitspec as cs
from circuitspec.circuit.bind import bind_spec
from circuitspec.document import format_text, print_file
from circuitspec.drawing import draw
from circuitspec.evidence import gather_evidence
from circuitspec.language import load_file
from circuitspec.report.certificate import Certificate
from circuitspec.report.report import Report

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.circ"))
DRAWN = ROOT / "docs" / "circuits"


def names(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module", params=SPECS, ids=names)
def spec(request: pytest.FixtureRequest) -> cs.Spec:
    return cs.load(request.param)


@pytest.fixture(scope="module")
def published(spec: cs.Spec) -> Certificate:
    return Certificate.model_validate_json((DRAWN / f"{spec.name}.json").read_text())


@pytest.fixture(scope="module")
def report(spec: cs.Spec) -> Report:
    return cs.verify(spec)


def test_there_are_specs() -> None:
    assert SPECS


@pytest.mark.parametrize("path", SPECS, ids=names)
def test_specs_are_in_the_style(path: Path) -> None:
    assert not format_text(path.read_text(encoding="utf-8")).changed


def test_every_claim_is_confirmed(report: Report) -> None:
    assert {claim.name: claim.verdict for claim in report.claims} == {
        claim.name: "confirmed" for claim in report.claims
    }
    kinds = {claim.kind for claim in report.claims}
    assert "sufficient" in kinds
    assert kinds & {"necessary", "minimal"}


def test_the_published_numbers_are_those_of_today(report: Report, published: Certificate) -> None:
    """To a few digits: other processors add in another order."""
    assert report.model == published.model
    assert report.task == published.task
    assert report.spec.sha256 == published.spec.sha256
    assert len(report.claims) == len(published.claims)
    for now, then in zip(report.claims, published.claims, strict=True):
        assert now.name == then.name
        assert now.verdict == then.verdict
        assert now.estimate == pytest.approx(then.estimate, rel=1e-3, abs=1e-5)
        assert now.interval == pytest.approx(then.interval, rel=1e-3, abs=1e-5)


def test_the_published_drawing_is_of_this_spec(spec: cs.Spec, published: Certificate) -> None:
    """`make docs` draws it again."""
    bound = bind_spec(spec)
    assert bound.circuit is not None
    assert bound.task is not None
    evidence = gather_evidence(bound.circuit, bound.task)
    assert (
        draw(bound.circuit, published, evidence).source == (DRAWN / f"{spec.name}.dot").read_text()
    )
    assert (DRAWN / f"{spec.name}.svg").stat().st_size > 0


def test_printing_and_reading_a_spec_changes_nothing(spec: cs.Spec, tmp_path: Path) -> None:
    path = tmp_path / "again.circ"
    path.write_text(print_file(spec))
    assert load_file(path).unwrap().circuits == (spec,)
