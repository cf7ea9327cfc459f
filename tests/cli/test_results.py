"""Where results go: files in the format of their suffix, colours for people alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from support.command_line import SPEC, run

from circuitspec.cli.colour import Colour, paint, wants_colour
from circuitspec.cli.exits import exits_cleanly

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_files_have_the_format_of_their_suffix_while_the_log_has_another(specs):
    junit, programs, plain = (specs / "out" / name for name in ("junit.xml", "run.json", "run.txt"))
    outputs = [word for path in (junit, programs, plain) for word in ("--output", path)]
    result = run("check", specs, "--format", "concise", *outputs)
    assert result.stdout == plain.read_text() == ""
    assert ET.parse(junit).getroot().tag == "testsuites"
    assert json.loads(programs.read_text())["command"] == "check"


def test_an_output_that_is_a_folder_is_refused_before_the_work(specs):
    result = run("verify", specs, "--output", specs)
    assert result.exit_code == 2
    assert "is a folder" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("name", ["quotes.circ", "new.circ"])
def test_an_output_never_replaces_a_spec(specs, name):
    result = run("check", specs / "quotes.circ", "--output", specs / name)
    assert result.exit_code == 2
    assert "must not replace" in result.stderr
    assert (specs / "quotes.circ").read_text() == SPEC


def test_an_output_that_cannot_be_written_exits_2(specs):
    result = run("check", specs, "--output", specs / "quotes.circ" / "x.xml")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr
    assert "Traceback" not in result.output


def test_a_file_never_has_colours(specs):
    kept = specs / "run.txt"
    (specs / "quotes.circ").write_text(SPEC.replace("kind -> carry", "knd -> carry"))
    result = run("check", specs, "--color", "always", "--output", kept)
    assert "\x1b[" in result.stdout
    assert ESCAPE.sub("", result.stdout) == kept.read_text()


@pytest.mark.parametrize("form", ["concise", "json", "junit", "github"])
def test_formats_for_programs_never_have_colours(specs, form):
    (specs / "quotes.circ").write_text(SPEC.replace("kind -> carry", "knd -> carry"))
    assert "\x1b" not in run("check", specs, "--color", "always", "--format", form).stdout


def test_github_actions_do_not_change_the_format(specs):
    result = run("check", specs, env={"GITHUB_ACTIONS": "true"})
    assert result.stdout.endswith("checked 1 file: no mistakes\n")


class Terminal:
    """A stream that a person watches, or not."""

    def __init__(self, watched: bool) -> None:
        self.watched = watched

    def isatty(self) -> bool:
        return self.watched


@pytest.mark.parametrize(
    ("choice", "environment", "watched", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_when_to_paint(monkeypatch, choice, environment, watched, wanted):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Colour(choice), Terminal(watched)) is wanted


def test_painting_changes_nothing_but_colours():
    text = """\
error[unknown-name]: no [bold]node[/bold] is :smile: `x`
 --> a.circ:3:1
  |
3 | error[syntax]: this is the user's
  | ^^^^^ here
  |
  = help: do

quotes: refuted
  confirmed  sufficient: loss <= 0.15
"""
    painted = paint(text)
    assert ESCAPE.sub("", painted) == text
    lines = painted.splitlines()
    assert lines[0].startswith("\x1b[1;31merror[unknown-name]:\x1b[0m no [bold]")
    assert lines[3] == "\x1b[34m3 |\x1b[0m error[syntax]: this is the user's"
    assert "\x1b[1;31m^^^^^ here\x1b[0m" in lines[4]
    assert "\x1b[1;31mrefuted\x1b[0m" in lines[8]
    assert "\x1b[1;32mconfirmed\x1b[0m" in lines[9]


def test_long_lines_are_not_broken():
    line = f"error[syntax]: {'x' * 500}"
    assert ESCAPE.sub("", paint(line)) == line


def test_nobody_reading_on_is_no_crash(specs):
    (specs / "quotes.circ").write_text(SPEC.replace("kind -> carry", "knd -> carry"))
    command = [sys.executable, "-c", "from circuitspec.cli import main; main()", "check", specs]
    read, write = os.pipe()
    os.close(read)
    result = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert result.returncode == 2
    assert result.stderr == ""


def test_a_bug_exits_2_and_not_1():
    with pytest.raises(BaseException) as caught, exits_cleanly():  # noqa: PT011
        raise ZeroDivisionError
    assert caught.value.exit_code == 2
