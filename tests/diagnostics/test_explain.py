"""`circuitspec explain`: the page on a code, whatever of a message is pasted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import circuitspec
from circuitspec.cli.app import app
from circuitspec.cli.explain import complete_code
from circuitspec.diagnostics import Code, Diagnostic
from circuitspec.diagnostics.codes import SECTIONS
from circuitspec.diagnostics.explain import (
    codes_by_section,
    explain_hint,
    find_code,
    page_text,
    similar_codes,
)
from diagnostics.page import Page

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def explain(*words: str):
    return CliRunner().invoke(app, ["explain", *words])


def test_a_page_is_printed_as_it_is_where_nobody_reads_it_on_a_terminal() -> None:
    result = explain("zero-weight")
    assert (result.exit_code, result.stdout) == (0, Page.read(Code.ZERO_WEIGHT).text)


def test_several_pages_are_printed_each_once() -> None:
    result = explain("zero-weight", "syntax", "zero-weight")
    pages = [Page.read(code).text for code in (Code.ZERO_WEIGHT, Code.SYNTAX)]
    assert result.stdout == "\n".join(pages)


@pytest.mark.parametrize(
    "pasted",
    [
        "zero-weight",
        "ZERO-WEIGHT",
        "zero_weight",
        " zero-weight: ",
        "`zero-weight`",
        "error[zero-weight]",
        "Warning[Zero-Weight]",
        "error[zero-weight]: the weight from `a` to `b` is zero in this model",
    ],
)
def test_a_code_is_found_in_what_is_pasted(pasted: str) -> None:
    assert find_code(pasted) is Code.ZERO_WEIGHT


@pytest.mark.parametrize(
    ("word", "similar"),
    [
        ("zero-wieght", "zero-weight"),
        ("error[unknwon-name]", "unknown-name"),
        ("vacuous", "claim-vacuous"),
        ("zero", "zero-weight"),
    ],
)
def test_an_unknown_code_gets_the_similar_ones(word: str, similar: str) -> None:
    assert str(similar_codes(word)[0]) == similar
    result = explain(word)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"there is no code `{word}`" in result.stderr
    assert f"`{similar}`" in result.stderr


@pytest.mark.parametrize("word", ["", "quark", "error[]"])
def test_an_unknown_code_without_similar_ones_gets_the_way_to_the_list(word: str) -> None:
    result = explain(word)
    assert result.exit_code == 2
    assert "`circuitspec explain` lists all codes" in result.stderr


def test_without_a_code_all_are_listed_under_their_sections() -> None:
    result = explain()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for code in Code:
        assert [line for line in lines if line.split()[:1] == [code]] != []
    assert [line for line in lines if line in SECTIONS.values()] == list(SECTIONS.values())


def test_every_code_is_in_one_section() -> None:
    assert [code for codes in codes_by_section().values() for code in codes] == list(Code)
    assert "" not in codes_by_section()


def test_the_shell_completes_codes() -> None:
    assert list(complete_code("claim-r")) == [("claim-refuted", Code.CLAIM_REFUTED.summary)]
    assert len(list(complete_code(""))) == len(Code)


def test_the_hint_names_each_code_once() -> None:
    def found(code: Code) -> Diagnostic:
        return Diagnostic(code=code, message="")

    assert explain_hint([]) is None
    assert explain_hint([found(Code.SYNTAX)] * 2) == (
        "for more about this: circuitspec explain syntax"
    )
    assert explain_hint([found(Code.ZERO_WEIGHT), found(Code.SYNTAX)]) == (
        "for more about these: circuitspec explain zero-weight syntax"
    )
    every = explain_hint(map(found, Code))
    assert every is not None
    assert len(every) < 120
    assert explain(*every.partition("explain ")[2].split()).exit_code == 0


@pytest.mark.parametrize("where", ["diagnostics/pages", "../docs/diagnostics"])
def test_pages_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path, where: str) -> None:
    package = tmp_path / "circuitspec"
    package.mkdir()
    folder = package / where
    folder.mkdir(parents=True)
    (folder / "syntax.md").write_text("found")
    assert page_text(Code.SYNTAX, package) == "found"


def test_a_page_is_explained_without_torch_or_a_parser() -> None:
    code = (
        "import sys\n"
        "from circuitspec.cli.explain import explain\n"
        "explain(['syntax'])\n"
        "assert not {'torch', 'lark', 'numpy', 'rich.markdown'} & set(sys.modules)\n"
    )
    # The process runs elsewhere, so it finds the package where this one did.
    path = str(Path(circuitspec.__file__).parents[1])
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_on_a_terminal_links_and_titles_become_plain_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from circuitspec.cli import explain as command

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    assert command.explain(["zero-weight"]) == 0
    shown = _STYLE.sub("", capsys.readouterr().out)
    assert [line.strip() for line in shown.splitlines()].count("example.circ") == 2
    assert "• no-such-matrix: there is no matrix" in shown
    assert ".md" not in shown
    assert "```" not in shown
