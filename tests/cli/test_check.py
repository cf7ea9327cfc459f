"""`circuitspec check`: which files it reads, what it says of them and where."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import SPEC, run

from circuitspec.cli.spec_files import spec_paths


def test_it_says_what_is_sound(specs):
    result = run("check", specs)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{specs / 'quotes.circ'}: quotes: 5 nodes, 3 edges, 2 claims: sound\n"
        "checked 1 file: no mistakes\n"
    )
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("./planted", "pythn-small", "unknown-model"),
        ("single_double_quote", "single_quote", "unknown-task"),
        ("L0.attn.in[0]", "L0.attn.in[8]", "index-out-of-range"),
        ("kind -> carry", "is_quote -> carry", "zero-weight"),
        ("look : +", "look : -", "sign-contradicts-weight"),
        ("kind -> carry", "knd -> carry", "unknown-name"),
        ("ablate", "ablte", "syntax"),
    ],
)
@pytest.mark.parametrize("command", ["check", "verify"])
def test_a_mistake_is_shown_at_its_line_and_exits_2(specs, command, before, after, code):
    text = SPEC.replace(before, after)
    (specs / "quotes.circ").write_text(text)
    result = run(command, specs)
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stdout
    changed = next(line for line in text.splitlines() if after in line)
    assert changed.strip() in result.stdout
    hint = result.stdout.splitlines()[-1]
    assert "circuitspec explain " in hint
    assert f" {code}" in hint
    assert "Traceback" not in result.output
    assert result.stderr == ""


def test_all_mistakes_of_all_files_are_shown_in_one_go(specs):
    (specs / "a.circ").write_text(SPEC.replace("L0.attn.in[0]", "L0.attn.in[8]"))
    (specs / "b.circ").write_text(
        SPEC.replace("./planted", "nowhere").replace("task    s", "task    z")
    )
    result = run("check", specs / "b.circ", specs / "gone.circ", specs / "empty", specs)
    order = ["unknown-model", "unknown-task", "file-not-found", "file-not-found", "index-out"]
    at = -1
    for code in order:
        at = result.stdout.index(f"error[{code}", at + 1)
    assert result.stdout.splitlines()[-2] == "checked 5 files: 5 errors"
    assert "quotes.circ: quotes: 5 nodes" in result.stdout


def test_a_folder_without_specs_does_not_stop_the_rest(specs):
    (specs / "empty").mkdir()
    result = run("check", specs / "empty", specs / "quotes.circ")
    assert result.exit_code == 2
    assert "there is no .circ file below" in result.stdout
    assert "quotes: 5 nodes" in result.stdout


@pytest.mark.parametrize("command", ["check", "verify"])
def test_nothing_to_read_exits_2(tmp_path, command):
    for path in (tmp_path, tmp_path / "nowhere.circ"):
        result = run(command, path)
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert "error[file-not-found]" in result.stdout


def test_without_a_path_it_says_how_it_is_used():
    assert run("check").exit_code == 2


def test_a_folder_is_searched_in_a_fixed_order_and_not_where_it_is_hidden(tmp_path):
    for name in ("b/z.circ", "b/a.circ", "a.circ", ".venv/x.circ", "b/.git/y.circ", "c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [path.relative_to(tmp_path).as_posix() for path in spec_paths([tmp_path])]
    assert found == ["a.circ", "b/a.circ", "b/z.circ"]
    assert spec_paths([tmp_path / "a.circ", tmp_path, tmp_path / "a.circ"])[0].name == "a.circ"
    assert len(spec_paths([tmp_path / "a.circ", tmp_path])) == 3


def test_standard_input(specs, monkeypatch):
    monkeypatch.chdir(specs)
    assert run("check", "-", stdin=SPEC).stdout.startswith("<stdin>: quotes: 5 nodes")
    result = run("check", "-", "--format", "concise", stdin=SPEC.replace("ablate", "ablte"))
    assert result.stdout.startswith("<stdin>:8:3: syntax ")
    result = run("check", "-", stdin=b"circuitspec 1\xff")
    assert "error[not-utf8]" in result.stdout


def test_syntax_alone_looks_for_no_model_and_no_task(specs):
    path = specs / "quotes.circ"
    path.write_text(SPEC.replace("./planted", "nowhere").replace("task    s", "task    z"))
    result = run("check", "--syntax", path)
    assert result.exit_code == 0
    assert result.stdout == f"{path}: quotes: 2 claims\nchecked the syntax of 1 file: no mistakes\n"
    path.write_text(SPEC.replace("kind -> carry", "knd -> carry"))
    assert run("check", "--syntax", path).exit_code == 2


def test_another_model_can_be_named(specs):
    path = specs / "quotes.circ"
    path.write_text(SPEC.replace("./planted", "nowhere"))
    assert run("check", path, "--model", specs / "planted").exit_code == 0
    result = run("check", path, "--model", "elsewhere")
    assert result.exit_code == 2
    assert "there is no model `elsewhere`" in result.stderr


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "reference.safetensors"])
@pytest.mark.parametrize("command", ["check", "verify"])
def test_a_model_that_lacks_a_file_exits_2(specs, command, missing):
    (specs / "planted" / missing).unlink()
    result = run(command, specs)
    assert result.exit_code == 2
    assert missing in result.stdout
    assert "Traceback" not in result.output


def test_every_format_says_the_same(specs):
    (specs / "quotes.circ").write_text(SPEC.replace("kind -> carry", "knd -> carry"))
    printed = {
        form: run("check", specs, "--format", form).stdout
        for form in ("full", "concise", "json", "junit", "github")
    }
    assert json.loads(printed["json"])["diagnostics"][0]["code"] == "unknown-name"
    for text in printed.values():
        assert "unknown-name" in text
        assert "no node is called `knd`" in text


@pytest.mark.parametrize("arguments", [["--syntax"], []])
def test_torch_is_not_imported(arguments):
    spec = Path(__file__).parents[2] / "specs" / "quote_closing.circ"
    code = (
        "import sys\n"
        "from circuitspec.cli.app import app\n"
        f"app(['check', {str(spec)!r}, *{arguments}], standalone_mode=False)\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
