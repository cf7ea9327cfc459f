"""What the model card of `python-small` promises, measured again."""

from __future__ import annotations

import tomllib

import pytest

from circuitspec.model.folder import Model
from circuitspec.model.shipped import find_model, load_model, shipped_models
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.tokens import tokenize_pairs
from circuitspec.train.config import TrainConfig


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model("python-small")


def test_it_is_listed() -> None:
    assert "python-small" in shipped_models()


def test_every_matrix_is_at_most_5_percent_nonzero(model: Model) -> None:
    for name, parameter in model.transformer.named_parameters():
        if parameter.ndim == 2:
            assert int(parameter.count_nonzero()) <= 0.05 * parameter.numel(), name


def test_it_is_at_most_10_megabytes() -> None:
    folder = find_model("python-small")
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 10_000_000


def test_it_closes_quotes(model: Model) -> None:
    task = load_task("single_double_quote")
    for pairs in (task.finding, task.verifying):
        scores = score_pairs(tokenize_pairs(pairs, model.tokenizer), model.transformer)
        assert float(scores.right.double().mean()) >= 0.98
        assert float(scores.loss.mean()) <= 0.10


def test_quotes_and_brackets_are_tokens_of_their_own(model: Model) -> None:
    for sign in "'\"()[]{}":
        pieces = model.tokenizer.encode(f"x{sign}{sign} {sign}").tokens
        assert pieces.count(sign) == 3


def test_its_config_is_the_one_that_it_was_trained_with() -> None:
    folder = find_model("python-small")
    config = TrainConfig.model_validate(tomllib.loads((folder / "train.toml").read_text()))
    assert config.model == load_model("python-small").config
    assert config.name == folder.name


def test_its_card_names_the_tokens_of_its_means(model: Model) -> None:
    card = (find_model("python-small") / "README.md").read_text()
    assert model.reference.tokens_sha256 in card
