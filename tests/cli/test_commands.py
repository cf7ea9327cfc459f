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
