"""The tasks inside the package, and finding one by what a spec calls it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.wording import near_miss
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.pair_file import PAIR_FILE_SUFFIX, read_pair_file
from circuitspec.tasks.task import Task
from circuitspec.tasks.templates import fill

FINDING_PAIRS = 512
VERIFYING_PAIRS = 192

# Those of Gao et al. 2025, Table 1, in its order. The templates of each are in the module of that
# name, which is imported when the task is asked for.
_SHIPPED = {
    "single_double_quote": "close a string literal with the quote that opened it",
    "final_kwarg": "give the last argument a default if those before it have one",
    "set_or_string": "add to a variable as befits what it began as, a set or a string",
    "set_or_string_fixedvarname": "the same, with a variable that is always called current",
    "class_init": "give an attribute the value of the argument of its name",
    "with_as": "go on with `as` after an open in a with statement, not after an assignment",
    "bracket_brace": "go on with a colon in a dictionary and with a comma in a list",
    "with_open": "open a file for reading or for writing, as its name says",
    "bracket_counting": "close a list with as many brackets as are open",
    "for_while": "go on with `in` in the head of a for loop, with a colon in a while loop's",
    "else_elif": "go on with a colon after else, with a condition after elif",
    "fstring_brace": "put a value into an f-string and none into a plain one",
    "if_ternary": "go on with `else` after a condition in one line, with a colon after an if",
    "var_swap": "end a swap of two variables with the one that is missing",
    "indent_for": "indent the body of a for loop one level deeper than its head",
    "lambda_func": "go on with a colon after a lambda's argument, with a bracket after def",
    "if_equals": "compare in a condition, assign elsewhere",
    "enumerate_range": "enumerate with two loop variables, count with one",
    "var_if": "end a condition with a colon and an assignment with a line break",
    "while_return_true": "go on with a colon after while True, with a line break after return True",
}


# Made to break what a circuit says that a model does, for predictions. No model is scored by them,
# and no word is kept out of training for their sake, so they are not among the others.
_ATTACKS = {
    "single_double_quote_distractor": "close a string after a closed one with the other quote",
    "single_double_quote_repeated": "close a string after a closed one with the same quote",
    "single_double_quote_comment": "close a string after an apostrophe in a comment",
    "bracket_counting_distractor": "close a list after a [ in a comment or a string",
    "bracket_counting_dilution": "close a list that is long, with as many brackets as are open",
}


def shipped_tasks() -> tuple[str, ...]:
    """The names of the tasks inside the package, attacks apart."""
    return tuple(sorted(_SHIPPED))


def attack_tasks() -> tuple[str, ...]:
    """The names of the tasks inside the package that predictions are about."""
    return tuple(sorted(_ATTACKS))


def describe_task(name: str) -> str:
    """What the task inside the package called `name` asks, in a line, without making its pairs."""
    return (_SHIPPED | _ATTACKS)[name]


def load_task(name: str, *, base: Path | None = None) -> Task:
    """The task that `name` means; the pairs of a shipped one are made on the first call.

    Args:
        name: a shipped task's name, an attack's, or a file of pairs, which ends in `.jsonl`.
        base: what the path of a file is relative to; the working directory if None.

    Raises:
        TaskError: there is none, or the file does not hold one.
    """
    if name in _SHIPPED or name in _ATTACKS:
        return _make(name)
    if name.endswith(PAIR_FILE_SUFFIX):
        return read_pair_file(name, base=base)
    meant = near_miss(name, (*_SHIPPED, *_ATTACKS))
    raise TaskError(
        Code.UNKNOWN_TASK,
        f"there is no task `{name}`",
        f"did you mean `{meant}`?"
        if meant is not None
        else "name a file of pairs, which ends in `.jsonl`, or a shipped task: "
        "`circuitspec tasks` lists them",
    )


@cache
def _make(name: str) -> Task:
    package = "python" if name in _SHIPPED else "attacks"
    sides = import_module(f"circuitspec.tasks.{package}.{name}")
    return Task(
        name=name,
        description=describe_task(name),
        finding=fill(sides.FINDING, count=FINDING_PAIRS, seed=1),
        verifying=fill(sides.VERIFYING, count=VERIFYING_PAIRS, seed=2),
    )
