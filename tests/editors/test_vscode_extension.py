"""The VS Code extension, as far as it can be tested without Node: its grammar and its manifest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pygments.token import Comment, String

import circuitspec
from circuitspec.editors.pygments_lexer import CircLexer
from circuitspec.language.claim_forms import CONSTANT, FORMS
from circuitspec.language.claim_words import ALTERNATIVES, CONTROLS, DATA, RUNS, SPOTS
from circuitspec.language.expectations import KEYWORDS
from circuitspec.language.header import HEADER
from circuitspec.language.selections import PARTS
from circuitspec.language.spec import CALIBRATION_NAMES, SCOPE_NAMES, UNITS
from circuitspec.language.terminals import NAME
from circuitspec.language.words import CLAIMS, IN_CLAIMS, LATER_METRICS, RESERVED
from editors.textmate import patterns, scopes

CHECKOUT = Path(__file__).parents[2]
EXTENSION = CHECKOUT / "editors" / "vscode"
GRAMMAR = json.loads((EXTENSION / "syntaxes" / "circ.tmLanguage.json").read_text())
MANIFEST = json.loads((EXTENSION / "package.json").read_text())
LANGUAGE = json.loads((EXTENSION / "language-configuration.json").read_text())

ALL_METRICS = {metric for form in (*FORMS.values(), CONSTANT) for metric in form.sides}

VALID = sorted([*CHECKOUT.glob("specs/**/*.circ"), *CHECKOUT.glob("tests/language/valid/*.circ")])


def scope(text: str, word: str) -> str:
    """The innermost scope of the last place where `word` stands in `text`."""
    names = [names for _, names in scopes(GRAMMAR, text)]
    inside = set(names[text.rindex(word) : text.rindex(word) + len(word)])
    assert len(inside) == 1, f"{word} in {text} is of several scopes: {inside}"
    return " ".join(inside.pop()[-1:])


def test_every_pattern_compiles_and_needs_nothing_that_only_one_engine_has() -> None:
    for pattern in patterns(GRAMMAR):
        re.compile(pattern)
        assert not re.search(r"\\[pPGAzZhH]|\(\?<|\(\?>|\[\[:|\(\?[a-z]", pattern), pattern


@pytest.mark.parametrize("word", sorted(KEYWORDS.values()))
def test_keywords_of_the_grammar_stand_out(word: str) -> None:
    before = "expect x" if word in IN_CLAIMS else ""
    assert scope(f"  {before} {word} ", word).startswith(("keyword.", "storage.type.")), word
    for longer in (f"{word}s", f"{word}_", f"_{word}", f"{word}1"):
        if longer not in RESERVED:
            assert scope(f"= {longer} ", longer) == "variable.other.node.circ"


@pytest.mark.parametrize("word", sorted(RESERVED - {"embed", "final"}))
def test_reserved_words_stand_out(word: str) -> None:
    assert scope(f"  {word} ", word).startswith(("keyword.", "storage.type.")), word


def test_no_other_word_is_taken_for_one_of_the_language() -> None:
    """Every word in the patterns is one that the language knows, at the place it is for."""
    known = {*RESERVED, *LATER_METRICS, *SCOPE_NAMES, "mean", "pretraining"}
    known |= {"layers", "attn", "mlp", *CALIBRATION_NAMES, *UNITS, *ALTERNATIVES}
    known |= {*CLAIMS, *IN_CLAIMS, *ALL_METRICS, *CONTROLS, *SPOTS, *RUNS, *DATA}
    known |= {"positive", "negative", "constant", "answers"}
    for pattern in patterns(GRAMMAR):
        plain = re.sub(r"\[[^\]]*\]|\\.|\(\?[:=!]", " ", pattern)
        for word in re.findall(r"[a-z_]{2,}", plain):
            assert word in known, f"{word} in {pattern}"


def test_claims_metrics_settings_and_places() -> None:
    for claim in CLAIMS:
        assert scope(f"  expect {claim}:", claim) == "support.type.claim.circ"
    for metric in ALL_METRICS:
        assert scope(f"  expect x: {metric} <=", metric) == "support.function.metric.circ"
        assert scope(f"  edge {metric} -> x", metric) == "variable.other.node.circ"
    for name in SCOPE_NAMES:
        assert scope(f"  scope layers, {name}", name) == "constant.language.scope.circ"
    for name in CALIBRATION_NAMES:
        text = f"  calibrate scale, {name}"
        assert scope(text, name) == "constant.language.calibration.circ"
    for ablation in ALTERNATIVES:
        text = f"  also zero, {ablation}"
        assert scope(text, ablation) == "constant.language.ablation.circ"
    for word in (*CONTROLS, *SPOTS, "positive", "negative", "constant", "answers", "rest"):
        assert scope(f"  expect x {word}:", word) == "constant.language.claim.circ"
        assert scope(f"  edge x{word} -> y", f"x{word}") == "variable.other.node.circ"
    for unit in UNITS:
        assert scope(f"  level 5% over {unit}", unit) == "constant.language.unit.circ"
    for part in PARTS:
        place = f"L12.{part}" if "." in part else part
        assert scope(f"  node x = {place}[3]", place) == "support.variable.place.circ"


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_word_of_a_spec_has_a_scope_and_none_is_invalid(path: Path) -> None:
    for character, names in scopes(GRAMMAR, path.read_bytes().decode("utf-8-sig")):
        assert names or character.isspace(), character
        assert not any(name.startswith("invalid") for name in names)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_strings_and_comments_are_where_pygments_sees_them(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    theirs = [
        "comment" if kind in Comment else "string" if kind in String else ""
        for _, kind, value in CircLexer().get_tokens_unprocessed(text)
        for _ in value
    ]
    ours = [_kind(names) for _, names in scopes(GRAMMAR, text)]
    for at, character in enumerate(text):
        if character not in "\r\n":
            assert ours[at] == theirs[at], text[max(0, at - 40) : at + 1]


def _kind(names: tuple[str, ...]) -> str:
    outermost = names[0] if names else ""
    return {"comment": "comment", "string": "string"}.get(outermost.split(".")[0], "")


def test_in_a_claim_words_say_where_it_is_looked_at() -> None:
    text = '  expect kind fires on "model" in model over task: auc >= 0.9\n  edge a -> b'
    assert scope(text.replace("over task", ""), "model") == "constant.language.where.circ"
    assert scope(text, "task") == "constant.language.where.circ"
    assert scope(text, "kind") == "variable.other.node.circ"
    assert scope(text, "edge") == "keyword.other.edge.circ"
    assert scope("  expect a, b\n    flips the answer in circuit", "circuit").startswith("constant")


def test_a_claim_ends_where_the_next_statement_begins() -> None:
    assert scope("  expect kind fires\n  model x", "model") == "keyword.other.model.circ"
    assert scope("  expect kind }\ncircuit in {", "circuit") == "storage.type.circuit.circ"
    assert scope('  expect kind fires on "a\n  node b', "node") == "storage.type.node.circ"


def test_a_prediction_names_a_task_and_a_metric() -> None:
    text = '  predict "model": task a/b.jsonl, accuracy <= 50%'
    assert scope(text, "predict") == "keyword.control.predict.circ"
    assert scope(text, "a/b.jsonl") == "string.unquoted.circ"
    assert scope(text, "accuracy") == "support.function.metric.circ"


def test_words_of_claims_can_be_names_elsewhere() -> None:
    for word in set(IN_CLAIMS) - RESERVED:
        assert scope(f"  edge a -> {word}", word) == "variable.other.node.circ"


def test_strings_end_with_their_line() -> None:
    assert scope('  "never closed\n  edge a', "edge") == "keyword.other.edge.circ"


def test_the_manifest_knows_files_by_suffix_and_by_first_line() -> None:
    (language,) = MANIFEST["contributes"]["languages"]
    assert language["id"] == "circ"
    assert language["extensions"] == [".circ"]
    assert re.search(language["firstLine"], HEADER)
    assert not re.search(language["firstLine"], "<project>")
    for grammar in MANIFEST["contributes"]["grammars"]:
        content = json.loads((EXTENSION / grammar["path"]).read_text())
        assert content["scopeName"] == grammar["scopeName"]


def test_the_manifest_has_the_version_of_the_package() -> None:
    assert MANIFEST["version"] == circuitspec.__version__


def test_a_word_of_the_editor_is_a_name_of_the_grammar() -> None:
    assert LANGUAGE["wordPattern"].startswith(f"{NAME}|")
    assert re.fullmatch(LANGUAGE["wordPattern"], "double_key_1")
    assert re.search(LANGUAGE["wordPattern"], "match.k")[0] == "match"


def test_indentation_follows_braces() -> None:
    more = LANGUAGE["indentationRules"]["increaseIndentPattern"]
    less = LANGUAGE["indentationRules"]["decreaseIndentPattern"]
    assert re.search(more, "circuit quotes {")
    assert re.search(more, "circuit quotes {  # why")
    assert re.search(more, 'circuit quotes "it" {')
    for line in (
        "circuit a { }",
        '  "text with { in it"',
        "  # circuit a {",
        "  node a = L0.mlp.in[1]",
    ):
        assert not re.search(more, line), line
    assert re.search(less, "}")


def test_the_lock_file_names_no_package_index() -> None:
    assert '"resolved"' not in (EXTENSION / "package-lock.json").read_text()
