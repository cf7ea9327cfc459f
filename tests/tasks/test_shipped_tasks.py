"""The shipped tasks: what a pair is, and that finding and verifying share nothing."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import attack_tasks, describe_task, load_task, shipped_tasks
from circuitspec.tasks.task import Pair, Task


@pytest.fixture(params=(*shipped_tasks(), *attack_tasks()))
def task(request: pytest.FixtureRequest) -> Task:
    return load_task(request.param)


def test_all_twenty_tasks_of_the_paper_are_shipped() -> None:
    assert len(shipped_tasks()) == 20


# No model is scored by them, and no word is kept out of training for their sake.
def test_attacks_are_not_among_them() -> None:
    assert not set(attack_tasks()) & set(shipped_tasks())


def test_finding_and_verifying_share_no_template_and_no_prompt(task: Task) -> None:
    def parts(pairs: tuple[Pair, ...]) -> set[str]:
        return {part for pair in pairs for part in (pair.template, *pair.prompts)}

    assert not parts(task.finding) & parts(task.verifying)


def test_finding_and_verifying_share_no_name_and_no_word(task: Task) -> None:
    def words(pairs: tuple[Pair, ...]) -> set[str]:
        filled_in = (name for pair in pairs for name in pair.names)
        return {word for name in filled_in for word in re.findall(r"[^\W\d]\w*", name)}

    shared = words(task.finding) & words(task.verifying)
    assert not shared - {"self", *keyword.kwlist, *dir(builtins)}


def test_there_are_many_templates_on_either_side(task: Task) -> None:
    assert len({pair.template for pair in task.finding}) >= 10
    assert len({pair.template for pair in task.verifying}) >= 8


def test_no_template_makes_most_of_the_pairs(task: Task) -> None:
    for side in (task.finding, task.verifying):
        most = Counter(pair.template for pair in side).most_common(1)[0][1]
        assert most <= len(side) / 4


def test_a_task_is_described_in_a_line(task: Task) -> None:
    assert describe_task(task.name) == task.description
    assert "\n" not in task.description
    assert len(task.description) <= 80


def test_no_pair_occurs_twice(task: Task) -> None:
    prompts = [pair.prompts for pair in (*task.finding, *task.verifying)]
    assert len(set(prompts)) == len(prompts)


def test_there_are_enough_pairs_to_verify_with(task: Task) -> None:
    assert len(task.verifying) >= 100
    assert len(task.finding) >= 100


def test_every_prompt_is_filled_in(task: Task) -> None:
    for pair in (*task.finding, *task.verifying):
        assert not any(re.search(r"<\w+>|[«»]", text) for text in (*pair.prompts, *pair.answers))


# A spec names a task, and its certificate the hash of the pairs: changing these pairs would put old
# certificates in doubt.
def test_the_pairs_of_the_first_task_stay_as_they_are() -> None:
    assert load_task("single_double_quote").sha256.startswith("de30de278cb6acc1")


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
    assert "`circuitspec tasks` lists them" in (caught.value.diagnostic.help or "")


@pytest.mark.parametrize("name", [*shipped_tasks(), *attack_tasks()])
def test_a_task_is_in_the_reference(name: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "models-and-tasks.md"
    assert f"\n| `{name}` | " in page.read_text(encoding="utf-8")
