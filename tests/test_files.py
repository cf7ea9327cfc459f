"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.files import replacing, write_whole


def test_what_was_written_takes_the_files_place(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "note.txt"
    write_whole(path, "grüße\n")
    assert path.read_bytes() == "grüße\n".encode()
    write_whole(path, b"\x00")
    assert path.read_bytes() == b"\x00"


def test_an_interrupted_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("before")

    def write_until_interrupted() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half of wh")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_until_interrupted()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_can_be_read_by_others_as_the_umask_allows(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        write_whole(tmp_path / "note.txt", "")
    finally:
        assert os.umask(umask) == 0o027
    assert (tmp_path / "note.txt").stat().st_mode & 0o777 == 0o640


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.touch(mode=0o600)
    write_whole(path, "new")
    assert path.stat().st_mode & 0o777 == 0o600
