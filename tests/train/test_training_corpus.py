"""Training text and the windows that a run reads from it."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.training import tiny_tokens

from circuitspec.model.tokenizer import SEPARATOR, train_tokenizer
from circuitspec.train.corpus import batch_windows, encode, read_standard_library


@given(st.integers(0, 2**31), st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 20))
def test_windows_depend_on_seed_and_step_alone(
    seed: int, step: int, size: int, length: int
) -> None:
    tokens = tiny_tokens()

    def windows() -> np.ndarray:
        return batch_windows(tokens, seed=seed, step=step, size=size, length=length)

    first = windows()
    np.random.default_rng().random()
    assert first.shape == (size, length + 1)
    assert (windows() == first).all()


def test_other_seeds_and_steps_give_other_windows() -> None:
    tokens = np.arange(10_000, dtype=np.uint16)
    starts = {
        (seed, step): tuple(
            batch_windows(tokens, seed=seed, step=step, size=8, length=4)[:, 0].tolist()
        )
        for seed in range(5)
        for step in range(5)
    }
    assert len(set(starts.values())) == 25


def test_windows_are_stretches_of_the_text_and_reach_both_ends() -> None:
    tokens = np.arange(12, dtype=np.uint16)
    windows = batch_windows(tokens, seed=0, step=0, size=200, length=4)
    assert (np.diff(windows.astype(int)) == 1).all()
    assert windows.min() == 0
    assert windows.max() == 11


def test_the_only_window_of_a_text_of_its_length_is_found() -> None:
    tokens = np.arange(5, dtype=np.uint16)
    assert batch_windows(tokens, seed=0, step=0, size=2, length=4).tolist() == [[0, 1, 2, 3, 4]] * 2


def test_every_file_is_encoded_after_a_separator() -> None:
    tokenizer = train_tokenizer(["a b c"], 260)
    separator = tokenizer.token_to_id(SEPARATOR)
    one, two = tokenizer.encode("a b").ids, tokenizer.encode("c").ids
    assert encode(tokenizer, ("a b", "c")).tolist() == [separator, *one, separator, *two]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A standard library of a few files."""
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"stdlib": str(tmp_path)})
    for index in range(40):
        (tmp_path / f"module{index}.py").write_text(f"number = {index}\n")
    return tmp_path


def test_every_file_is_on_one_side_of_the_split(library: Path) -> None:
    corpus = read_standard_library(held_out_every=4)
    assert sorted((*corpus.train, *corpus.held_out)) == sorted(
        path.read_text() for path in library.iterdir()
    )
    assert 2 <= len(corpus.held_out) <= 20


def test_what_is_no_text_of_its_own_is_left_out(library: Path) -> None:
    before = read_standard_library(held_out_every=4)
    (library / "latin.py").write_bytes(b"name = '\xe9'\n")
    (library / "empty.py").write_bytes(b"")
    (library / "zcopy.py").write_text("number = 3\n")
    (library / "data.txt").write_text("not Python\n")
    (library / "site-packages").mkdir()
    (library / "site-packages" / "other.py").write_text("installed = True\n")
    assert read_standard_library(held_out_every=4) == before


def test_files_stay_on_their_side_when_their_text_changes(library: Path) -> None:
    before = read_standard_library(held_out_every=4)
    for path in library.iterdir():
        path.write_text(path.read_text().replace("number", "name"))
    after = read_standard_library(held_out_every=4)
    assert after.held_out == tuple(text.replace("number", "name") for text in before.held_out)
    assert after.train == tuple(text.replace("number", "name") for text in before.train)
    assert before.sha256 != after.sha256
