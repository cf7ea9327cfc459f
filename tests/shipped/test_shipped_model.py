"""What the model cards of the shipped models promise, measured again."""

from __future__ import annotations

import re
import tomllib

import pytest

from circuitspec.model.folder import Model
from circuitspec.model.shipped import find_model, load_model, shipped_models
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.tasks.tokens import tokenize_pairs
from circuitspec.train.config import TrainConfig

MEGABYTES = {"python-small": 10, "python-base": 25}


@pytest.fixture(scope="module", params=shipped_models())
def model(request: pytest.FixtureRequest) -> Model:
    return load_model(request.param)


def test_they_are_listed() -> None:
    assert set(shipped_models()) == set(MEGABYTES)


def test_every_matrix_is_at_most_5_percent_nonzero(model: Model) -> None:
    for name, parameter in model.transformer.named_parameters():
        if parameter.ndim == 2:
            assert int(parameter.count_nonzero()) <= 0.05 * parameter.numel(), name


def test_it_is_not_too_large_to_ship(model: Model) -> None:
    files = find_model(model.name).rglob("*")
    assert sum(path.stat().st_size for path in files) <= MEGABYTES[model.name] * 1_000_000


def test_it_closes_quotes(model: Model) -> None:
    task = load_task("single_double_quote")
    for pairs in (task.finding, task.verifying):
        scores = score_pairs(tokenize_pairs(pairs, model.tokenizer), model.transformer)
        assert float(scores.right.double().mean()) >= 0.98
        assert float(scores.loss.mean()) <= 0.10


@pytest.mark.parametrize("name", ["if_ternary", "class_init"])
def test_its_card_says_how_it_does(name: str) -> None:
    """One task that it does and one that is hard; `circuitspec models --scores` runs all."""
    model, task = load_model("python-base"), load_task(name)
    scores = score_pairs(tokenize_pairs(task.verifying, model.tokenizer), model.transformer)
    loss, right = float(scores.loss.mean()), float(scores.right.double().mean())
    row = re.search(rf"\| {name} \(192\) \| ([\d.]+) \| ([\d.]+)% \|", card(model))
    assert row is not None
    assert loss == pytest.approx(float(row[1]), abs=2e-4)
    assert right == pytest.approx(float(row[2]) / 100, abs=2e-3)


def test_python_base_can_be_asked_every_task() -> None:
    assert "no tokens to ask" not in card(load_model("python-base"))
    assert all(f"| {name} (" in card(load_model("python-base")) for name in shipped_tasks())


def test_quotes_and_opening_brackets_are_tokens_of_their_own(model: Model) -> None:
    for sign in "'\"([{":
        pieces = model.tokenizer.encode(f"x{sign}{sign} {sign}").tokens
        assert pieces.count(sign) == 3


def test_its_config_is_the_one_that_it_was_trained_with(model: Model) -> None:
    folder = find_model(model.name)
    config = TrainConfig.model_validate(tomllib.loads((folder / "train.toml").read_text()))
    assert config.model == model.config
    assert config.name == folder.name


def test_its_card_names_the_tokens_of_its_means(model: Model) -> None:
    assert model.reference.tokens_sha256 in card(model)


def card(model: Model) -> str:
    return (find_model(model.name) / "README.md").read_text()
