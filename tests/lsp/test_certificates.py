"""Where certificates are found, and which of several is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuitspec.lsp.certificates import find_certificate
from circuitspec.lsp.fragments import read_claim
from circuitspec.report.certificate import certificates_json, write_certificates
from lsp.made_certificates import certificate, claim, cost
from lsp.texts import SPEC


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "specs" / "x.circ"


@pytest.mark.parametrize(
    "place",
    [
        "specs/quotes.json",
        "specs/out/quotes.json",
        "specs/circuits/quotes.json",
        "out/quotes.json",
        "docs/circuits/quotes.json",
        "out/x.quotes.json",
    ],
)
def test_it_is_found_where_verify_usually_writes_it(path: Path, place: str) -> None:
    file = path.parents[1] / place
    write_certificates(file, [certificate()])
    found = find_certificate("quotes", path, SPEC)
    assert found is not None
    assert found.path == file
    assert not found.stale


def test_there_is_none_for_another_circuit_or_file_or_an_unsaved_text(path: Path) -> None:
    write_certificates(path.parent / "quotes.json", [certificate()])
    assert find_certificate("other", path, SPEC) is None
    assert find_certificate("quotes", None, SPEC) is None
    assert find_certificate("quotes", path.with_name("y.circ"), "another text") is None


def test_it_is_stale_once_the_text_has_changed(path: Path) -> None:
    write_certificates(path.parent / "quotes.json", [certificate()])
    found = find_certificate("quotes", path, SPEC + "\n")
    assert found is not None
    assert found.stale


def test_one_of_this_text_comes_before_a_newer_one_of_another(path: Path) -> None:
    now = certificate(created="2026-11-01T00:00:00+00:00")
    later = certificate(text="before", created="2026-11-02T00:00:00+00:00")
    write_certificates(path.parent / "out" / "quotes.json", [now])
    write_certificates(path.parent / "quotes.json", [later])
    found = find_certificate("quotes", path, SPEC)
    assert found is not None
    assert found.certificate == now


def test_of_two_the_newer_one_is_taken(path: Path) -> None:
    old, new = (certificate(created=f"2026-11-0{day}T00:00:00+00:00") for day in (1, 2))
    write_certificates(path.parent / "out" / "quotes.json", [new])
    write_certificates(path.parent / "quotes.json", [old])
    found = find_certificate("quotes", path, SPEC)
    assert found is not None
    assert found.day == "2026-11-02"


def test_a_file_of_several_certificates_is_read(path: Path) -> None:
    file = path.parent / "quotes.json"
    file.parent.mkdir()
    file.write_text(certificates_json([certificate(circuit="other"), certificate()]))
    assert find_certificate("quotes", path, SPEC) is not None


def test_a_file_that_is_written_again_is_read_again(path: Path) -> None:
    file = path.parent / "quotes.json"
    write_certificates(file, [certificate()])
    assert find_certificate("quotes", path, SPEC)
    write_certificates(file, [certificate(claim(estimate=0.1))])
    found = find_certificate("quotes", path, SPEC)
    assert found is not None
    assert found.certificate.claims[0].estimate == 0.1


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "\0", '{"schema": 99}', "[1]"])
def test_a_file_that_is_something_else_is_left_alone(path: Path, content: str) -> None:
    path.parent.mkdir()
    (path.parent / "quotes.json").write_text(content)
    (path.parent / "out").mkdir()
    (path.parent / "out" / "quotes.json").mkdir()
    assert find_certificate("quotes", path, SPEC) is None


def test_a_path_that_cannot_be_is_no_mistake() -> None:
    assert find_certificate("quotes", Path("/a\0b/x.circ"), SPEC) is None
    assert find_certificate("quotes", Path("/" + "x" * 5000 + "/x.circ"), SPEC) is None
    assert find_certificate("quotes", Path("/x.circ"), "\ud800") is None


def test_claims_and_costs_are_found_by_what_they_say(path: Path) -> None:
    costs = (cost("first", 0.3), cost("pair (L0.attn.q[1])", 0.2), cost("firsts", 0.1))
    write_certificates(
        path.parent / "quotes.json",
        [certificate(claim(), claim("minimal", threshold=0.005, details=costs))],
    )
    found = find_certificate("quotes", path, SPEC)
    assert found is not None

    def known(text: str) -> bool:
        claim = read_claim(f"expect {text}", ())
        assert claim is not None
        return found.claim(claim) is not None

    assert known("sufficient: loss <= 0.15")
    assert not known("sufficient: loss <= 0.16")
    assert not known("necessary: loss >= 0.15")
    assert known("minimal: every node costs >= 0.005")
    assert not known("minimal: every edge costs >= 0.005")
    assert [unit.cost for unit in found.costs("first")] == [0.3]
    assert [unit.cost for unit in found.costs("pair")] == [0.2]
