"""Completion: what is offered at each place of a text that is still being written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuitspec.language import parse_text
from circuitspec.language.claim_words import ALTERNATIVES, CONTROLS, FAITHFUL_METRICS
from circuitspec.language.words import CLAIMS, STATEMENTS
from circuitspec.lsp.completion import complete
from circuitspec.lsp.suggestions import Suggestion
from circuitspec.tasks.shipped import attack_tasks, shipped_tasks
from lsp.texts import SPEC, cursor, document, in_spec

NODES = ("first", "second", "pair")

NEW = "  expect sufficient: loss <= 0.15\n"
"""The last statement of the spec; each test puts one of its own in its place."""


def labels(line: str, **options: bool) -> list[str]:
    document, offset = in_spec(NEW, f"  {line}\n")
    return [suggestion.label for suggestion in complete(document, offset, **options)]


def chosen(label: str, line: str) -> Suggestion:
    document, offset = in_spec(NEW, f"  {line}\n")
    (found,) = (s for s in complete(document, offset) if s.label == label)
    return found


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("expect |", [*CLAIMS, *NODES]),
        ("expect suf|", [*CLAIMS, *NODES]),
        ("expect sufficient: |", ["loss", "accuracy"]),
        ("expect sufficient: loss |", ["<="]),
        ("expect sufficient: accuracy |", [">="]),
        ("expect necessary: loss |", [">="]),
        ("expect necessary: accuracy |", ["<="]),
        ("expect minimal: |", ["every"]),
        ("expect minimal: every |", ["node", "edge"]),
        ("expect minimal: every node |", ["costs"]),
        ("expect minimal: every node costs |", [">="]),
        ("expect minimal: every node costs >= |", []),
        ("expect faithful: |", list(FAITHFUL_METRICS)),
        ("expect faithful: kl |", ["<="]),
        ("expect faithful: agreement |", [">="]),
        ("expect specific: |", ["text_loss"]),
        ("expect complete: gap |", ["<="]),
        ("expect unique: loss |", [">="]),
        ("expect beats |", list(CONTROLS)),
        ("expect beats nonsense |", []),
        ("expect beats nonsense: |", ["ratio"]),
        ("expect beats other_circuits: |", ["share"]),
        ("expect beats other_circuits: share |", [">="]),
        ("expect resampling |", ["rest", *NODES]),
        ("expect swapping |", ["circuit", *NODES]),
        ("expect exchanging |", ["circuit", *NODES]),
        ("expect swapping first |", ["flips the answer", "at"]),
        ("expect exchanging first |", ["keeps the answer", "at"]),
        ("expect swapping first, |", list(NODES)),
        ("expect swapping first at |", ["last", "difference"]),
        ("expect swapping first at last |", ["flips the answer"]),
        ("expect swapping first flips |", ["the answer"]),
        ("expect swapping first flips the answer |", ["in"]),
        ("expect swapping first flips the answer in |", ["model", "circuit"]),
        ("expect swapping first flips the answer in model: |", ["share"]),
        ("expect swapping first flips the answer: share |", [">="]),
        ("expect first |", ["fires", "separates", "is", "attends"]),
        ("expect first fires |", ["on", "inside"]),
        ('expect first fires on "a" |', ["in", "over"]),
        ('expect first fires on "a" in |', ["model", "circuit"]),
        ('expect first fires on "a" in circuit |', ["over"]),
        ('expect first fires on "a" in circuit over |', ["task", "text"]),
        ('expect first fires on "a" over task |', []),
        ('expect first fires on "a" over task: |', ["auc"]),
        ('expect first fires on "a" over task: auc |', [">="]),
        ('expect first fires inside "a" |', ["to"]),
        ('expect first fires inside "a" to "b" |', ["in", "over"]),
        ("expect first separates |", ["answers"]),
        ("expect first separates answers |", ["in", "over"]),
        ('expect first separates "a" |', ["from"]),
        ('expect first separates "a" from "b" |', ["in", "over"]),
        ("expect first is |", ["positive", "negative", "constant"]),
        ("expect first is positive |", ["on", "in", "over"]),
        ("expect first is constant |", ["in", "over"]),
        ("expect first is constant: |", ["spread"]),
        ("expect first is constant: spread |", ["<="]),
        ("expect first is positive: |", ["share"]),
        ("expect pair attends |", ["from"]),
        ("expect pair attends from |", ["last", "difference"]),
        ("expect pair attends from last |", ["to"]),
        ('expect pair attends from "a", "b" |', ["to"]),
        ("expect pair attends from last to |", ["last", "difference"]),
        ("expect pair attends from last to difference |", ["in", "over"]),
        ("expect pair attends from last to difference: mass |", [">="]),
        ("expect nothing |", []),
        ("predict |", []),
        ('predict "it breaks": |', ["task"]),
        ('predict "it breaks": task |', [*shipped_tasks(), *attack_tasks()]),
        ('predict "it breaks": task with_as, |', ["loss", "accuracy"]),
        ('predict "it breaks": task with_as, loss |', ["<=", ">="]),
        ("edge |", ["first", "second", "pair", "pair.q", "pair.k"]),
        ("edge fi|", ["first", "second", "pair", "pair.q", "pair.k"]),
        ("edge first -> |", ["first", "second", "pair", "pair.q", "pair.k"]),
        ("edge first, |", ["first", "second", "pair", "pair.q", "pair.k"]),
        ("edge first |", ["->"]),
        ("edge first -> second : |", ["+", "-"]),
        ("node |", []),
        ("outside |", []),
        ("outside x = channel 3 |", ["from"]),
        ("node x = L0.attn.in[|", []),
        ("node x = L0.attn.in[3, |", []),
        ("node x = channel 3 |", ["from"]),
        ("node x = channel [3, 5] |", ["from"]),
        ("node x = channel 3 from |", ["embed", "L0.attn", "L0.mlp", "L1.attn", "L1.mlp"]),
        ("node x = channel 3 from L0.attn |", ["to"]),
        (
            "node x = channel 3 from embed to |",
            ["L0.attn", "L0.mlp", "L1.attn", "L1.mlp", "final"],
        ),
        ("node x = channel 3 from L0.attn to |", ["L0.mlp", "L1.attn", "L1.mlp", "final"]),
        ("node x = channel 3 from L0.mlp, embed to L|", ["L1.attn", "L1.mlp", "final"]),
        ("node x = L0.mlp.in[1], channel 3 from L1.mlp to |", ["final"]),
        ("# |", []),
        ('"a | string"', []),
        ('"a | string', []),
    ],
)
def test_what_is_offered(line: str, offered: list[str]) -> None:
    assert labels(line) == offered


@pytest.mark.parametrize(
    ("setting", "offered"),
    [
        ("model   |", ["python-base", "python-small"]),
        ("model   pyth|", ["python-base", "python-small"]),
        ("task    |", [*shipped_tasks(), *attack_tasks()]),
        ("ablate  |", ["mean over pretraining", "zero"]),
        ("ablate  mean over |", ["pretraining"]),
        ("scope   |", ["layers", "embed", "final"]),
        ("scope   layers, |", ["embed", "final"]),
        ("calibrate |", ["scale", "scale, shift"]),
        ("calibrate scale, |", ["shift"]),
        ("ablate zero also |", [name for name in ALTERNATIVES if name != "zero"]),
        ("ablate zero report subsets, |", [*ALTERNATIVES[1:5], "adversary"]),
        ("level 5% over |", ["pairs", "templates"]),
    ],
)
def test_settings(setting: str, offered: list[str]) -> None:
    document, offset = in_spec("ablate  mean over pretraining", setting)
    assert [s.label for s in complete(document, offset)] == offered


def test_a_statement_can_begin_where_one_can_end() -> None:
    once = {"model", "task", "ablate"}
    for line in (
        *("|", "no|", "expect sufficient: loss <= 1\n  |", "level 5%\n |", "edge a -> b\n|"),
        *("also zero\n|", "report subsets\n|", "level 5% over pairs\n|", "outside x = embed[1]\n|"),
        'predict "x": task with_as, loss <= 1\n|',
        "expect swapping first flips the answer in model: share >= 95%\n|",
        "expect first is constant in circuit over task: spread <= 0.1\n|",
    ):
        offered = [label for label in labels(line) if label in STATEMENTS]
        said = once | {word for word in ("level", "also", "report") if line.startswith(word)}
        assert offered == [word for word in STATEMENTS if word not in said]


def test_a_space_alone_does_not_offer_the_next_statement() -> None:
    assert labels("expect sufficient: loss <= 1 |", statements=False) == []
    assert labels("expect |", statements=False) == [*CLAIMS, *NODES]


def test_an_unfinished_statement_goes_on_first() -> None:
    assert "node" not in labels("edge first -> |")
    assert "node" not in labels("expect sufficient: |")
    assert "node" not in labels("node x = L0.mlp.in[3|")


@pytest.mark.parametrize(
    ("typed", "some", "none"),
    [
        ("", ["L0.", "L1.", "embed", "final", "channel"], ["L2."]),
        ("L", ["L0.", "L1."], ["L0.attn.in"]),
        ("L0.", ["L0.attn.in", "L0.attn.qk", "L0.mlp.neuron", "L0.h0.", "L0.h31."], ["L0.h32."]),
        ("L1.h", ["L1.h0.", "L1.attn.in"], ["L0.h0."]),
        ("L0.h18.", ["L0.h18.q", "L0.h18.k", "L0.h18.v", "L0.h18.qk"], ["L0.attn.in"]),
        ("L2.", [], ["L2.attn.in"]),
        ("L0.h32.", [], ["L0.h32.q"]),
    ],
)
def test_places_go_one_step_at_a_time_and_no_further_than_the_model(
    typed: str, some: list[str], none: list[str]
) -> None:
    offered = labels(f"node x = {typed}|")
    assert set(some) <= set(offered)
    assert not set(none) & set(offered)


def test_places_show_their_range() -> None:
    assert chosen("L0.attn.in", "node x = L0.|").detail == "512 elements, 0 to 511"
    assert chosen("L0.mlp.neuron", "node x = L0.|").detail == "1,024 elements, 0 to 1023"
    assert chosen("L0.h18.k", "node x = L0.h18.|").detail == "16 elements, 0 to 15"


def test_places_are_known_where_the_model_is_not() -> None:
    before = SPEC.replace("python-small", "nowhere")
    text = before.replace(NEW, "  node x = L7.|\n")
    found = [s.label for s in complete(*cursor(text))]
    assert "L7.mlp.neuron" in found


def test_readers_are_known_where_the_model_is_not() -> None:
    before = SPEC.replace("python-small", "nowhere")
    text = before.replace(NEW, "  node x = channel 3 from L7.attn to |\n")
    found = [s.label for s in complete(*cursor(text))]
    assert found == ["L7.mlp", "L8.attn", "L8.mlp", "final"]


def test_what_is_typed_is_replaced() -> None:
    for typed in ("", "L", "L0.", "L0.h18.", "L0.attn"):
        document, offset = in_spec(NEW, f"  node x = {typed}|\n")
        for suggestion in complete(document, offset):
            assert document.text[suggestion.start : suggestion.end] == typed


def test_nodes_come_with_their_descriptions() -> None:
    assert chosen("first", "edge |").detail == "positive on a double quote"


def test_names_that_are_declared_below_the_cursor_are_known() -> None:
    text = "circuitspec 1 circuit c { edge | node later = L0.mlp.in[1] }"
    assert [s.label for s in complete(*cursor(text))] == ["later"]


def test_names_of_another_circuit_are_not() -> None:
    text = SPEC + "circuit other { node mine = L0.mlp.in[1] edge | }"
    assert [s.label for s in complete(*cursor(text))] == ["mine"]


def test_outside_of_circuits() -> None:
    assert [s.label for s in complete(*cursor("|"))] == ["circuitspec 1", "circuitspec"]
    assert [s.label for s in complete(*cursor("circ|"))] == ["circuitspec 1", "circuitspec"]
    assert [s.label for s in complete(*cursor("circuitspec 1\n\n|"))] == ["circuit"]
    assert [s.label for s in complete(*cursor(SPEC + "\n|"))] == ["circuit"]
    assert complete(*cursor("circuitspec 1\ncircuit |")) == ()


def test_models_and_tasks_beside_the_file(tmp_path) -> None:
    (tmp_path / "mine" / "deep").mkdir(parents=True)
    (tmp_path / "mine" / "deep" / "config.json").write_text("{}")
    (tmp_path / "pairs.jsonl").write_text("")
    path = tmp_path / "x.circ"
    model = complete(*cursor(SPEC.replace("python-small", "|"), path))
    assert [s.label for s in model] == ["python-base", "python-small", "./mine/deep"]
    task = complete(*cursor(SPEC.replace("single_double_quote", "|"), path))
    assert [s.label for s in task] == [*shipped_tasks(), *attack_tasks(), "./pairs.jsonl"]


def filled_in(snippet: str) -> str:
    """A snippet with what it proposes."""
    return re.sub(r"\$\{\d+:([^}]*)\}", r"\1", snippet)


def test_the_first_snippet_is_a_spec() -> None:
    (first, _) = complete(document(""), 0)
    assert first.snippet is not None
    assert parse_text(filled_in(first.snippet)).diagnostics == ()


@pytest.mark.parametrize("line", ["|", "expect |", "node x = |", "node x = L0.h18.|"])
def test_snippets_can_be_read(line: str) -> None:
    document, offset = in_spec(NEW, f"  {line}\n")
    for suggestion in complete(document, offset):
        if suggestion.snippet is None:
            continue
        written = filled_in(suggestion.snippet)
        written = written.replace("source", "first").replace("target", "second")
        text = document.text[: suggestion.start] + written + document.text[suggestion.end :]
        found = parse_text(text).diagnostics
        errors = {str(diagnostic.code) for diagnostic in found if diagnostic.severity == "error"}
        assert errors <= {"duplicate-edge", "out-of-scope"}, text


def test_edges_end_at_nodes_of_the_circuit_and_claims_are_about_others_too() -> None:
    beside = "  outside silent = L1.mlp.neuron[3..5]\n"
    for line, known in (("edge |", False), ("expect swapping |", True)):
        document, offset = in_spec(NEW, f"{beside}  {line}\n")
        assert ("silent" in [s.label for s in complete(document, offset)]) == known


@given(st.integers(0, len(SPEC)), st.integers(0, len(SPEC)))
def test_anything_can_be_asked_of_any_part_of_a_spec(length: int, offset: int) -> None:
    text = SPEC[:length]
    offset = min(offset, length)
    for suggestion in complete(document(text), offset):
        assert 0 <= suggestion.start <= offset == suggestion.end
        assert "\n" not in text[suggestion.start : suggestion.end]
