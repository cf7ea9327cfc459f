"""`circuitspec inspect` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import run
from support.small_models import TWO_LAYERS, random_transformer, write_model
from typer.testing import Result

from circuitspec.inspection import Inspection

PROGRAM = "print(\"hello\", 'you')\n"


@pytest.fixture
def text(specs: Path) -> Path:
    path = specs / "hello.py"
    path.write_text(PROGRAM)
    return path


def inspect(specs: Path, *arguments: object) -> Result:
    return run("inspect", specs / "planted", *arguments)


def found(result: Result) -> Inspection:
    assert result.exit_code == 0, result.output
    return Inspection.model_validate_json(result.stdout)


def test_a_node_is_told_of(specs: Path, text: Path) -> None:
    result = inspect(specs, "L0.attn.in[0]", "--text", text)
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    # The path may be long enough for a line of its own.
    assert f" tokens of {text}. " in " ".join(lines)
    assert "L0.attn.in[0]" in lines
    assert any(line.split() == ["writes", "+1", "L0.h0.v[0]"] for line in lines)
    assert any('»"«hello' in line and line.endswith("hello.py:1") for line in lines)


def test_names_come_from_specs(specs: Path, text: Path) -> None:
    arguments = ("carry", "--text", text, "--spec", specs / "quotes.circ")
    lines = inspect(specs, *arguments).stdout.splitlines()
    assert "L0.h0.v[0]  carry" in lines
    assert any(line.split() == ["reads", "+1", "L0.attn.in[0]", "kind"] for line in lines)
    assert any(line.split() == ["writes", "+1", "L0.attn.out[2]", "answer"] for line in lines)


def test_json_holds_all_of_it(specs: Path, text: Path) -> None:
    arguments = ("L0.h0.qk[0]", "embed[0..1]", "--text", text, "--format", "json")
    inspection = found(inspect(specs, *arguments))
    assert [node.label.node for node in inspection.nodes] == [
        "L0.h0.q[0]",
        "L0.h0.k[0]",
        "embed[0]",
        "embed[1]",
    ]
    assert inspection.text.documents == 1
    assert json.loads(inspect(specs, *arguments).stdout)["schema"] == 1


def test_a_task_is_a_text_too(specs: Path) -> None:
    arguments = ("L0.attn.in[0]", "--task", "single_double_quote", "--tokens", 500)
    result = inspect(specs, *arguments)
    assert "answer \"  answer '" in result.stdout
    (node,) = found(inspect(specs, *arguments, "--format", "json")).nodes
    assert [(m.where, m.first, m.second) for m in node.firing.pair_means] == [
        ("difference", 1, -1),
        ("end", 0, 0),
    ]


def test_without_a_text_it_is_held_out_files(specs: Path) -> None:
    arguments = ("L0.attn.in[0]", "--tokens", 640, "--most", 2, "--format", "json")
    inspection = found(inspect(specs, *arguments))
    assert inspection.text.source == "the standard library's files that are held out of training"
    assert 0 < inspection.text.tokens <= 640
    assert len(inspection.nodes[0].firing.highest) <= 2


def test_standard_input_can_be_the_text(specs: Path) -> None:
    result = run("inspect", specs / "planted", "embed[0]", "--text", "-", stdin="x = 1\n")
    assert " tokens of <stdin>.\n" in result.stdout


def test_the_seed_draws_other_examples(specs: Path) -> None:
    path = specs / "many.py"
    path.write_text("\n".join(f"{name} = {name}_{name}" for name in "abcdefghijklm"))
    arguments = ("L0.mlp.neuron[1]", "--text", path, "--format", "json")
    first, again, other = (
        found(inspect(specs, *arguments, "--seed", seed)).nodes[0].firing for seed in (0, 0, 1)
    )
    assert first == again
    assert first.drawn != other.drawn
    assert first.highest == other.highest


def test_colour_is_for_terminals(specs: Path, text: Path) -> None:
    arguments = ("L0.attn.in[0]", "--text", text)
    assert "\x1b" not in inspect(specs, *arguments).stdout
    painted = inspect(specs, *arguments, "--color", "always").stdout
    assert "\x1b[1;7m" in painted
    assert "»" not in painted


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("L0.mlp.nueron[1]",), "did you mean `L0.mlp.neuron`?"),
        (("L1.mlp.neuron[1]",), "the model has no layer 1"),
        (("embed[0]", "L0.attn.in[8]"), "--> <argument 2>:1:12"),
        (("kinds",), "name the spec with --spec"),
        (("kinds", "--spec", "quotes.circ"), "did you mean `kind`?"),
        (("kind", "--spec", "nothing.circ"), "error[file-not-found]"),
        (("embed[0]", "--text", "nothing.py"), "error[file-not-found]: there is no file"),
        (("embed[0]", "--text", "planted"), "error[is-a-folder]"),
        (("embed[0]", "--text", "empty.py"), "error[empty-file]"),
        (("embed[0]", "--text", "latin.py"), "error[not-utf8]: `latin.py`: "),
        (("embed[0]", "--text", "utf16.py"), "is in UTF-16"),
        (("embed[0]", "--text", "hello.py", "--task", "with_as"), "choose one of them"),
        (("embed[0]", "--task", "with_az"), "did you mean `with_as`?"),
        (("embed[0]", "--task", "pairs.jsonl"), "has no pairs for finding circuits"),
        (("embed[0]", "--tokens", "0"), "Invalid value for '--tokens'"),
    ],
)
def test_a_mistake_is_said_in_words(
    specs: Path,
    text: Path,
    arguments: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (specs / "empty.py").write_text(" \n")
    (specs / "latin.py").write_bytes("é".encode("latin-1"))
    (specs / "utf16.py").write_bytes("x = 1".encode("utf-16"))
    (specs / "pairs.jsonl").write_text('{"prompts": ["f(x", "f[x"], "answers": [")", "]"]}\n')
    monkeypatch.chdir(specs)
    result = run("inspect", "planted", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in " ".join(result.stderr.split())


def test_a_model_must_be_there() -> None:
    result = run("inspect", "python-smal", "embed[0]")
    assert result.exit_code == 2
    assert "did you mean `python-small`?" in result.stderr


def test_names_of_another_models_nodes_are_not_given(specs: Path, tmp_path: Path) -> None:
    other = write_model(tmp_path / "other", random_transformer(TWO_LAYERS, seed=0))
    result = run("inspect", other, "embed[0]", "--spec", specs / "quotes.circ")
    assert result.exit_code == 2
    assert "the circuit `quotes` is of another model, `./planted`" in result.stderr


def test_a_spec_with_a_mistake_gives_no_names(specs: Path, text: Path) -> None:
    spec = specs / "quotes.circ"
    spec.write_text(spec.read_text().replace("L0.h0.v[0]", "L0.h0.v[9]"))
    result = inspect(specs, "carry", "--text", text, "--spec", spec)
    assert result.exit_code == 2
    assert "error[index-out-of-range]" in result.stderr
    assert "quotes.circ:13" in result.stderr


def test_too_many_nodes_are_not_looked_at(tmp_path: Path) -> None:
    config = TWO_LAYERS.model_copy(update={"d_mlp": 200})
    model = write_model(tmp_path / "wide", random_transformer(config, seed=0))
    result = run("inspect", model, "L0.mlp.neuron[0..99]")
    assert result.exit_code == 2
    assert "these are 100 nodes; at most 64 can be looked at in one go" in result.stderr


def test_too_many_values_are_not_kept(
    specs: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("circuitspec.cli.inspect.MOST_VALUES", 20)
    result = inspect(specs, "embed[0..1]", "--text", text)
    assert result.exit_code == 2
    assert "at most 20 are kept" in result.stderr
    assert "fewer tokens with --tokens" in result.stderr


def test_a_damaged_recipe_does_not_say_what_is_held_out(specs: Path) -> None:
    (specs / "planted" / "train.toml").write_text("name = 3")
    result = inspect(specs, "embed[0]")
    assert result.exit_code == 2
    assert "does not describe a run" in result.stderr
    assert "name a text of your own with --text" in result.stderr


def test_a_mistake_costs_no_torch() -> None:
    code = (
        "import sys; from circuitspec.cli.app import app\n"
        "try: app(['inspect', 'python-small', 'L9.attn.in[0]'], standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
