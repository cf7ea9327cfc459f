"""Whatever stands in a name or a text, each format stays what it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from circuitspec.formats import Format, format_of, render
from circuitspec.formats.json_report import JsonReport

from .sample_outcomes import OUTCOMES, TEXT, confirmed, failed, hostile, mistakes, nothing_claimed


def test_formats_are_imported_without_torch() -> None:
    modules = ", ".join(
        f"circuitspec.formats.{name}"
        for name in ("full", "concise", "json_report", "junit", "github", "outcome")
    )
    code = f"import {modules}, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_names_of_formats_cost_nothing() -> None:
    code = (
        "import circuitspec.formats, sys\n"
        "assert not {'torch', 'numpy', 'pydantic', 'lark', 'rich'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_finding_is_one_line() -> None:
    outcome = hostile()
    expected = len(list(outcome.findings()))
    assert expected >= 2
    assert len(render(outcome, Format.CONCISE).splitlines()) == expected
    assert render(outcome, Format.GITHUB).count("\n") == expected


def test_nothing_but_our_commands_reaches_the_github_runner() -> None:
    for line in render(hostile(), Format.GITHUB).split("\n")[:-1]:
        command = re.fullmatch(r"::(?:error|warning) ([^:]*)::(.*)", line)
        assert command is not None, line
        properties = dict(part.split("=", 1) for part in command[1].split(","))
        assert properties["file"].startswith("a%2Cb%3Ac%25%0D%0A<&>")
        assert properties["title"].startswith("circuitspec (")
        assert not re.search("%(?!25|0D|0A)", command[2])


def test_over_several_lines_github_is_given_no_columns() -> None:
    (spread,) = (
        line for line in render(mistakes(), Format.GITHUB).splitlines() if "endLine" in line
    )
    assert "line=3,endLine=4::" in spread
    assert "col" not in spread.partition("::a span")[0].replace("endCol", "col")


def test_junit_is_xml_whatever_it_holds() -> None:
    root = ET.fromstring(render(hostile(), Format.JUNIT))
    (suite,) = root
    assert suite.get("name") == "a,b:c%\r\n<&>\"'\ufffd[31m\ufffd.circ"
    text = suite.findtext("testcase/error")
    assert text is not None
    assert "<&>" in text
    assert "\x07" not in text


@pytest.mark.parametrize("name", OUTCOMES)
def test_junit_counts_what_it_holds_and_skips_nothing(name: str) -> None:
    root = ET.fromstring(render(OUTCOMES[name](), Format.JUNIT))
    for suite in (root, *root.iter("testsuite")):
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
        assert suite.get("failures") == str(len(list(suite.iter("failure"))))
        assert suite.get("errors") == str(len(list(suite.iter("error"))))
    assert list(root.iter("skipped")) == []


def test_junit_has_a_case_per_claim_with_its_numbers() -> None:
    root = ET.fromstring(render(confirmed(), Format.JUNIT))
    cases = [case for case in root.iter("testcase") if case.get("classname") == "quotes.quotes"]
    assert [case.get("name") for case in cases] == [
        "sufficient",
        "necessary",
        "minimal: every node costs >= 0.005",
        "minimal: every edge costs >= 0.003",
    ]
    found = {p.get("name"): p.get("value") for p in cases[0].iter("property")}
    assert found["estimate"] == "0.134"
    assert found["interval"] == "[0.131, 0.136]"


def test_a_circuit_that_claims_nothing_does_not_pass_in_junit() -> None:
    root = ET.fromstring(render(nothing_claimed(), Format.JUNIT))
    assert [failure.get("type") for failure in root.iter("failure")] == ["no-claims"]


@pytest.mark.parametrize("name", OUTCOMES)
def test_json_is_what_its_schema_says(name: str) -> None:
    text = render(OUTCOMES[name](), Format.JSON)
    assert json.loads(text)["schema"] == 1
    assert json.loads(JsonReport.model_validate_json(text).model_dump_json(by_alias=True)) == (
        json.loads(text)
    )


def test_json_has_a_schema_to_publish() -> None:
    schema = JsonReport.model_json_schema(by_alias=True)
    assert {"schema", "diagnostics", "certificates"} <= schema["properties"].keys()


def test_json_survives_any_name() -> None:
    text = render(hostile(), Format.JSON).encode("utf-8", "backslashreplace")
    (file,) = json.loads(text)["files"]
    assert file["name"] == "a,b:c%\r\n<&>\"'\x1b[31m\udcff.circ"


def test_json_says_which_claim_a_diagnostic_is_about() -> None:
    found = json.loads(render(failed(), Format.JSON))["diagnostics"]
    assert (found[0]["circuit"], found[0]["claim"]) == ("quotes", "sufficient")
    assert (found[-1]["circuit"], found[-1]["claim"]) == (None, None)
    span = found[0]["span"]
    assert (span["line"], span["column"]) == (14, 3)
    assert TEXT[span["start"] : span["end"]] == "expect sufficient: loss <= 0.15"


def test_a_file_has_the_format_of_its_suffix() -> None:
    assert format_of(Path("out/junit.XML"), Format.FULL) is Format.JUNIT
    assert format_of(Path("run.json"), Format.FULL) is Format.JSON
    assert format_of(Path("run.txt"), Format.GITHUB) is Format.GITHUB
