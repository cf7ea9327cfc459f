"""`circuitspec fmt` as a user meets it: what is written, what is said where, how it exits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from circuitspec.cli.app import app
from circuitspec.document import UnsafeFormatError

FORMATTED = "circuitspec 1\n\ncircuit a {\n  model   x  # why\n}\n"
UNFORMATTED = "circuitspec 1\ncircuit a{model x #why\n}\n"
BROKEN = "circuitspec 1\ncircuit a {\n  modl x\n}\n"


def fmt(*arguments: object, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["fmt", *map(str, arguments)], input=text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a file in the style and two that are not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.circ").write_text(FORMATTED)
    (tmp_path / "b.circ").write_text(UNFORMATTED)
    (tmp_path / "inner" / "c.circ").write_text(UNFORMATTED)
    return tmp_path


def test_files_are_formatted_in_place(folder: Path) -> None:
    result = fmt(".")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "reformatted b.circ",
        "reformatted inner/c.circ",
        "2 files reformatted, 1 file left unchanged",
    ]
    assert {path.read_text() for path in folder.rglob("*.circ")} == {FORMATTED}
    assert fmt(".").stderr == "3 files left unchanged\n"


def test_a_file_that_is_in_the_style_is_not_written(folder: Path) -> None:
    os.utime("a.circ", (1, 1))
    fmt("a.circ")
    assert (folder / "a.circ").stat().st_mtime == 1


def test_check_writes_nothing_and_exits_1(folder: Path) -> None:
    result = fmt("--check", ".")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "would reformat b.circ",
        "would reformat inner/c.circ",
        "2 files would be reformatted, 1 file would be left unchanged",
    ]
    assert (folder / "b.circ").read_text() == UNFORMATTED
    assert fmt("--check", "a.circ").exit_code == 0


DIFF = """\
--- b.circ
+++ b.circ
@@ -1,3 +1,5 @@
 circuitspec 1
-circuit a{model x #why
+
+circuit a {
+  model   x  # why
 }
"""


def test_diff_shows_what_would_change(folder: Path) -> None:
    result = fmt("--diff", "a.circ", "b.circ")
    assert (result.exit_code, result.stdout) == (0, DIFF)
    assert (folder / "b.circ").read_text() == UNFORMATTED
    assert fmt("--check", "--diff", "b.circ").exit_code == 1


def test_diff_is_coloured_where_that_is_asked_for(folder: Path) -> None:
    coloured = fmt("--diff", "--color", "always", "b.circ").stdout
    assert "\x1b[31m-circuit a{model x #why\x1b[0m\n" in coloured
    assert "\x1b[32m+circuit a {\x1b[0m\n" in coloured


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (FORMATTED.rstrip("\n"), "\\ No newline at end of file"),
        ("\ufeff" + FORMATTED, "-\ufeffcircuitspec 1"),
        (FORMATTED.replace("why", "why\u2028not"), None),
    ],
    ids=["no newline", "byte order mark", "line separator"],
)
def test_diff_shows_what_cannot_be_seen(folder: Path, content: str, line: str | None) -> None:
    (folder / "b.circ").write_text(content, encoding="utf-8")
    shown = fmt("--diff", "b.circ").stdout
    assert line in shown.split("\n") if line else not shown


def test_standard_input_is_formatted_to_standard_output(folder: Path) -> None:
    result = fmt("-", text=UNFORMATTED)
    assert (result.exit_code, result.stdout, result.stderr) == (0, FORMATTED, "")
    assert fmt("-", "--check", text=UNFORMATTED).exit_code == 1
    assert fmt("-", "--check", text=FORMATTED).exit_code == 0
    assert fmt("-", "--diff", text=UNFORMATTED).stdout == DIFF.replace("b.circ", "<stdin>")


def test_line_ends_and_byte_order_marks(folder: Path) -> None:
    crlf = FORMATTED.replace("\n", "\r\n").encode()
    (folder / "a.circ").write_bytes(crlf)
    (folder / "b.circ").write_bytes(b"\xef\xbb\xbf" + crlf)
    (folder / "inner" / "c.circ").write_bytes(crlf.replace(b"\r\n", b"\n", 1))
    assert fmt(".").exit_code == 0
    assert (folder / "a.circ").read_bytes() == crlf
    assert (folder / "b.circ").read_bytes() == crlf
    assert (folder / "inner" / "c.circ").read_bytes() == FORMATTED.encode()
    assert fmt("-", text=crlf).stdout_bytes == crlf


def test_a_mistake_in_the_syntax_leaves_the_file_alone_and_formats_the_others(folder: Path) -> None:
    (folder / "bad.circ").write_text(BROKEN)
    result = fmt(".")
    assert result.exit_code == 2
    assert "error[syntax]" in result.stderr
    assert " --> bad.circ:3:3" in result.stderr
    assert result.stderr.endswith(
        "2 files reformatted, 1 file left unchanged, 1 file could not be formatted\n"
    )
    assert (folder / "bad.circ").read_text() == BROKEN
    assert (folder / "b.circ").read_text() == FORMATTED
    assert fmt("--check", "bad.circ", "inner").exit_code == 2
    broken = fmt("-", text=BROKEN)
    assert (broken.exit_code, broken.stdout) == (2, "")


def test_a_mistake_in_the_meaning_does_not_keep_a_file_from_being_formatted(folder: Path) -> None:
    (folder / "b.circ").write_text(UNFORMATTED.replace("model x", "edge a->b"))
    result = fmt("b.circ")
    assert (result.exit_code, result.stderr) == (0, "reformatted b.circ\n1 file reformatted\n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "file-not-found"),
        (b"", "empty-file"),
        (b"\xff\xfe\x00", "not-utf8"),
        (b"circuitspec 1\n\xfc", "not-utf8"),
        (b"circuitspec 1\n\0", "binary-file"),
        (b"<?xml", "not-a-spec"),
    ],
)
def test_what_cannot_be_read_exits_2(folder: Path, content: bytes | None, code: str) -> None:
    if content is not None:
        (folder / "x.circ").write_bytes(content)
    result = fmt("x.circ")
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr
    assert "Traceback" not in result.output
    if content is not None:
        assert (folder / "x.circ").read_bytes() == content


def test_a_folder_without_specs_exits_2(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = fmt("empty")
    assert result.exit_code == 2
    assert "there is no .circ file below `empty`" in result.stderr


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(folder: Path) -> None:
    (folder / "b.circ").chmod(0o640)
    (folder / "link.circ").symlink_to("b.circ")
    assert fmt("link.circ").exit_code == 0
    assert (folder / "link.circ").is_symlink()
    assert (folder / "b.circ").read_text() == FORMATTED
    assert (folder / "b.circ").stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_written_exits_2(folder: Path, monkeypatch) -> None:
    # As it is for a user who is not root.
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    (folder / "b.circ").chmod(0o444)
    result = fmt("b.circ")
    assert result.exit_code == 2
    assert "error: cannot write b.circ: permission denied" in result.stderr
    assert (folder / "b.circ").read_text() == UNFORMATTED


def test_a_full_disk_exits_2_and_leaves_the_file_whole(folder: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = fmt("b.circ")
    assert result.exit_code == 2
    assert "error: cannot write b.circ: no space left on device" in result.stderr
    assert (folder / "b.circ").read_text() == UNFORMATTED
    assert sorted(path.name for path in folder.iterdir()) == ["a.circ", "b.circ", "inner"]


def test_a_bug_is_told_and_the_other_files_are_formatted(folder: Path, monkeypatch) -> None:
    from circuitspec.cli import fmt as command

    formats = command.format_text

    def fails_on_b(text: str, name: str) -> object:
        if name == "b.circ":
            raise UnsafeFormatError("b.circ: formatting would change what it says")
        return formats(text, name)

    monkeypatch.setattr(command, "format_text", fails_on_b)
    result = fmt(".")
    assert result.exit_code == 2
    assert "error: b.circ: formatting would change what it says" in result.stderr
    assert "this is a bug in circuitspec" in result.stderr
    assert (folder / "b.circ").read_text() == UNFORMATTED
    assert (folder / "inner" / "c.circ").read_text() == FORMATTED


def test_an_interrupted_run_leaves_whole_files_and_exits_130(folder: Path, monkeypatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupt)
    result = fmt(".")
    assert result.exit_code == 130
    assert (folder / "b.circ").read_text() == UNFORMATTED
