"""Tasks of a user's own, read from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitspec.diagnostics.codes import Code
from circuitspec.tasks import pair_file
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Pair

ROUND = {"prompts": ["f(x", "f[x"], "answers": [")", "]"]}


def write(folder: Path, *lines: object, name: str = "pairs.jsonl") -> Path:
    text = "".join(line if isinstance(line, str) else f"{json.dumps(line)}\n" for line in lines)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def refused(folder: Path, *lines: object) -> TaskError:
    write(folder, *lines)
    with pytest.raises(TaskError) as caught:
        load_task("pairs.jsonl", base=folder)
    return caught.value


def test_a_file_becomes_a_task(tmp_path: Path) -> None:
    other = {"prompts": ["g(x", "g[x"], "answers": [")", "]"], "template": "t", "names": ["g"]}
    write(tmp_path, {**ROUND, "split": "finding"}, "\n", other)
    task = load_task("pairs.jsonl", base=tmp_path)
    assert task.name == "pairs.jsonl"
    assert task.finding == (Pair(("f(x", "f[x"), (")", "]"), "", ()),)
    assert task.verifying == (Pair(("g(x", "g[x"), (")", "]"), "t", ("g",)),)
    assert task.verifying_pair(0) == "pairs.jsonl:3"


def test_pairs_are_for_verifying_unless_they_say_otherwise(tmp_path: Path) -> None:
    write(tmp_path, ROUND)
    assert not load_task("pairs.jsonl", base=tmp_path).finding


def test_a_path_is_relative_to_the_base_and_may_be_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "below").mkdir()
    path = write(tmp_path / "below", ROUND)
    monkeypatch.chdir(tmp_path)
    tasks = [
        load_task("below/pairs.jsonl"),
        load_task("./pairs.jsonl", base=Path("below")),
        load_task(str(path), base=Path("elsewhere")),
    ]
    assert len({task.sha256 for task in tasks}) == 1


def test_where_a_pair_stands_does_not_change_the_hash(tmp_path: Path) -> None:
    write(tmp_path, ROUND)
    before = load_task("pairs.jsonl", base=tmp_path).sha256
    write(tmp_path, "\n\n", ROUND, "\n")
    assert load_task("pairs.jsonl", base=tmp_path).sha256 == before


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense\n", "not JSON"),
        ("[]\n", "not a JSON object"),
        ("3\n", "not a JSON object"),
        ({"answers": [")", "]"]}, "`prompts` is missing"),
        (ROUND | {"prompts": ["f(x"]}, "`prompts` is not two strings"),
        (ROUND | {"prompts": ["f(x", "f[x", "f{x"]}, "`prompts` is not two strings"),
        (ROUND | {"prompts": "f("}, "`prompts` is not two strings"),
        (ROUND | {"answers": [")", 1]}, "`answers` is not two strings"),
        (ROUND | {"template": 1}, "`template` is not a string"),
        (ROUND | {"names": [1]}, "`names` is not a list of strings"),
        (ROUND | {"split": "test"}, "there is no split `test`"),
        (ROUND | {"split": None}, "there is no split `None`"),
        (ROUND | {"nmes": []}, "`nmes` is not a key of a pair"),
        (ROUND | {"prompts": ["f(x", "f(x"]}, "the prompts are the same"),
        (ROUND | {"answers": [")", ")"]}, "the answers are the same"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: object, message: str) -> None:
    error = refused(tmp_path, {"prompts": ["g(", "g["], "answers": [")", "]"]}, line)
    assert str(error).startswith(f"`pairs.jsonl:2`: {message}")
    assert error.diagnostic.code is Code.INVALID_PAIRS
    assert error.diagnostic.help


def test_all_lines_are_looked_at(tmp_path: Path) -> None:
    error = refused(tmp_path, "x\n", ROUND, "y\n", *["z\n"] * 9)
    assert str(error).startswith("`pairs.jsonl:1`")
    assert [note.partition(":")[2][:2] for note in error.diagnostic.notes[:2]] == ["3`", "4`"]
    assert error.diagnostic.notes[-1] == "and 6 more lines"


@pytest.mark.parametrize("prompts", [["f(x", "f[x"], ["f[x", "f(x"]])
def test_the_same_prompts_twice_are_an_error(tmp_path: Path, prompts: list[str]) -> None:
    error = refused(tmp_path, ROUND, ROUND | {"prompts": prompts})
    assert str(error) == "`pairs.jsonl:2`: the same prompts as in line 1"


@pytest.mark.parametrize(
    ("shared", "what"),
    [
        ({"template": "<t>"}, "the template `<t>`"),
        ({"names": ["n"]}, "the name `n`"),
    ],
)
def test_what_is_on_both_sides_of_the_split_leaks(
    tmp_path: Path, shared: dict[str, object], what: str
) -> None:
    other = {"prompts": ["g(x", "g[x"], "answers": [")", "]"]}
    error = refused(tmp_path, ROUND | shared | {"split": "finding"}, other | shared)
    assert str(error) == f"`pairs.jsonl:2`: {what} is used for finding, too, in line 1"
    assert error.diagnostic.code is Code.LEAKING_PAIRS


def test_a_prompt_on_both_sides_leaks_whatever_it_is_paired_with(tmp_path: Path) -> None:
    other = {"prompts": ["g(x", "f[x"], "answers": [")", "]"]}
    error = refused(tmp_path, ROUND | {"split": "finding"}, other)
    assert error.diagnostic.code is Code.LEAKING_PAIRS


def test_a_file_that_is_not_there_is_an_unknown_task(tmp_path: Path) -> None:
    with pytest.raises(TaskError) as caught:
        load_task("pairs.jsonl", base=tmp_path)
    assert caught.value.diagnostic.code is Code.UNKNOWN_TASK


@pytest.mark.parametrize("name", ["folder.jsonl", "nul\0.jsonl", f"{'long' * 999}.jsonl"])
def test_what_cannot_be_read_is_an_error_of_the_user(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(TaskError, match="cannot be read"):
        load_task(name, base=tmp_path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair_file, "_LARGEST", 10)
    assert "the most that is read is" in str(refused(tmp_path, ROUND))


@given(content=st.binary() | st.text(alphabet='{}[]":,promtsanwe \n\\ud8').map(str.encode))
def test_any_bytes_are_a_task_or_an_error_of_the_user(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    with pytest.raises(TaskError):
        load_task(str(path))
