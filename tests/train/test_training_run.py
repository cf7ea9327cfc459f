"""A whole training run, from a config to a model folder with its card."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import pytest
from support.training import tiny_config

from circuitspec.model.shipped import find_model, load_model
from circuitspec.tasks.shipped import shipped_tasks
from circuitspec.train.config import TrainConfig
from circuitspec.train.run import TrainError, alone_in, run


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A standard library of a few files."""
    folder = tmp_path / "library"
    folder.mkdir()
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {"stdlib": str(folder)})
    for index in range(20):
        (folder / f"module{index}.py").write_text(f'print("value", {index})\n' * 8)


def config(*, vocab_size: int = 280, tokenizer: str | None = None, **data: object) -> TrainConfig:
    shape = {"n_layer": 1, "d_model": 16, "n_head": 2, "d_head": 4, "d_mlp": 24}
    return tiny_config(
        steps=3,
        evaluate_every=2,
        tokenizer=tokenizer,
        model={**shape, "vocab_size": vocab_size, "n_ctx": 64},
        data={"held_out_every": 4, "batch_size": 2, "sequence_length": 16} | data,
    )


def trained(folder: Path, **data: object) -> str:
    """Train a tiny model in `folder`; returns its card."""
    run(config(**data), folder)
    return (folder / "README.md").read_text()


def test_a_run_leaves_a_model_that_loads_and_a_card_that_says_how_it_is(tmp_path: Path) -> None:
    card = trained(tmp_path / "model")
    assert load_model(str(tmp_path / "model")).transformer.config.vocab_size == 280
    assert "The Python standard library (" in card
    assert "simple_programs" not in card
    assert "| single_double_quote (192) |" in card


def test_the_card_of_a_mixed_corpus_says_so(tmp_path: Path) -> None:
    card = trained(
        tmp_path / "model",
        corpus="standard-library+simple-programs",
        simple_share=0.6,
        brackets="closing-runs",
    )
    assert "`circuitspec.train.simple_programs` from seed 0, 60% of all characters" in card
    assert "quotes and opening brackets are tokens of their own" in card


def test_every_task_is_in_the_card_with_its_score_or_as_one_that_cannot_be_asked(
    tmp_path: Path,
) -> None:
    card = trained(tmp_path / "model")
    (refused,) = [line for line in card.splitlines() if line.startswith("The tokenizer has no")]
    for name in shipped_tasks():
        assert (f"| {name} (" in card) != (f" {name}," in refused or f" {name}." in refused)


def test_the_log_has_losses_and_accuracies_of_the_tasks(tmp_path: Path) -> None:
    trained(tmp_path / "model")
    lines = (tmp_path / "model" / "log.jsonl").read_text().splitlines()
    tasks = [json.loads(line)["tasks"] for line in lines]
    assert tasks[0] is None
    assert set(tasks[1]["single_double_quote"]) == {"loss", "accuracy"}


def test_two_runs_never_write_to_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    refused = pytest.raises(TrainError, match="another run is writing")
    with alone_in(folder), refused, alone_in(folder):
        pytest.fail("two runs at a time")
    with alone_in(folder):
        assert folder.is_dir()


def test_a_run_takes_the_tokenizer_that_it_is_given(tmp_path: Path) -> None:
    given = find_model("python-base") / "tokenizer.json"
    (tmp_path / "given.json").write_bytes(given.read_bytes())
    with_it = config(vocab_size=2048, tokenizer="given.json")
    run(with_it, tmp_path / "model", base=tmp_path)
    mine, theirs = (
        load_model(name).tokenizer.encode("for i, x in enumerate(rows)").ids
        for name in (str(tmp_path / "model"), "python-base")
    )
    assert mine == theirs


@pytest.mark.parametrize(
    ("content", "vocab_size", "message"),
    [
        (None, 2048, "cannot be read: No such file"),
        ("{}", 2048, "is not a tokenizer"),
        ("shipped", 280, "has 2048 tokens, model.vocab_size says 280"),
    ],
)
def test_a_tokenizer_that_does_not_fit_is_refused(
    tmp_path: Path, content: str | None, vocab_size: int, message: str
) -> None:
    if content == "shipped":
        content = (find_model("python-base") / "tokenizer.json").read_text()
    if content is not None:
        (tmp_path / "given.json").write_text(content)
    with pytest.raises(TrainError, match=message):
        run(
            config(vocab_size=vocab_size, tokenizer="given.json"), tmp_path / "model", base=tmp_path
        )


def test_a_run_that_starts_from_a_model_has_no_tokenizer_of_its_own() -> None:
    with pytest.raises(ValueError, match="takes that model's tokenizer"):
        tiny_config(start="some-model", tokenizer="given.json")


def test_the_card_says_what_the_run_computed_on(tmp_path: Path) -> None:
    """`cpu:0` is the processor by another name."""
    run(config(), tmp_path / "model", device="cpu:0")
    assert "--out FOLDER --device cpu:0" in (tmp_path / "model" / "README.md").read_text()
