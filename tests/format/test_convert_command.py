"""`circuitspec convert` and `circuitspec schema` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from circuitspec.cli.app import app
from circuitspec.document import document_schema

from .test_json import TEXT, VALUE


def convert(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(app, ["convert", *map(str, arguments)], input=text)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sound_text() -> str:
    return TEXT.replace("kind : +, other -> last", "kind : +")


def test_text_to_json_and_back(folder: Path) -> None:
    (folder / "a.circ").write_text(sound_text())
    result = convert("a.circ")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["circuits"][0]["circuit"] == "quotes"
    assert convert("a.circ", "--out", "a.json").exit_code == 0
    assert (folder / "a.json").read_text() == result.stdout
    back = convert("a.json")
    assert (back.exit_code, back.stdout, back.stderr) == (0, sound_text(), "")
    assert convert("a.json", "-o", "b.circ").exit_code == 0
    assert (folder / "b.circ").read_text() == sound_text()


def test_standard_input_needs_its_form_said() -> None:
    result = convert("-", text=sound_text())
    assert result.exit_code == 2
    assert "add --from circ or --from json" in result.stderr
    written = convert("-", "--from", "circ", text=sound_text())
    assert written.exit_code == 0
    assert convert("-", "--from", "json", text=written.stdout).stdout == sound_text()


def test_a_mistake_in_the_meaning_is_shown_in_the_text_that_was_written(folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps(VALUE))
    result = convert("a.json", "-o", "a.circ")
    assert result.exit_code == 2
    assert (folder / "a.circ").read_text() == TEXT
    assert " --> a.circ:15:28" in result.stderr
    assert "error[unknown-name]: no node is called `other`" in result.stderr
    printed = convert("a.json")
    assert (printed.exit_code, printed.stdout) == (2, TEXT)
    assert " --> <stdout>:15:28" in printed.stderr


def test_a_mistake_in_the_meaning_of_a_text_is_shown_there(folder: Path) -> None:
    (folder / "a.circ").write_text(TEXT)
    result = convert("a.circ")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == VALUE
    assert " --> a.circ:15:28" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.circ", b"circuitspec 1 {", "syntax"),
        ("a.circ", None, "file-not-found"),
        ("a.json", None, "file-not-found"),
        ("a.json", b"", "invalid-json"),
        ("a.json", b"\xff", "not-utf8"),
        ("a.json", b"{", "invalid-json"),
        ("a.json", b"[" * 100_000, "invalid-json"),
        ("a.json", b"[1, 2]", "invalid-document"),
        ("a.json", b'{"circuitspec": 1, "circuits": [{}]}', "invalid-document"),
    ],
)
def test_a_file_with_a_mistake_gives_nothing_and_exits_2(
    folder: Path, name: str, content: bytes | None, code: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    result = convert(name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error[{code}]" in result.stderr
    assert "Traceback" not in result.output


def test_a_file_is_not_converted_to_its_own_form(folder: Path) -> None:
    (folder / "a.circ").write_text(TEXT)
    result = convert("a.circ", "--out", "a.circ")
    assert result.exit_code == 2
    assert "both .circ files" in result.stderr
    assert (folder / "a.circ").read_text() == TEXT


def test_what_cannot_be_written_exits_2(folder: Path) -> None:
    (folder / "a.circ").write_text(sound_text())
    (folder / "out.json").mkdir()
    result = convert("a.circ", "--out", "out.json")
    assert result.exit_code == 2
    assert "error: cannot write out.json: is a directory" in result.stderr


def test_schema_prints_the_schema() -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == document_schema()
