"""Reports and certificates as data: what is written can be read back, and is always the same."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from circuitspec.report.certificate import (
    Certificate,
    certificates_json,
    certify,
    current_environment,
    write_certificates,
)
from circuitspec.report.report import VERDICTS, worst_verdict
from circuitspec.verdict import Report, verify_circuit

from .toy import EDGES, toy_circuit, toy_spec, toy_task

CLAIMS = """sufficient: loss <= 0.1
necessary: loss >= 0.9
minimal: every edge costs >= 0.2"""


def make_report() -> Report:
    spec = toy_spec(CLAIMS, edges=EDGES)
    return verify_circuit(spec, toy_circuit(spec), toy_task(), seed=3)


def without_environment(text: str) -> str:
    content = json.loads(text)
    assert content.pop("environment")
    return json.dumps(content)


def test_reports_are_read_where_torch_is_not_installed() -> None:
    code = "import circuitspec.report.report, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_two_runs_give_the_same_bytes() -> None:
    first, second = make_report(), make_report()
    assert first.to_json() == second.to_json()
    environment = current_environment()
    assert certify(first, environment).to_json() == certify(second, environment).to_json()


def test_only_the_environment_differs_between_a_report_and_its_certificate() -> None:
    report = make_report()
    certificate = certify(report, current_environment())
    assert json.loads(without_environment(certificate.to_json())) == json.loads(report.to_json())


def test_what_a_certificate_holds() -> None:
    content: dict[str, Any] = json.loads(certify(make_report(), current_environment()).to_json())
    assert list(content) == [
        "schema",
        "verdict",
        "spec",
        "model",
        "task",
        "seed",
        "level",
        "ablation",
        "sizes",
        "claims",
        "baseline",
        "calibration",
        "tails",
        "reported",
        "strict",
        "environment",
    ]
    spec = toy_spec(CLAIMS, edges=EDGES)
    assert spec.source is not None
    digest = hashlib.sha256(spec.source.text.encode()).hexdigest()
    assert content["schema"] == 1
    assert content["verdict"] == "refuted"
    assert content["spec"] == {"name": "toy", "path": "<text>", "sha256": digest}
    assert content["task"] == {"name": "first_word", "sha256": toy_task().sha256, "pairs": 40}
    assert content["seed"] == 3
    assert content["sizes"] == {"nodes": 4, "edges": 3}
    assert content["environment"]["packages"].keys() >= {"circuitspec", "torch", "numpy"}
    claim = content["claims"][1]
    assert claim["name"] == claim["kind"] == "necessary"
    assert (claim["comparison"], claim["threshold"], claim["n"]) == (">=", 0.9, 40)
    low, high = claim["interval"]
    assert low < claim["estimate"] < high
    assert len(content["claims"][2]["details"]) == 3


def test_reports_and_certificates_are_read_back() -> None:
    report = make_report()
    certificate = certify(report, current_environment())
    assert Report.model_validate_json(report.to_json()) == report
    assert Certificate.model_validate_json(certificate.to_json()) == certificate


def test_a_report_from_before_there_were_tails_is_read() -> None:
    content = json.loads(make_report().to_json())
    for name in ("tails", "reported", "strict"):
        del content[name]
    for claim in content["claims"]:
        del claim["drawn"]
        for unit in claim["details"]:
            del unit["p_holm"]
    assert Report.model_validate(content).tails is None


def test_a_tampered_verdict_is_refused() -> None:
    text = make_report().to_json().replace('"verdict": "refuted"', '"verdict": "confirmed"', 1)
    with pytest.raises(ValidationError, match="the worst of the claims' is refuted"):
        Report.model_validate_json(text)


def test_several_certificates_are_a_list(tmp_path: Path) -> None:
    certificate = certify(make_report(), current_environment())
    path = tmp_path / "out" / "certificates.json"
    write_certificates(path, [certificate, certificate])
    assert path.read_text() == certificates_json([certificate, certificate])
    assert [len(entry["claims"]) for entry in json.loads(path.read_text())] == [3, 3]
    write_certificates(path, [certificate])
    assert path.read_text() == certificate.to_json()


def test_a_spec_built_by_a_program_has_no_text_to_hash() -> None:
    spec = toy_spec(CLAIMS, edges=EDGES).model_copy(update={"source": None})
    report = verify_circuit(spec, toy_circuit(spec), toy_task())
    assert report.spec.model_dump() == {"name": "toy", "path": None, "sha256": None}


def test_the_worst_verdict() -> None:
    assert worst_verdict([]) == "vacuous"
    for better, worse in pairwise(VERDICTS):
        assert worst_verdict([worse, better]) == worst_verdict([better, worse]) == worse
