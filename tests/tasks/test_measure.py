"""Scoring a model on several tasks."""

from __future__ import annotations

import pytest
import torch
from support.small_models import word_tokenizer
from torch import Tensor

from circuitspec.tasks.measure import AskedTasks, Side
from circuitspec.tasks.task import Pair, Task


def task(name: str, first: str, second: str) -> Task:
    """Tasks whose answers are `w1` and `w2`; the verifying side has one more pair."""
    pair = Pair((first, second), ("w1", "w2"), template="", names=())
    return Task(name, "", finding=(pair,), verifying=(pair, pair))


def knows_w3(tokens: Tensor) -> Tensor:
    """Says `w1` after `w3`, and `w2` after anything else."""
    logits = torch.zeros(*tokens.shape, 9)
    logits[..., 1] = (tokens == 3) * 5.0
    logits[..., 2] = (tokens != 3) * 5.0
    return logits


@pytest.mark.parametrize(("side", "pairs"), [("finding", 1), ("verifying", 2)])
def test_every_task_is_scored_on_the_side_that_was_asked_for(side: Side, pairs: int) -> None:
    tasks = [task("known", "w3", "w4"), task("unknown", "w5", "w6")]
    scores = dict(AskedTasks(tasks, word_tokenizer(9), side).scores(knows_w3))
    assert {name: (score.accuracy, score.pairs) for name, score in scores.items()} == {
        "known": (1.0, pairs),
        "unknown": (0.5, pairs),
    }
    assert scores["known"].loss < 0.01 < scores["unknown"].loss


def test_no_more_pairs_are_run_than_were_asked_for() -> None:
    asked = AskedTasks([task("known", "w3", "w4")], word_tokenizer(9), "verifying", most=1)
    ((_, score),) = asked.scores(knows_w3)
    assert score.pairs == 1


def test_what_the_tokenizer_cannot_ask_is_set_aside_with_the_reason() -> None:
    tasks = [task("odd", "w3", "w4 w4"), task("known", "w3", "w4")]
    asked = AskedTasks(tasks, word_tokenizer(9), "finding")
    assert [name for name, _ in asked.scores(knows_w3)] == ["known"]
    assert "in pair 0, the prompts are 1 and 2 tokens long" in str(asked.refused["odd"])
