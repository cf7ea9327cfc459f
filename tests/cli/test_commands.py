"""The commands as a user meets them: what they print where, what they write, how they exit."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from support.planted import planted_python_model
from typer.testing import CliRunner

from circuitspec.cli.app import app
from circuitspec.model.folder import save_folder

SPEC = """\
circuitspec 1

circuit quotes {
  "Copy the kind of the quote."

  model   ./planted
  task    single_double_quote
  ablate  mean over pretraining

  node kind     = L0.attn.in[0]   "positive on double, negative on single"
  node is_quote = L0.attn.in[1]
  node look     = L0.h0.k[0]
  node carry    = L0.h0.v[0]
  node answer   = L0.attn.out[2]

  edge kind -> carry -> answer : +
  edge is_quote -> look : +

  expect sufficient: loss <= 0.15
  expect necessary:  loss >= 0.60
}
"""


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "planted"
    model = planted_python_model()
    save_folder(folder, model.transformer, model.tokenizer, model.reference)
    return folder


@pytest.fixture
def specs(tmp_path: Path, model_folder: Path) -> Path:
    """A folder with the spec above in it, beside the model that it names."""
    shutil.copytree(model_folder, tmp_path / "planted")
    (tmp_path / "quotes.circ").write_text(SPEC)
    return tmp_path


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_verify_prints_writes_and_exits_0(specs):
    result = run("verify", specs, "--out", specs / "out")
    assert result.exit_code == 0, result.output
    assert "confirmed" in result.stdout
    names = sorted(path.name for path in (specs / "out").iterdir())
    assert names == ["quotes.dot", "quotes.json", "quotes.png", "quotes.svg"]
    certificate = json.loads((specs / "out" / "quotes.json").read_text())
    assert certificate["verdict"] == "confirmed"
    assert [claim["verdict"] for claim in certificate["claims"]] == ["confirmed"] * 2
    assert ET.parse(specs / "out" / "quotes.svg").getroot().tag.endswith("svg")
    assert (specs / "out" / "quotes.png").read_bytes().startswith(b"\x89PNG")


def test_a_false_claim_exits_1(specs):
    path = specs / "quotes.circ"
    path.write_text(SPEC.replace("loss >= 0.60", "loss >= 5"))
    result = run("verify", path)
    assert result.exit_code == 1
    assert "refuted" in result.stdout


def test_json_is_all_that_stdout_holds(specs):
    result = run("verify", specs, "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["spec"]["name"] == "quotes"


def test_two_runs_give_the_same_certificate_but_for_the_environment(specs):
    first, second = (json.loads(run("verify", specs, "--format", "json").stdout) for _ in range(2))
    del first["environment"], second["environment"]
    assert first == second


def test_several_circuits_give_a_list(specs):
    (specs / "more.circ").write_text(SPEC.replace("circuit quotes", "circuit again"))
    result = run("verify", specs, "--format", "json")
    assert [entry["spec"]["name"] for entry in json.loads(result.stdout)] == ["again", "quotes"]


def test_check_says_what_is_sound(specs):
    result = run("check", specs)
    assert result.exit_code == 0
    assert "5 nodes, 3 edges, 2 claims: sound" in result.stdout


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
    assert f"error[{code}]" in result.stderr
    changed = next(line for line in text.splitlines() if after in line)
    assert changed.strip() in result.stderr
    assert "Traceback" not in result.output


def test_one_bad_file_does_not_hide_the_others(specs):
    (specs / "bad.circ").write_text("circuitspec 1\ncircuit x {")
    result = run("verify", specs)
    assert result.exit_code == 2
    assert "confirmed" in result.stdout
    assert "bad.circ" in result.stderr


@pytest.mark.parametrize("command", ["check", "verify"])
def test_nothing_to_read_exits_2(tmp_path, command):
    for path in (tmp_path, tmp_path / "nowhere.circ"):
        result = run(command, path)
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert result.stderr


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "reference.safetensors"])
def test_a_model_that_lacks_a_file_exits_2(specs, missing):
    (specs / "planted" / missing).unlink()
    result = run("verify", specs)
    assert result.exit_code == 2
    assert missing in result.stderr
    assert "Traceback" not in result.output


def test_an_output_folder_that_is_a_file_exits_2(specs):
    result = run("verify", specs, "--out", specs / "quotes.circ")
    assert result.exit_code == 2
    assert "is a file" in result.stderr
    assert (specs / "quotes.circ").read_text() == SPEC


def test_draw_writes_what_the_suffix_says(specs):
    for suffix in ("svg", "png", "dot"):
        out = specs / f"drawing.{suffix}"
        assert run("draw", specs / "quotes.circ", "--out", out).exit_code == 0
        assert out.stat().st_size > 0


def test_an_interrupted_run_leaves_no_file_and_exits_130(specs, monkeypatch):
    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("circuitspec.cli.verify.verify_circuit", interrupt)
    result = run("verify", specs, "--out", specs / "out")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert not (specs / "out").exists()


def test_discover_writes_a_spec_that_is_sound(specs):
    out = specs / "found.circ"
    result = run(
        "discover", "--model", specs / "planted", "--out", out, "--steps", 60, "--price", 3e-3
    )
    assert result.exit_code == 0, result.output
    assert run("check", out, "--model", specs / "planted").exit_code == 0


def test_a_wrong_training_config_exits_2(tmp_path):
    config = tmp_path / "run.toml"
    config.write_text('name = "x"\nsteps = 0\n')
    result = run("train", config, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "steps" in result.stderr
    assert not (tmp_path / "out").exists()
