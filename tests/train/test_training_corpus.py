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
from circuitspec.train.config import DataConfig
from circuitspec.train.corpus import (
    Corpus,
    batch_windows,
    encode,
    mix_in_simple_programs,
    read_corpus,
    read_standard_library,
)


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


def test_texts_are_encoded_alike_whatever_they_are_encoded_with() -> None:
    tokenizer = train_tokenizer(["a b c"], 260)
    texts = tuple("a b c"[: length % 6] for length in range(20))
    together = encode(tokenizer, texts)
    for at_once in (1, 3, 20):
        assert encode(tokenizer, texts, at_once=at_once).tolist() == together.tolist()


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


def mixed(library: Corpus, **changes: float) -> Corpus:
    settings: dict[str, float] = {"share": 0.5, "held_out_every": 4, "seed": 0} | changes
    return mix_in_simple_programs(library, **settings)  # type: ignore[arg-type]


LIBRARY = Corpus("standard-library", tuple(f"x = {n}\n" * 900 for n in range(20)), ("y\n",), "0")


def test_simple_programs_are_the_share_of_the_text_that_was_asked_for() -> None:
    for share in (0.2, 0.5, 0.75):
        corpus = mixed(LIBRARY, share=share)
        old = {*LIBRARY.train, *LIBRARY.held_out}
        texts = (*corpus.train, *corpus.held_out)
        simple = sum(len(text) for text in texts if text not in old)
        assert simple / sum(map(len, texts)) == pytest.approx(share, abs=0.02)
        assert old <= set(texts)


def test_simple_programs_are_held_out_too_and_none_is_on_both_sides() -> None:
    corpus = mixed(LIBRARY)
    in_train, held_out = corpus.simple
    assert len(corpus.train) == len(LIBRARY.train) + in_train
    assert len(corpus.held_out) == len(LIBRARY.held_out) + held_out
    assert held_out == (in_train + held_out) // 4
    assert set(LIBRARY.held_out) <= set(corpus.held_out)
    assert not set(corpus.train) & set(corpus.held_out)


def test_files_and_programs_are_mixed() -> None:
    places = [place for place, text in enumerate(mixed(LIBRARY).train) if text in LIBRARY.train]
    assert places[0] < 30
    assert places != sorted(range(places[0], places[0] + len(places)))


def test_the_same_seed_mixes_the_same_corpus() -> None:
    assert mixed(LIBRARY) == mixed(LIBRARY)
    assert mixed(LIBRARY, seed=1).sha256 != mixed(LIBRARY).sha256
    assert mixed(LIBRARY, share=0.4).sha256 != mixed(LIBRARY).sha256


def test_a_config_names_its_corpus(library: Path) -> None:
    plain = DataConfig(held_out_every=4)
    assert read_corpus(plain) == read_standard_library(held_out_every=4)
    both = read_corpus(
        DataConfig(held_out_every=4, corpus="standard-library+simple-programs", simple_share=0.9)
    )
    assert both.name == "standard-library+simple-programs"
    assert both.simple[0] > 0


# The shipped python-small was trained from a config without the newer settings.
def test_what_an_older_config_leaves_out_means_what_it_meant() -> None:
    data = DataConfig()
    assert (data.corpus, data.brackets) == ("standard-library", "single")
