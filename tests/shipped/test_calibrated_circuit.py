"""The shipped circuit under a declared calibration, from its text to its certificate."""

from __future__ import annotations

from pathlib import Path

import pytest

import circuitspec as cs
from circuitspec.document import print_file
from circuitspec.language import parse_text
from circuitspec.report.certificate import Certificate

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "quote_closing.circ"


def calibrated(statement: str) -> cs.Spec:
    """The shipped spec with a statement more, without the claims of minimality: they take long."""
    text = SPEC.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("  expect minimal")]
    at = next(i for i, line in enumerate(kept) if line.startswith("  ablate"))
    (spec,) = (
        parse_text("\n".join([*kept[: at + 1], f"  {statement}", *kept[at + 1 :]]))
        .unwrap()
        .circuits
    )
    return spec


@pytest.fixture(scope="module")
def published() -> Certificate:
    path = ROOT / "docs" / "circuits" / "quote_closing.json"
    return Certificate.model_validate_json(path.read_text())


@pytest.mark.parametrize("statement", ["calibrate scale", "calibrate scale, shift"])
def test_the_shipped_circuit_calibrated(statement: str, published: Certificate) -> None:
    spec = calibrated(statement)
    assert (
        f"\n  ablate     mean over pretraining\n  {statement.replace(' ', '  ', 1)}\n"
        in print_file(spec)
    )
    report = cs.verify(spec)
    assert report.verdict == "confirmed"
    fitted = report.calibration
    assert fitted is not None
    assert fitted.problem is None
    assert fitted.pairs == 512
    # Without the fit the circuit is what its certificate says, and so is everything else.
    assert fitted.uncalibrated.loss == pytest.approx(published.baseline.keep.loss, rel=1e-3)
    for run in ("full", "drop", "empty"):
        now, then = getattr(report.baseline, run), getattr(published.baseline, run)
        assert now.loss == pytest.approx(then.loss, rel=1e-3)
        assert now.accuracy == then.accuracy
    assert fitted.scale == pytest.approx(3.3 if "shift" in statement else 3.47, abs=0.03)
    assert (fitted.shift != 0) == ("shift" in statement)
    assert fitted.loss_after is not None
    assert fitted.loss_before is not None
    assert fitted.loss_after < fitted.loss_before
    assert report.baseline.keep.loss < 0.01
    assert report.baseline.keep.accuracy == fitted.uncalibrated.accuracy == 1.0
