"""Command lines in the documentation that are not run are at least ones that could be.

They stand in `sh` blocks, in YAML for CI systems, and in running text.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml

from circuitspec.cli.app import app
from docs.pages import ROOT, blocks, written_pages
from docs.test_links import inlines

COMMANDS = typer.main.get_command(app)
assert isinstance(COMMANDS, typer.core.TyperGroup)


def words(value: object) -> Iterator[str]:
    """Every string in what YAML holds; pre-commit adds files to an `entry`."""
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from words(item)
        case {"entry": entry, **rest}:
            yield f"{entry} example.circ"
            yield from words(rest)
        case dict():
            yield from words(list(value.values()))


def whole_lines(page: Path) -> Iterator[str]:
    """The command lines of blocks."""
    for block in blocks(page):
        if block.language == "yaml":
            content = yaml.safe_load(block.text)
            assert isinstance(content, dict), f"{block.place} is no workflow"
            yield from words(content)
        elif block.language == "sh":
            yield from block.text.splitlines()


def mentions(page: Path) -> Iterator[str]:
    """The commands in running text, which may leave out what is understood."""
    for inline in inlines(page.read_text(encoding="utf-8")):
        for token in inline.children or ():
            if token.type == "code_inline":
                yield token.content


def problem(line: str) -> str | None:
    """What is wrong with a whole command line, if it is one of ours."""
    match shlex.split(line, comments=True):
        case ["circuitspec", name, *arguments]:
            if name not in COMMANDS.commands:
                return f"there is no command {name}"
            try:
                COMMANDS.commands[name].make_context(name, arguments)
            except Exception as error:  # typer's copy of click has no public class for these
                return str(error)
    return None


def unknown(text: str) -> str | None:
    """What does not exist of the command and the options that are mentioned, if it is ours."""
    found = re.fullmatch(r"circuitspec ([a-z]+)\b(.*)", text)
    if found is None:
        return None
    if found[1] not in COMMANDS.commands:
        return f"there is no command {found[1]}"
    known = {option for p in COMMANDS.commands[found[1]].params for option in p.opts} | {"--help"}
    strange = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", found[2])) - known
    return f"no such option: {', '.join(sorted(strange))}" if strange else None


@pytest.mark.parametrize("page", written_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_line_could_be_run(page: Path) -> None:
    problems = [(line, problem(line)) for line in whole_lines(page) if "circuitspec" in line]
    problems += [(text, unknown(text)) for text in mentions(page)]
    assert not [f"{text}: {wrong}" for text, wrong in problems if wrong]


def test_a_command_line_that_could_not_be_run_is_noticed() -> None:
    assert problem("circuitspec verify specs") is None
    assert problem("circuitspec verify specs --jnuit") is not None
    assert problem("circuitspec verfy specs") is not None
    assert unknown("circuitspec discover --target-loss 0.1") is None
    assert unknown("circuitspec discover --target 0.1") is not None
