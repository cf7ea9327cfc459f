"""The simple programs: valid, reproducible, and nothing of what verifies circuits is in them."""

from __future__ import annotations

import ast
import builtins
import hashlib
import keyword
import re
from itertools import islice

import pytest

from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.train.corpus import frequent_names, read_standard_library
from circuitspec.train.simple_programs import simple_programs


@pytest.fixture(scope="module")
def programs() -> list[str]:
    return list(islice(simple_programs(0), 2000))


@pytest.fixture(scope="module")
def identifiers(programs: list[str]) -> set[str]:
    return {word for program in programs for word in re.findall(r"[^\W\d]\w*", program)}


def test_the_same_seed_gives_the_same_programs(programs: list[str]) -> None:
    assert list(islice(simple_programs(0), 50)) == programs[:50]
    assert list(islice(simple_programs(1), 50)) != programs[:50]


def test_every_program_is_python(programs: list[str]) -> None:
    for program in programs:
        ast.parse(program)
        assert program.endswith("\n")
        assert not program.startswith((" ", "\n"))


def test_hardly_any_program_comes_twice(programs: list[str]) -> None:
    assert len(set(programs)) > 0.98 * len(programs)


@pytest.mark.parametrize("name", shipped_tasks())
def test_no_name_or_word_that_verifies_a_circuit_occurs(name: str, identifiers: set[str]) -> None:
    filled_in = (word for pair in load_task(name).verifying for word in pair.names)
    words = {word for text in filled_in for word in re.findall(r"[^\W\d]\w*", text)}
    assert not words & identifiers - {"self", *keyword.kwlist, *dir(builtins)}


def test_no_prompt_that_verifies_a_circuit_occurs(programs: list[str]) -> None:
    text = "".join(programs)
    for name in shipped_tasks():
        for pair in load_task(name).verifying:
            assert not any(prompt in text for prompt in pair.prompts)


@pytest.mark.parametrize(
    "construct",
    [
        r"print\('[^']*'\)",
        r'print\("[^"]*"\)',
        r"def \w+\(\w+=\w+, \w+=",
        r"(?s)(\w+) = set\(\)\n.*\1\.add\(",
        r"(?s)(\w+) = \"\"\n.*\1 \+= ",
        r"self\.(\w+) = \1\n",
        r"with open\(.*\) as \w+:",
        r"\w+ = open\(.*\)\n",
        r"= \{['\"]\w+['\"]: ",
        r"= \[['\"]\w+['\"], ",
        r"open\(['\"]input\.\w+['\"], ['\"]r['\"]\)",
        r"open\(['\"]result\.\w+['\"], ['\"]w['\"]\)",
        r"= \[\[.*\]\]\n",
        r"for \w+ in range\(",
        r"for \w+, \w+ in enumerate\(",
        r"while \w+:",
        r"elif \w+ ",
        r"else:",
        r"f\"[^\"]*\{\w+\}",
        r"= .* if \w+ else ",
        r"(\w+), (\w+) = \2, \1\n",
        r"= lambda \w+: ",
        r"if \w+ == True:",
        r"\w+ = True\n",
        r"while True:",
        r"return True\n",
    ],
)
def test_every_construct_of_the_tasks_is_frequent(construct: str, programs: list[str]) -> None:
    assert sum(re.search(construct, program) is not None for program in programs) > 10


def test_many_names_are_used_and_none_that_verifies_a_circuit() -> None:
    library = read_standard_library(held_out_every=40)
    further = frequent_names(library.train)
    assert len(further) >= 1000
    programs = list(islice(simple_programs(0, further), 1000))
    for program in programs:
        ast.parse(program)
    used = {word for program in programs for word in re.findall(r"[^\W\d]\w*", program)}
    assert len(used & set(further)) > 0.5 * len(further)
    for task in map(load_task, shipped_tasks()):
        words = {w for p in task.verifying for t in p.names for w in re.findall(r"[^\W\d]\w*", t)}
        assert not words & used - {"self", *keyword.kwlist, *dir(builtins)}


def test_further_names_change_no_program_where_there_are_none() -> None:
    """The corpus of a run with few names stays what it was."""
    text = "".join(islice(simple_programs(0), 50))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "d7f55776eabce02e"
