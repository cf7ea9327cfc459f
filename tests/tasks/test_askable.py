"""Which shipped tasks the tokenizers of the shipped models can ask; no model is run."""

from __future__ import annotations

import pytest

from circuitspec.model.shipped import load_blueprint, shipped_models
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.shipped import attack_tasks, load_task, shipped_tasks

# Its tokenizer has a token for every bracket and for few words.
ASKABLE = {
    "python-small": {
        *("bracket_brace", "fstring_brace", "indent_for", "single_double_quote"),
        "single_double_quote_comment",
        "single_double_quote_distractor",
        "single_double_quote_repeated",
    },
}


def is_askable(model: str, name: str) -> bool:
    task, tokenizer = load_task(name), load_blueprint(model).tokenizer
    try:
        encode_pairs((*task.finding, *task.verifying), tokenizer)
    except TaskError:
        return False
    return True


@pytest.mark.parametrize("model", shipped_models())
def test_a_shipped_model_can_be_asked_all_tasks_but_those_that_are_known(model: str) -> None:
    tasks = {*shipped_tasks(), *attack_tasks()}
    askable = {name for name in tasks if is_askable(model, name)}
    assert askable == ASKABLE.get(model, tasks)
