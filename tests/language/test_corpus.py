"""Every file in `valid/` is a spec; every file in `invalid/` gets exactly the message beside it.

Run with `UPDATE_GOLDEN=1` to write the messages, and then read them as a user would.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.diagnostics import Code, render_all
from circuitspec.diagnostics.source import Source
from circuitspec.document import print_file
from circuitspec.language import load_file, parse_text

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.circ"))
INVALID = sorted((HERE / "invalid").glob("*.circ"))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_files_survive_printing_and_reading(path: Path) -> None:
    result = load_file(path)
    assert all(diagnostic.severity == "warning" for diagnostic in result.diagnostics)
    file = result.unwrap()
    printed = print_file(file)
    assert parse_text(printed).unwrap() == file
    assert print_file(parse_text(printed).unwrap()) == printed


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_files_get_the_message_beside_them(path: Path) -> None:
    result = load_file(path)
    # The path differs from machine to machine.
    rendered = render_all(result.diagnostics, Source(path.name, result.source.text)) + "\n"
    expected = path.with_suffix(".expect")
    if os.environ.get("UPDATE_GOLDEN") == "1":
        expected.write_text(rendered, encoding="utf-8")
    assert rendered == expected.read_text(encoding="utf-8")
    has_error = any(diagnostic.severity == "error" for diagnostic in result.diagnostics)
    assert (result.file is None) == has_error
    assert result.diagnostics


def test_an_invalid_file_is_named_for_a_code_that_it_produces() -> None:
    for path in INVALID:
        codes = {str(d.code) for d in load_file(path).diagnostics}
        if not path.stem.startswith("layout-"):
            assert any(path.stem.startswith(code) for code in codes), path.stem


def test_every_error_says_what_to_do() -> None:
    for path in INVALID:
        for diagnostic in load_file(path).diagnostics:
            assert diagnostic.help or diagnostic.notes or diagnostic.label, path.stem


def test_codes_have_summaries() -> None:
    for code in Code:
        assert code.summary.endswith(".")
        assert code == code.value == code.value.lower()
