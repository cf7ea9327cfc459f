"""The pairs of the shipped tasks are Python, and the answers are those that Python has."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.train.simple_programs import words


def last_line(prompt: str) -> str:
    return prompt.rpartition("\n")[2].strip()


def kind_of_variable(prompt: str) -> str:
    began = re.search(rf"^ *{last_line(prompt)} = (.*)$", prompt, re.MULTILINE)
    assert began is not None
    return "." if began[1] == "set()" else " +="


def opened(text: str) -> list[str]:
    """The brackets that stay open, outside strings."""
    still: list[str] = []
    for mark in re.sub(r"\"[^\"]*\"|'[^']*'", "", text):
        if mark in "([{":
            still.append(mark)
        elif mark in ")]}":
            still.pop()
    return still


def opened_file(prompt: str) -> str:
    stem: str = re.findall(r"(\w+)\.(?:txt|csv|json|dat)", prompt)[-1]
    return stem


def inside(prompt: str) -> str:
    """The line break after a simple statement that ends a prompt."""
    line = prompt.rpartition("\n")[2]
    return "\n" + " " * (len(line) - len(line.lstrip()))


def after_return(prompt: str) -> str:
    """A function ends with it, or the block that it stands in."""
    *before, line = prompt.split("\n")
    depth = len(line) - len(line.lstrip())
    outer = [text for text in before if text and len(text) - len(text.lstrip()) < depth]
    ends = not outer or outer[-1].lstrip().startswith("def ")
    return "\n" if ends else "\n" + " " * (depth - 4)


# What Python has after a prompt, told from its text alone.
RULES: dict[str, Callable[[str], str]] = {
    "single_double_quote": lambda prompt: re.findall("['\"]", prompt)[0],
    "final_kwarg": lambda prompt: "=" if "=" in last_line(prompt) else "):",
    "set_or_string": kind_of_variable,
    "set_or_string_fixedvarname": kind_of_variable,
    "class_init": lambda prompt: re.sub(r"self\.(\w+) =", r" \1", last_line(prompt)),
    "with_as": lambda prompt: " as" if last_line(prompt).startswith("with ") else inside(prompt),
    "bracket_brace": lambda prompt: ":" if opened(prompt)[-1] == "{" else ",",
    "with_open": lambda prompt: "r" if opened_file(prompt) in words.STEMS_READ else "w",
    "bracket_counting": lambda prompt: "]" * len(opened(prompt)),
    "for_while": lambda prompt: " in" if last_line(prompt).startswith("for ") else ":",
    "else_elif": lambda prompt: (
        ":" if last_line(prompt) == "else" else " " + re.search(r"\bif (\w+)", prompt)[1]  # type: ignore[index]
    ),
    "fstring_brace": lambda prompt: (
        "{" if re.search(r"\bf['\"]", prompt) else re.findall("['\"]", last_line(prompt))[-1]
    ),
    "if_ternary": lambda prompt: ":" if last_line(prompt).startswith("if ") else " else",
    "var_swap": lambda prompt: " " + last_line(prompt).partition(",")[0],
    "indent_for": lambda prompt: inside(prompt) + "    ",
    "lambda_func": lambda prompt: "(" if last_line(prompt).startswith("def ") else ":",
    "if_equals": lambda prompt: " ==" if last_line(prompt).startswith("if ") else " =",
    "enumerate_range": lambda prompt: " enumerate" if "," in last_line(prompt) else " range",
    "var_if": lambda prompt: ":" if re.match("if|while", last_line(prompt)) else inside(prompt),
    "while_return_true": lambda prompt: (
        ":" if last_line(prompt) == "while True" else after_return(prompt)
    ),
}

# How a statement can end after an answer.
ENDINGS = {
    "final_kwarg": {"=": "1): pass", "):": " pass"},
    "set_or_string": {".": "add(1)", " +=": " 1"},
    "set_or_string_fixedvarname": {".": "add(1)", " +=": " 1"},
    "with_as": {" as": " f: pass"},
    "bracket_brace": {":": " 1"},
    "for_while": {" in": " x: pass", ":": " pass"},
    "else_elif": {":": " pass"},
    "fstring_brace": {"{": "x}"},
    "if_ternary": {":": " pass", " else": " 0"},
    "indent_for": dict.fromkeys(("\n    ", "\n        ", "\n            "), "pass"),
    "lambda_func": {":": " 0", "(": "): pass"},
    "if_equals": {" ==": " 1: pass", " =": " 1"},
    "enumerate_range": {" enumerate": "(x): pass", " range": "(x): pass"},
    "var_if": {":": " pass"},
    "while_return_true": {":": " pass"},
}


def prompts(name: str) -> Iterator[tuple[str, str]]:
    task = load_task(name)
    for pair in (*task.finding, *task.verifying):
        yield from zip(pair.prompts, pair.answers, strict=True)


@pytest.mark.parametrize("name", shipped_tasks())
def test_the_answers_are_those_that_python_has(name: str) -> None:
    for prompt, answer in prompts(name):
        assert RULES[name](prompt) == answer, prompt


def program(name: str, prompt: str, answer: str) -> str:
    """A whole program in which a prompt and its answer stand."""
    text = prompt + answer + ENDINGS.get(name, {}).get(answer, "")
    if name == "else_elif" and answer != ":":
        text += ": pass"
    if name in ("with_open", "fstring_brace") and answer not in "'\"":
        text += re.findall("['\"]", prompt)[-1]
    text += "".join({"(": ")", "[": "]", "{": "}"}[mark] for mark in reversed(opened(text)))
    if name == "with_open" and last_line(prompt).startswith("with "):
        text += ": pass"
    return in_context(text.lstrip("\n"))


def in_context(text: str) -> str:
    """`text` under whatever it is indented under, with the end of what it tries."""
    depth = (len(text) - len(text.lstrip())) // 4
    outer = "".join(f"{'    ' * level}if x:\n" for level in range(depth))
    if text.lstrip().startswith("else"):
        outer += f"{'    ' * depth}if x: pass\n"
    if "try:" in text and "except" not in text:
        text += "\nfinally: pass"
    return outer + text


@pytest.mark.parametrize("name", sorted(set(shipped_tasks()) - {"single_double_quote"}))
def test_a_prompt_and_its_answer_are_the_beginning_of_a_program(name: str) -> None:
    for prompt, answer in prompts(name):
        try:
            ast.parse(program(name, prompt, answer))
        except SyntaxError:
            pytest.fail(program(name, prompt, answer))


def test_a_wrong_answer_would_be_told() -> None:
    with pytest.raises(SyntaxError):
        ast.parse(program("for_while", "for x", ":"))
    assert RULES["bracket_counting"]("x = [[1") != "]"
