"""The commands that list what there is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import run

from circuitspec.cli.models_and_tasks import does
from circuitspec.model.shipped import shipped_models
from circuitspec.tasks.measure import TaskScore
from circuitspec.tasks.shipped import attack_tasks, shipped_tasks

ROUND = '{"prompts": ["f(x", "f[x"], "answers": [")", "]"]}\n'


def test_all_shipped_models_are_listed() -> None:
    result = run("models")
    assert result.exit_code == 0
    for name in shipped_models():
        assert f"{name}\n" in result.stdout
    assert "2 layers, d_model 512, 32 heads of 16" in result.stdout
    assert "52,426 of 5,242,880 weights nonzero (1.00%)" in result.stdout


def test_a_folder_can_be_asked_for(specs: Path) -> None:
    result = run("models", specs / "planted")
    assert result.stdout.startswith(f"{specs / 'planted'}\n  1 layer, ")
    assert "python-small" not in result.stdout


def test_all_shipped_tasks_are_listed_with_what_they_ask() -> None:
    result = run("tasks")
    listed, heading, attacks = result.stdout.split("\n\n")
    assert [line.split()[0] for line in listed.splitlines()] == list(shipped_tasks())
    assert "close a string literal with the quote that opened it" in listed
    assert heading == "Made to break circuits, for predictions:"
    assert [line.split()[0] for line in attacks.splitlines()] == list(attack_tasks())


def test_attacks_are_apart_in_json_too() -> None:
    found = json.loads(run("tasks", "--format", "json").stdout)
    assert [task["name"] for task in found["tasks"]] == list(shipped_tasks())
    assert [task["name"] for task in found["attacks"]] == list(attack_tasks())
    (one,) = json.loads(run("tasks", attack_tasks()[0], "--format", "json").stdout)["tasks"]
    assert one == found["attacks"][0]


def test_a_task_is_shown_with_examples() -> None:
    result = run("tasks", "for_while")
    assert "512 pairs to find circuits with, 192 to verify them" in result.stdout
    assert "  'for key' -> ' in'\n  'while key' -> ':'\n" in result.stdout


def test_a_file_of_pairs_is_shown_like_a_task(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(ROUND)
    result = run("tasks", path)
    assert "0 pairs to find circuits with, 1 to verify them\n  'f(x' -> ')'" in result.stdout


def test_scores_say_which_tasks_a_model_does(specs: Path) -> None:
    lines = run("models", specs / "planted", "--scores").stdout.splitlines()
    assert "  does 1 of 20 tasks" in lines
    (quotes,) = [line for line in lines if line.startswith("  single_double_quote ")]
    assert quotes.endswith("100.0% done")
    refused = [line for line in lines if line.endswith("its tokenizer cannot ask this")]
    assert {line.split()[0] for line in refused} <= set(shipped_tasks())


def test_scores_of_tasks_are_a_table_of_models(specs: Path) -> None:
    model = specs / "planted"
    result = run("tasks", "single_double_quote", "--scores", "--model", model)
    assert [line.split() for line in result.stdout.splitlines()][:2] == [
        [str(model)],
        ["loss", "right"],
    ]
    assert result.stdout.splitlines()[2].endswith("done")


def test_a_model_that_is_named_is_scored(specs: Path) -> None:
    arguments = ("tasks", "single_double_quote", "--model", specs / "planted")
    assert run(*arguments).stdout == run(*arguments, "--scores").stdout


def test_json_says_the_same(specs: Path) -> None:
    model = str(specs / "planted")
    (found,) = json.loads(run("models", model, "--scores", "--format", "json").stdout)["models"]
    assert (found["name"], found["config"]["n_layer"]) == (model, 1)
    assert set(found["tasks"]) == set(shipped_tasks())
    score = found["tasks"]["single_double_quote"]
    assert (score["pairs"], score["done"]) == (192, True)

    arguments = ("tasks", "single_double_quote", "--model", model, "--format", "json")
    (task,) = json.loads(run(*arguments).stdout)["tasks"]
    assert task["models"] == {model: score}
    assert (task["finding"], task["verifying"], len(task["sha256"])) == (512, 192, 64)


def test_a_task_that_cannot_be_asked_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"prompts": ["f(x", "f[x, y"], "answers": [")", "]"]}\n')
    arguments = ("tasks", path, "--model", "python-small")
    result = run(*arguments)
    assert result.exit_code == 0
    assert "-: the model's tokenizer has no tokens to ask this task with" in result.stdout
    (task,) = json.loads(run(*arguments, "--format", "json").stdout)["tasks"]
    assert f"in {path}:1, the prompts are 3 and 5 tokens long" in str(task["models"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("models", "python-smal"), "did you mean `python-small`?"),
        (("tasks", "for_whle"), "did you mean `for_while`?"),
        (("tasks", "--model", "python-smal"), "did you mean `python-small`?"),
        (("tasks", "nothing.jsonl"), "there is no file of pairs `nothing.jsonl`"),
    ],
)
def test_what_is_not_there_is_an_error(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr


def test_a_file_with_mistakes_is_shown_with_several(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("x\ny\n")
    result = run("tasks", path)
    assert result.exit_code == 2
    assert f"error[invalid-pairs]: `{path}:1`: not JSON" in result.stderr
    assert f"  note: `{path}:2`: not JSON" in result.stderr


def test_a_model_does_a_task_if_it_is_good_in_both_ways() -> None:
    assert does(TaskScore(loss=0.15, accuracy=0.95, pairs=1))
    assert not does(TaskScore(loss=0.16, accuracy=1.0, pairs=1))
    assert not does(TaskScore(loss=0.1, accuracy=0.94, pairs=1))


@pytest.mark.parametrize("command", ["models", "tasks"])
def test_a_list_without_scores_needs_no_torch(command: str) -> None:
    code = (
        "import sys; from circuitspec.cli.app import app\n"
        f"app(['{command}'], standalone_mode=False)\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
