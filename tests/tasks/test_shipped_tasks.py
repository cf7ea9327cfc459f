"""The shipped tasks: what a pair is, and that finding and verifying share nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.tasks.task import Pair, Task
from circuitspec.tasks.templates import TemplateSet, fill

SIDE = TemplateSet(
    templates=("<name> = <difference><word> <word2>", "<name>(<difference><word>, <word2>"),
    pools={"name": ("x", "y"), "word": ("a", "b", "c")},
)


@pytest.fixture(params=shipped_tasks())
def task(request: pytest.FixtureRequest) -> Task:
    return load_task(request.param)


def test_the_first_task_of_the_paper_is_shipped() -> None:
    assert "single_double_quote" in shipped_tasks()


def test_finding_and_verifying_share_no_template_no_word_and_no_prompt(task: Task) -> None:
    def parts(pairs: tuple[Pair, ...]) -> set[str]:
        return {part for pair in pairs for part in (pair.template, *pair.names, *pair.prompts)}

    shared = parts(task.finding) & parts(task.verifying)
    assert not {part for part in shared if not part.isdigit()}


def test_no_pair_occurs_twice(task: Task) -> None:
    prompts = [pair.prompts for pair in (*task.finding, *task.verifying)]
    assert len(set(prompts)) == len(prompts)


def test_there_are_enough_pairs_to_verify_with(task: Task) -> None:
    assert len(task.verifying) >= 100
    assert len(task.finding) >= 100


def test_every_prompt_is_filled_in(task: Task) -> None:
    for pair in (*task.finding, *task.verifying):
        assert not any(re.search(r"<\w+>", prompt) for prompt in pair.prompts)


def test_the_quote_that_opened_is_the_only_one_and_the_answer() -> None:
    task = load_task("single_double_quote")
    for pair in (*task.finding, *task.verifying):
        for prompt, answer in zip(pair.prompts, pair.answers, strict=True):
            assert [mark for mark in prompt if mark in "\"'"] == [answer]
        assert pair.prompts[0].replace('"', "'") == pair.prompts[1]


def test_the_hash_is_of_the_verifying_pairs(task: Task) -> None:
    assert replace(task, finding=()).sha256 == task.sha256
    assert replace(task, verifying=task.verifying[:-1]).sha256 != task.sha256
    assert replace(task, verifying=task.verifying[::-1]).sha256 != task.sha256


def test_an_unknown_task_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(TaskError, match="there is no task `single_quote`") as caught:
        load_task("single_quote")
    assert caught.value.diagnostic.help == "did you mean `single_double_quote`?"
    with pytest.raises(TaskError) as caught:
        load_task("zzz")
    assert "single_double_quote" in (caught.value.diagnostic.help or "")


def test_the_same_seed_fills_the_same_pairs() -> None:
    def pairs(seed: int) -> tuple[Pair, ...]:
        return fill(SIDE, ("+", "-"), ("1", "2"), count=8, seed=seed)

    assert pairs(1) == pairs(1)
    assert pairs(1) != pairs(2)


def test_the_prompts_of_a_pair_differ_in_the_difference_alone() -> None:
    for pair in fill(SIDE, ("+", "-"), ("1", "2"), count=24, seed=0):
        first, second = pair.prompts
        assert first.count("+") == 1
        assert first.replace("+", "-") == second
        assert pair.answers == ("1", "2")


def test_slots_of_one_pool_are_filled_with_different_words() -> None:
    for pair in fill(SIDE, ("+", "-"), ("1", "2"), count=24, seed=0):
        assert len(set(pair.names)) == len(pair.names)


def test_more_pairs_than_there_are_is_an_error() -> None:
    with pytest.raises(ValueError, match="make only 24 different pairs, not 25"):
        fill(SIDE, ("+", "-"), ("1", "2"), count=25, seed=0)
