"""The JSON form: what programs may write, and what they are told when they may not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circuitspec.diagnostics import render_all
from circuitspec.document import (
    Document,
    DocumentResult,
    document_to_json,
    format_text,
    print_document,
    read_document,
    read_json,
)
from circuitspec.language import parse_text

from .comments import lexed_comments
from .json_values import json_values, nearly_documents

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXT = """\
# By a program.
circuitspec 1

circuit quotes {
  "Close a string literal."

  model   python-small
  task    single_double_quote
  ablate  mean over pretraining

  # What the embedding says.
  node double = L0.attn.in[171, 186..188]  "positive on a double quote"
  node kind   = channel 460 from L0.mlp to L10.attn

  edge double -> kind : +, other -> last  # a chain

  expect sufficient: loss <= 0.15
  expect necessary:  loss >= 0.60
  expect minimal:    every node costs >= 0.005
}
"""
VALUE = {
    "above": ["# By a program."],
    "circuitspec": 1,
    "circuits": [
        {
            "circuit": "quotes",
            "description": "Close a string literal.",
            "statements": [
                {"model": "python-small"},
                {"task": "single_double_quote"},
                {"ablate": "mean", "over": "pretraining"},
                "",
                "# What the embedding says.",
                {
                    "node": "double",
                    "selections": [{"place": "L0.attn.in", "indices": [171, [186, 188]]}],
                    "description": "positive on a double quote",
                },
                {
                    "node": "kind",
                    "selections": [{"channel": [460], "from": ["L0.mlp"], "to": ["L10.attn"]}],
                },
                "",
                {
                    "edge": ["double"],
                    "to": [{"node": "kind", "sign": "+"}, "other"],
                    "then": [["last"]],
                    "comment": "# a chain",
                },
                "",
                {"expect": "sufficient", "metric": "loss", "comparison": "<=", "threshold": 0.15},
                {"expect": "necessary", "metric": "loss", "comparison": ">=", "threshold": "0.60"},
                {"expect": "minimal", "every": "node", "comparison": ">=", "threshold": 0.005},
            ],
        }
    ],
}


def document_of(value: Any) -> Document:
    result = read_json(json.dumps(value))
    assert result.document is not None, render_all(result.diagnostics, result.source)
    return result.document


def with_statement(statement: Any) -> Any:
    return {"circuitspec": 1, "circuits": [{"circuit": "a", "statements": [statement]}]}


def with_claim(said: dict[str, Any]) -> Any:
    bound = {"metric": "auc", "comparison": ">=", "threshold": 0.9}
    return with_statement({"expect": "a", **said, **bound})


def with_node(**selection: Any) -> Any:
    return with_statement({"node": "a", "selections": [selection]})


def test_a_text_and_its_json_form() -> None:
    assert json.loads(document_to_json(document_of(VALUE))) == VALUE
    assert print_document(document_of(VALUE)) == TEXT
    document = read_document(TEXT).document
    assert document is not None
    assert json.loads(document_to_json(document)) == VALUE


CLAIMS = """\
circuitspec 1

circuit claims {
  level   5% over templates
  also    zero, resample
  report  adversary

  outside silent = L1.mlp.neuron[3..40]  "does nothing"

  expect quote fires on "\\"", "#" in model: auc >= 0.95
  expect quote fires inside "[" to "]" over text: auc >= 0.95
  expect kind separates "a" from "b": auc >= 0.95
  expect kind separates answers: auc >= 0.95
  expect kind is negative on "a": share >= 95%
  expect kind is constant: spread <= 0.1
  expect match attends from last to "a": mass >= 0.5
  expect swapping kind, carry at last flips the answer in circuit: share >= 95%
  expect beats nonsense: ratio >= 2

  predict "it breaks": task another, accuracy <= 50%
}
"""
CLAIM_VALUES = [
    {"level": "5%", "over": "templates"},
    {"also": ["zero", "resample"]},
    {"report": ["adversary"]},
    "",
    {
        "outside": "silent",
        "selections": [{"place": "L1.mlp.neuron", "indices": [[3, 40]]}],
        "description": "does nothing",
    },
    "",
    {"expect": "quote", "fires_on": ['"', "#"], "run": "model"},
    {"expect": "quote", "fires_inside": ["[", "]"], "over": "text"},
    {"expect": "kind", "separates": ["a"], "from": ["b"]},
    {"expect": "kind", "separates": "answers"},
    {"expect": "kind", "is": "negative", "on": ["a"]},
    {"expect": "kind", "is": "constant"},
    {"expect": "match", "attends_from": "last", "to": ["a"]},
    {
        "expect": "swapping",
        "nodes": ["kind", "carry"],
        "at": "last",
        "answer": "flips",
        "run": "circuit",
    },
    {"expect": "beats", "control": "nonsense"},
    "",
    {"predict": "it breaks", "task": "another"},
]
"""The statements of `CLAIMS`, claims without their bounds."""


def test_claims_and_their_json_form() -> None:
    document = read_document(CLAIMS).document
    assert document is not None
    (circuit,) = json.loads(document_to_json(document))["circuits"]
    bound = ("metric", "comparison", "threshold")
    unbound = [
        {key: part for key, part in value.items() if key not in bound}
        if isinstance(value, dict)
        else value
        for value in circuit["statements"]
    ]
    assert unbound == CLAIM_VALUES
    assert circuit["statements"][-1]["threshold"] == "50%"
    assert print_document(document_of({"circuitspec": 1, "circuits": [circuit]})) == CLAIMS


def test_json_is_written_with_one_line_for_what_fits_there() -> None:
    lines = document_to_json(document_of(VALUE)).splitlines()
    assert '        {"ablate": "mean", "over": "pretraining"},' in lines
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("written", "spelt", "kept"),
    [
        (0.15, "0.15", 0.15),
        (1, "1", 1),
        (1.0, "1", 1),
        (0, "0", 0),
        (-0.0, "-0", -0.0),
        (1e-7, "0.0000001", 1e-7),
        (1e-12, "1e-12", 1e-12),
        (1e300, "1e300", 1e300),
        (10**20, "1e20", 1e20),
        ("0.15", "0.15", 0.15),
        ("0.60", "0.60", "0.60"),
        ("+0.60", "0.60", "0.60"),
        ("95 %", "95%", "95%"),
        ("6E-01", "6e-1", "6e-1"),
        ("1e-400", "1e-400", "1e-400"),
    ],
)
def test_a_number_is_spelt_as_its_author_did(written: Any, spelt: str, kept: Any) -> None:
    document = document_of(with_statement({"level": written}))
    assert print_document(document).split()[-2] == spelt
    again = json.loads(document_to_json(document))
    level = again["circuits"][0]["statements"][0]["level"]
    assert (level, type(level)) == (kept, type(kept))


def test_blank_lines_are_squeezed_and_comments_normal() -> None:
    circuit = {"circuit": "a", "statements": ["", "", "#one", "", "", {"model": "x"}, "", ""]}
    document = document_of({"circuitspec": 1, "above": ["", "#zero"], "circuits": [circuit]})
    assert print_document(document) == (
        "# zero\ncircuitspec 1\n\ncircuit a {\n  # one\n\n  model   x\n}\n"
    )


def test_comments_inside_of_statements() -> None:
    edge = {"edge": ["a", "# from a", "b"], "to": ["c", "", "# on its own", "d", "# last"]}
    text = print_document(document_of(with_statement(edge)))
    assert text.splitlines()[3:-1] == [
        "  edge a,    # from a",
        "       b",
        "       -> c,",
        "          # on its own",
        "          d  # last",
    ]
    assert format_text(text).text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not JSON: expecting value"),
        ('{"circuitspec": 1,}', "this is not JSON: "),
        ("[" * 100_000, "lists and objects are nested too deeply"),
        ("[]", "expected an object"),
        ("{}", "the key `circuitspec` is missing"),
        ('{"circuitspec": 2}', "circuitspec: expected 1"),
        ('{"circuitspec": NaN}', "circuitspec: expected 1"),
        ('{"circuitspec": 1' + "0" * 5000 + "}", "circuitspec: expected 1"),
        ('{"circuitspec": 1, "circuits": {}}', "circuits: expected a list"),
        ('{"circuitspec": 1, "circuits": [3]}', "circuits[0]: expected an object"),
        ('{"circuitspec": 1, "circuit": []}', "there is no key `circuit` here"),
        (
            '{"circuitspec": 1, "circuitspec": 1}',
            "the key `circuitspec` stands twice",
        ),
        (
            '{"circuitspec": 1, "comment": "x"}',
            "comment: expected a comment, which",
        ),
        (
            '{"circuitspec": 1, "comment": "# \\ud800"}',
            "comment: half a character, which",
        ),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_document_is_told_so(text: str, message: str) -> None:
    assert message in told(read_json(text))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (with_statement({"colour": "x"}), "statements[0]: expected a statement\n"),
        (with_statement(3), "= help: a statement is an object with the key `model`, `task`"),
        (with_statement({"model": 3}), "statements[0].model: expected a string"),
        (with_statement({"model": "\x1b"}), "control characters other than newline and tab"),
        (with_statement({"level": "much"}), "expected a number such as 0.15, 6e-1 or 95%"),
        (with_statement({"level": True}), 'expected a number, or one in quotes such as "0.60"'),
        (with_statement({"level": None}), 'expected a number, or one in quotes such as "0.60"'),
        (with_statement({"level": float("nan")}), "NaN is not a number"),
        (with_statement({"level": float("inf")}), "this number is too large"),
        (with_statement({"level": "1e400"}), "this number is too large"),
        (with_statement({"level": 10**350}), "this number is too large"),
        (with_statement({"scope": []}), "scope: expected at least one item"),
        (with_statement({"node": "a"}), "the key `selections` is missing"),
        (with_statement({"node": "a b", "selections": []}), "node: expected a name"),
        (with_node(place="L0.mlp.in", indices=[-1]), "indices[0]: an index is not negative"),
        (with_node(place="L0.mlp.in", indices=[10**18]), "indices[0]: this index is too large"),
        (with_node(place="L0.mlp.in", indices=[1.5]), "expected an index such as 3 or a range"),
        (with_node(place="L0.mlp.in", indices=[True]), "indices[0]: expected a whole number"),
        (with_node(place="L0.mlp.in", indices=[[1]]), "indices[0]: this has two ends"),
        (
            with_node(place="L0.mlp.in", indices=[[1, 2, 3]]),
            "indices[0]: expected two ends and no more",
        ),
        (with_node(place="L0.mlp.in", indices=["# x", 1]), "a list does not begin with a comment"),
        (with_node(place="L0.mlp.in", indices=[1, ""]), '"" stands between an item and a comment'),
        (with_node(place="L0.mlp.in", indices=[1, "", 2]), '"" stands between an item and a'),
        (with_node(place="channel"), "`channel` is a word of the language"),
        (with_node(nowhere=1), "expected an object with `place` or with `channel`"),
        (with_statement({"edge": ["a"], "to": [{"node": "b"}]}), "the key `sign` is missing"),
        (
            with_statement({"edge": ["a"], "to": [{"node": "b", "sign": "*"}]}),
            "statements[0].to[0].sign: expected '+' or '-'",
        ),
        (
            with_statement({"expect": "x", "metric": "every", "comparison": "<=", "threshold": 1}),
            "`every` is a word of the language",
        ),
        (
            with_statement(
                {
                    "node": "a",
                    "selections": [
                        {"channel": [1], "from": ["L0.mlp"], "to": ["L1.attn"]},
                        {"place": "final"},
                    ],
                }
            ),
            "`final` without indices reads as an end of the channel before it",
        ),
        (with_claim({"fires_on": []}), "statements[0].fires_on: expected at least one item"),
        (with_claim({"fires_on": "x"}), "statements[0].fires_on: expected a list"),
        (with_claim({"fires_inside": ["x"]}), "fires_inside: this has two ends"),
        (with_claim({"separates": 3}), "separates: expected a word, or a list of tokens"),
        (with_claim({"separates": ["x"]}), "tokens are separated `from` others"),
        (with_claim({"separates": "answers", "from": ["x"]}), "a word from nothing"),
        (with_claim({"is": "a b"}), "statements[0].is: expected a name"),
        (with_claim({"attends_from": "last"}), "the key `to` is missing"),
        (with_claim({"control": "fires"}), "`fires` is a word of the language"),
        (with_claim({"nodes": ["is"], "answer": "flips"}), "`is` is a word of the language"),
        (with_claim({"nodes": ["a"], "answer": "turns"}), "answer: expected 'flips' or 'keeps'"),
        (with_claim({"nodes": [], "answer": "flips"}), "nodes: expected at least one item"),
        (
            with_statement({"predict": "x", "metric": "loss", "comparison": ">=", "threshold": 1}),
            "the key `task` is missing",
        ),
        (
            {"circuitspec": 1, "circuits": [{"circuit": "a", "description_comment": "# x"}]},
            "there is no description for a comment to stand beside",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_a_text_cannot_say_is_told_with_its_path(value: Any, message: str) -> None:
    assert message in told(read_json(json.dumps(value, indent=1)))


@pytest.mark.parametrize(
    ("value", "unknown", "meant"),
    [
        (with_statement({"tsk": "x"}), "tsk", "task"),
        (with_statement({"comment": "# x", "modle": "x"}), "modle", "model"),
        (with_statement({"node": "a", "selection": []}), "selection", "selections"),
        (with_statement({"node": "a", "places": []}), "places", "selections"),
        (with_node(plce="L0.mlp.in"), "plce", "place"),
        (with_node(place="L0.mlp.in", indexes=[1]), "indexes", "indices"),
        (with_statement({"edge": ["a"], "to": [{"nod": "b", "sign": "+"}]}), "nod", "node"),
        ({"circuitspec": 1, "circuits": [{"crcuit": "a"}]}, "crcuit", "circuit"),
        (with_claim({"fires_onn": ["x"]}), "fires_onn", "fires_on"),
        (with_claim({"fires_on": ["x"], "runn": "model"}), "runn", "run"),
        (with_claim({"is": "constant", "ver": "text"}), "ver", "over"),
        (with_claim({"separates": ["x"], "form": ["y"]}), "form", "from"),
        (with_statement({"outsid": "a", "selections": []}), "outsid", "outside"),
        ({"circuitspec": 1, "circuit": []}, "circuit", "circuits"),
        ({"circuitspc": 1}, "circuitspc", "circuitspec"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_misspelt_key_is_one_mistake(value: Any, unknown: str, meant: str) -> None:
    result = read_json(json.dumps(value))
    (diagnostic,) = result.diagnostics
    assert diagnostic.message.endswith(f"there is no key `{unknown}` here")
    assert diagnostic.help == f"did you mean `{meant}`?"
    assert diagnostic.span is not None
    assert result.source.text[diagnostic.span.start : diagnostic.span.end] == f'"{unknown}"'


def test_keys_that_are_like_none_are_told_without_a_guess() -> None:
    told_of = told(read_json(json.dumps(with_statement({"node": "a", "x": 1, "y": 2}))))
    assert told_of.count("error[") == 3
    assert "did you mean" not in told_of


def test_a_mistake_is_shown_where_it_is() -> None:
    text = '{\n  "circuitspec": 1,\n  "circuits": [{"circuit": "a", "statement": []}]\n}\n'
    assert told(read_json(text, "a.json")) == (
        "error[invalid-document]: circuits[0]: there is no key `statement` here\n"
        " --> a.json:3:33\n"
        "  |\n"
        '3 |   "circuits": [{"circuit": "a", "statement": []}]\n'
        "  |                                 ^^^^^^^^^^^ unknown\n"
        "  |\n"
        "  = help: did you mean `statements`?"
    )


def test_a_mistake_is_told_once() -> None:
    result = read_json(json.dumps(with_node(place="L0.mlp.in", indices=[-1])))
    assert len(result.diagnostics) == 1


def test_the_first_of_many_mistakes_are_shown() -> None:
    value = {"circuitspec": 1, "circuits": list(range(100))}
    result = read_json(json.dumps(value))
    assert len(result.diagnostics) == 20
    assert "and 80 more mistakes" in told(result)


@SLOW
@given(json_values)
def test_any_value_of_json_is_read_without_an_exception(value: Any) -> None:
    told(read_json(json.dumps(value)))


@SLOW
@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    told(read_json(text))


@SLOW
@given(nearly_documents())
def test_whatever_is_a_document_is_printed_so_that_it_reads_back(value: Any) -> None:
    result = read_json(json.dumps(value))
    told(result)
    if result.document is None:
        return
    text = print_document(result.document)
    assert format_text(text).text == text
    assert document_of(json.loads(document_to_json(result.document))) == result.document
    read = read_document(text)
    assert read.document is not None, render_all(read.diagnostics, read.source)
    before = json.loads(document_to_json(result.document))
    after = json.loads(document_to_json(read.document))
    assert without_comments(after) == without_comments(before)
    assert sorted(lexed_comments(text)) == sorted(comments(before))


def told(result: DocumentResult) -> str:
    """What the user reads."""
    assert (result.document is None) == bool(result.diagnostics)
    for diagnostic in result.diagnostics:
        if diagnostic.span is not None:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(result.source.text)
    return render_all(result.diagnostics, result.source)


_TOKENS = ("fires_on", "fires_inside", "separates", "on", "attends_from")
_NO_COMMENTS = ("model", "task", "predict", *_TOKENS)
"""The keys of texts that may begin with `#` and are no comments."""


def comments(value: Any) -> list[str]:
    """All comments of a document in JSON."""
    match value:
        case dict():
            texts = {*_NO_COMMENTS}
            texts |= {"from"} if "separates" in value else set()
            texts |= {"to"} if "attends_from" in value else set()
            values = [part for key, part in value.items() if key not in texts]
            values = [part for part in values if part != value.get("description")]
            return [comment for part in values for comment in comments(part)]
        case list():
            return [comment for part in value for comment in comments(part)]
        case str() if value.startswith("#"):
            return [value]
        case _:
            return []


def without_comments(value: Any) -> Any:
    """A document in JSON without comments and blank lines."""
    match value:
        case dict():
            left_out = ("comment", "above", "below", "above_description", "$schema")
            return {
                key: without_comments(part)
                for key, part in value.items()
                if not key.endswith("comment") and key not in left_out
            }
        case list():
            kept = (part for part in value if part != "" and not str(part).startswith("#"))
            return [without_comments(part) for part in kept]
        case _:
            return value


def test_semantic_mistakes_point_into_the_printed_text() -> None:
    result = parse_text(print_document(document_of(VALUE)))
    assert {str(d.code) for d in result.diagnostics} == {"unknown-name"}
