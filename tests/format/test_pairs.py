"""Each `NAME.in.circ` of `pairs/` is formatted to the `NAME.out.circ` beside it, byte for byte.

Run with `UPDATE_GOLDEN=1` to write the results, and then read them as their author would.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.diagnostics import Source
from circuitspec.document import format_text, read_document
from circuitspec.language.parse import parse

from .comments import lexed_comments

PAIRS = sorted((Path(__file__).parent / "pairs").glob("*.in.circ"))


def name(path: Path) -> str:
    return path.name.removesuffix(".in.circ")


def result_of(path: Path) -> Path:
    return path.with_name(f"{name(path)}.out.circ")


@pytest.mark.parametrize("path", PAIRS, ids=name)
def test_a_text_is_formatted_as_the_file_beside_it(path: Path) -> None:
    formatted = format_text(path.read_bytes().decode()).text
    assert formatted is not None
    if os.environ.get("UPDATE_GOLDEN") == "1":
        result_of(path).write_bytes(formatted.encode())
    assert formatted == result_of(path).read_bytes().decode()


@pytest.mark.parametrize("path", PAIRS, ids=name)
def test_what_is_formatted_stays_as_it_is(path: Path) -> None:
    result = format_text(result_of(path).read_bytes().decode())
    assert not result.changed
    assert result.text == result.source.text


@pytest.mark.parametrize("path", PAIRS, ids=name)
def test_neither_meaning_nor_comments_change(path: Path) -> None:
    before = path.read_bytes().decode("utf-8-sig")
    after = result_of(path).read_bytes().decode()
    assert parse(Source("", after)).whole == parse(Source("", before)).whole
    assert lexed_comments(after) == lexed_comments(before)
    assert read_document(after).document == read_document(before).document


def test_every_file_belongs_to_a_pair() -> None:
    files = {path.name for path in (Path(__file__).parent / "pairs").iterdir()}
    assert files == {f"{name(path)}.{which}.circ" for path in PAIRS for which in ("in", "out")}


def test_no_line_is_longer_than_it_must_be() -> None:
    long = {
        (name(path), line)
        for path in PAIRS
        for line in result_of(path).read_text(encoding="utf-8").splitlines()
        if len(line.split("  #")[0]) > 100 and not line.lstrip().startswith(("#", '"'))
    }
    assert not long
