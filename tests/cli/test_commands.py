"""The commands draw, discover and train as a user meets them; others have files of their own."""

from __future__ import annotations

import json

from support.command_line import run


def test_draw_writes_what_the_suffix_says(specs):
    for suffix in ("svg", "png", "dot"):
        out = specs / f"drawing.{suffix}"
        assert run("draw", specs / "quotes.circ", "--out", out).exit_code == 0
        assert out.stat().st_size > 0


def test_draw_shows_where_nodes_fire_unless_it_is_to_be_plain(specs):
    drawn, plain, compact = (specs / f"{name}.dot" for name in ("drawn", "plain", "compact"))
    path = specs / "quotes.circ"
    assert run("draw", path, "--out", drawn).exit_code == 0
    assert run("draw", path, "--out", plain, "--plain").exit_code == 0
    assert run("draw", path, "--out", compact, "--view", "compact").exit_code == 0
    assert "circuit alone" in drawn.read_text()
    assert "marked token" in drawn.read_text()
    assert "circuit alone" not in plain.read_text()
    assert "<B>L0 head 0</B>" in compact.read_text()


def test_draw_does_without_examples_where_there_are_no_pairs_for_finding(specs):
    pair = {"prompts": ['f("a', "f('a"], "answers": ['"', "'"]}
    (specs / "mine.jsonl").write_text(json.dumps(pair) + "\n")
    path = specs / "quotes.circ"
    path.write_text(path.read_text().replace("single_double_quote", "./mine.jsonl"))
    result = run("draw", path, "--out", specs / "drawing.dot")
    assert result.exit_code == 0, result.output
    assert "warning: the drawing is without examples" in result.stderr
    assert "circuit alone" not in (specs / "drawing.dot").read_text()


def test_a_view_that_there_is_not_exits_2(specs):
    result = run("draw", specs / "quotes.circ", "--out", specs / "x.dot", "--view", "fancy")
    assert result.exit_code == 2
    assert "compact" in result.output


def test_draw_shows_a_mistake_and_exits_2(specs):
    path = specs / "quotes.circ"
    path.write_text(path.read_text().replace("kind -> carry", "knd -> carry"))
    result = run("draw", path, "--out", specs / "drawing.svg")
    assert result.exit_code == 2
    assert "error[unknown-name]" in result.stderr
    assert not (specs / "drawing.svg").exists()


TASK = "single_double_quote"


def test_discover_writes_a_spec_that_is_sound_wherever_it_is(specs, monkeypatch):
    monkeypatch.chdir(specs)
    out = specs / "found" / "quotes.circ"
    asked = ("discover", "--model", "planted", "--task", TASK, "--steps", 100)
    result = run(*asked, "--out", out)
    assert result.exit_code == 0, result.output
    assert "nodes" in result.stdout
    text = out.read_text()
    assert "model   ../planted\n" in text
    monkeypatch.chdir("/")
    result = run("check", out)
    assert result.exit_code == 0, result.output
    assert run("fmt", "--check", out).exit_code == 0
    assert [path.name for path in out.parent.iterdir()] == ["quotes.circ"]

    again = run(*asked, "--out", out)
    assert again.exit_code == 2
    assert "may have been edited" in again.stderr
    assert out.read_text() == text


def test_discover_by_the_baseline_with_calibrated_logits_and_by_accuracy(specs):
    common = ("discover", "--model", specs / "planted", "--task", TASK, "--method", "attribution")
    for name, extra in {
        "calibrated": ("--calibrate", "scale,shift"),
        "accurate": ("--target-accuracy", 0.9, "--no-edges"),
    }.items():
        out = specs / f"{name}.circ"
        result = run(*common, *extra, "--out", out)
        assert result.exit_code == 0, result.output
        assert ("calibrate" in out.read_text()) == (name == "calibrated")
        assert ("edge" in out.read_text().split("circuit ", 2)[2]) == (name == "calibrated")


def test_discover_refuses_what_cannot_be(specs):
    common = ("discover", "--model", specs / "planted", "--out", specs / "x.circ", "--task")
    for extra, message in (
        ((TASK, "--target-loss", 0), "no circuit loses 0 nats"),
        ((TASK, "--target-loss", 0.1, "--target-accuracy", 0.9), "exclude each other"),
        (("single_duble_quote",), "did you mean `single_double_quote`?"),
        ((TASK, "--target-loss", 1e-12), "the model itself does not reach"),
    ):
        result = run(*common, *extra)
        assert result.exit_code == 2, result.output
        assert message in result.stderr
        assert not (specs / "x.circ").exists()
    result = run("discover", "--model", "nowhere", "--out", specs / "x.circ", "--task", TASK)
    assert result.exit_code == 2
    assert "no model `nowhere`" in result.stderr


def test_compare_prints_a_row_for_each_task(specs):
    result = run("compare", "--model", specs / "planted", "--steps", 60, TASK)
    assert result.exit_code == 0, result.output
    head, line, row = result.stdout.splitlines()
    assert head.count("|") == line.count("|") == row.count("|") == 11
    assert row.startswith(f"| {TASK} | ")


def test_a_wrong_training_config_exits_2(tmp_path):
    config = tmp_path / "run.toml"
    config.write_text('name = "x"\nsteps = 0\n')
    result = run("train", config, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "steps" in result.stderr
    assert not (tmp_path / "out").exists()
