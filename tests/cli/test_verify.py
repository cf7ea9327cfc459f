"""`circuitspec verify`: what it prints where, and what it writes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from support.command_line import SPEC, run

from circuitspec.cli.spec_files import distinct_names
from circuitspec.formats import Format

UNDECIDED = SPEC.replace("necessary:  loss >= 0.60", "minimal: every node costs >= 0.517")
FALSE = SPEC.replace("loss >= 0.60", "loss >= 5")


def test_it_prints_and_writes(specs):
    result = run("verify", specs, "--out", specs / "out")
    assert result.exit_code == 0, result.output
    assert "  confirmed  sufficient: loss <= 0.15" in result.stdout
    assert result.stdout.endswith("1 file, 1 circuit: 2 claims confirmed\n")
    assert f"  wrote {specs / 'out' / 'quotes.json'}, " in result.stdout
    names = sorted(path.name for path in (specs / "out").iterdir())
    assert names == ["quotes.dot", "quotes.json", "quotes.png", "quotes.svg"]
    certificate = json.loads((specs / "out" / "quotes.json").read_text())
    assert certificate["verdict"] == "confirmed"
    assert [claim["verdict"] for claim in certificate["claims"]] == ["confirmed"] * 2
    assert ET.parse(specs / "out" / "quotes.svg").getroot().tag.endswith("svg")
    assert (specs / "out" / "quotes.png").read_bytes().startswith(b"\x89PNG")


def test_a_false_claim_is_shown_in_the_users_own_line(specs):
    (specs / "quotes.circ").write_text(FALSE)
    result = run("verify", specs)
    assert result.exit_code == 1
    assert "  refuted    necessary: loss >= 5" in result.stdout
    assert "error[claim-refuted]: necessary: loss is" in result.stdout
    assert "20 |   expect necessary:  loss >= 5\n" in result.stdout
    # The numbers stand in the table alone.
    assert result.stdout.count("pairs)") == 1
    assert " = note" not in result.stdout
    assert "circuitspec explain claim-refuted" in result.stdout


def test_json_is_all_that_stdout_holds_whatever_else_is_wrong(specs):
    (specs / "bad.circ").write_text("circuitspec 1\ncircuit x {")
    result = run("verify", specs, "--format", "json", "--out", specs / "out")
    assert result.exit_code == 2
    found = json.loads(result.stdout)
    assert [entry["sound"] for entry in found["files"]] == [False, True]
    assert [entry["code"] for entry in found["diagnostics"]] == ["syntax"]
    (certificate,) = found["certificates"]
    assert certificate["spec"]["name"] == "quotes"
    assert (
        json.loads((specs / "out" / "quotes.json").read_text())["claims"] == (certificate["claims"])
    )
    assert len(found["circuits"][0]["written"]) == 4


def test_two_runs_give_the_same_certificate_but_for_the_environment(specs):
    def certificate():
        found = json.loads(run("verify", specs, "--format", "json").stdout)
        (certificate,) = found["certificates"]
        del certificate["environment"]
        return certificate

    assert certificate() == certificate()


def test_circuits_of_one_name_have_results_of_different_names(specs):
    (specs / "more.circ").write_text(SPEC)
    (specs / "below").mkdir()
    (specs / "below" / "more.circ").write_text(SPEC.replace("./planted", "../planted"))
    result = run("verify", specs, "--out", specs / "out")
    assert result.exit_code == 0, result.output
    names = {path.stem for path in (specs / "out").glob("*.json")}
    folder = specs.name
    assert names == {"below.more.quotes", f"{folder}.more.quotes", "quotes.quotes"}


def test_names_are_as_short_as_they_can_be(tmp_path):
    a, b = tmp_path / "one" / "a.circ", tmp_path / "two" / "a.circ"
    assert distinct_names([(a, "x"), (a, "y"), (b, "z")]) == ["x", "y", "z"]
    assert distinct_names([(a, "x"), (b, "x")]) == ["one.a.x", "two.a.x"]
    assert distinct_names([]) == []


def test_one_bad_file_does_not_hide_the_others(specs):
    (specs / "bad.circ").write_text("circuitspec 1\ncircuit x {")
    result = run("verify", specs)
    assert result.exit_code == 2
    assert result.stdout.index("bad.circ") < result.stdout.index("quotes: confirmed")
    assert "1 circuit: 2 claims confirmed; 1 error\n" in result.stdout


def test_full_prints_what_its_renderer_renders(specs):
    """Though it prints in parts, as they become known."""
    (specs / "quotes.circ").write_text(FALSE)
    (specs / "bad.circ").write_text("circuitspec 1\ncircuit x {")
    kept = specs / "report.txt"
    assert run("verify", specs, "--output", kept).stdout == kept.read_text()


def test_undecided_claims_may_be_allowed(specs):
    path = specs / "quotes.circ"
    path.write_text(UNDECIDED)
    assert run("verify", path).exit_code == 1
    result = run("verify", path, "--allow-inconclusive")
    assert result.exit_code == 0
    assert "warning[claim-inconclusive]" in result.stdout
    path.write_text(FALSE)
    assert run("verify", path, "--allow-inconclusive").exit_code == 1


def test_a_circuit_that_claims_nothing_does_not_pass(specs):
    (specs / "quotes.circ").write_text(SPEC.partition("  expect")[0] + "}\n")
    result = run("verify", specs)
    assert result.exit_code == 1
    assert "1 circuit claims nothing" in result.stdout


def test_an_output_folder_that_is_a_file_exits_2(specs):
    result = run("verify", specs, "--out", specs / "quotes.circ")
    assert result.exit_code == 2
    assert "is a file" in result.stderr
    assert (specs / "quotes.circ").read_text() == SPEC


def test_an_interrupted_run_leaves_no_file_and_exits_130(specs, monkeypatch):
    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("circuitspec.verdict.manner.verify_circuit", interrupt)
    kept = specs / "junit.xml"
    result = run("verify", specs, "--out", specs / "out", "--output", kept)
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert not (specs / "out").exists()
    assert not kept.exists()


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"loss >= 0.60": "loss >= 5"}, 1),
        ({"loss <= 0.15": "loss <= 3"}, 1),
        ({"kind -> carry": "knd -> carry"}, 2),
        ({"./planted": "nowhere"}, 2),
    ],
    ids=["confirmed", "refuted", "vacuous", "mistake", "no-model"],
)
def test_every_format_exits_alike(specs, form, changes, code):
    text = SPEC
    for before, after in changes.items():
        text = text.replace(before, after)
    (specs / "quotes.circ").write_text(text)
    assert run("verify", specs, "--format", form).exit_code == code
    assert run("check", specs, "--format", form).exit_code == (2 if code == 2 else 0)
