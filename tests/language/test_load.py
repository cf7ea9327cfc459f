"""Files that cannot be read are diagnostics, not exceptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from circuitspec.diagnostics import Code
from circuitspec.diagnostics.diagnostic import MOST_SHOWN
from circuitspec.language import SpecError, load_file, parse_text

SPEC = (Path(__file__).parent / "valid" / "quote_closing.circ").read_text(encoding="utf-8")


def codes(path: Path | str) -> list[str]:
    result = load_file(path)
    assert result.file is None
    return [diagnostic.code for diagnostic in result.diagnostics]


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.circ"
    path.write_text(SPEC, encoding="utf-8")
    result = load_file(str(path))
    assert result.source.name == str(path)
    assert result.unwrap() == parse_text(SPEC).unwrap()


def test_a_spec_remembers_its_source() -> None:
    result = parse_text(SPEC, "a.circ")
    assert result.unwrap().circuits[0].source is result.source


def test_missing_file(tmp_path: Path) -> None:
    assert codes(tmp_path / "no.circ") == [Code.FILE_NOT_FOUND]


def test_missing_file_with_the_extension_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.circ").write_text(SPEC, encoding="utf-8")
    (diagnostic,) = load_file(tmp_path / "a").diagnostics
    assert diagnostic.help == f"did you mean `{tmp_path / 'a.circ'}`?"


def test_folder(tmp_path: Path) -> None:
    assert codes(tmp_path) == [Code.IS_A_FOLDER]


@pytest.mark.parametrize("path", ["a\0b.circ", "x" * 5000, "\ud800.circ"])
def test_impossible_paths(path: str) -> None:
    assert codes(path) == [Code.UNREADABLE_FILE]


def test_a_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")
    assert codes(tmp_path / "a" / "b.circ") == [Code.UNREADABLE_FILE]


@pytest.mark.parametrize("size", [2**20 + 1, 2**23, 10**7])
def test_large_files(tmp_path: Path, size: int) -> None:
    path = tmp_path / "large.circ"
    path.write_bytes(b"#" * size)
    (diagnostic,) = load_file(path).diagnostics
    assert diagnostic.code == Code.FILE_TOO_LARGE
    assert f"{size:,}" in diagnostic.message


def test_large_texts() -> None:
    assert parse_text("#" * (2**20 + 1)).diagnostics[0].code == Code.FILE_TOO_LARGE


def test_unwrapping_an_error_raises_what_the_user_should_read() -> None:
    result = parse_text("circuitspec 1\n", "empty.circ")
    with pytest.raises(SpecError) as caught:
        result.unwrap()
    assert caught.value.diagnostics == result.diagnostics
    assert caught.value.source is result.source
    assert str(caught.value).startswith("error[no-circuits]: the file describes no circuit\n")


def test_warnings_do_not_stand_in_the_way() -> None:
    result = parse_text(SPEC.split("  expect")[0] + "}")
    assert [d.code for d in result.diagnostics] == [Code.NO_CLAIMS]
    assert result.unwrap().circuits[0].claims == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_editors_have_it(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.circ"
    path.write_bytes(f"# about\n{SPEC}".replace("\n", end).encode())
    file = load_file(path).unwrap()
    assert file == parse_text(SPEC).unwrap()
    span = file.circuits[0].nodes[1].name_span
    assert span is not None
    assert (span.line, span.column) == (12, 8)


def test_line_ends_may_be_mixed() -> None:
    text = "circuitspec 1\r\n# a\r# b\n\r\rcircuit x {}\n"
    result = parse_text(text)
    places = {(d.span.line, d.span.column) for d in result.diagnostics if d.span is not None}
    assert places == {(6, 9)}
    assert result.source.line(2) == "# a"
    assert result.source.line(4) == ""


def test_a_thousand_mistakes_are_enough() -> None:
    arrows = " -> ".join(["a"] * 3000)
    text = f"circuitspec 1\ncircuit x {{\n  node a = L0.mlp.in[1]\n  edge {arrows}\n  level 7\n}}\n"
    found = parse_text(text).diagnostics
    assert len(found) == MOST_SHOWN
    assert found[-1].notes[-1].endswith(" more in this file")
    assert all(diagnostic.severity == "error" for diagnostic in found)
