"""The published JSON Schema is that of the models, and agrees with them on what is a document.

Run with `UPDATE_GOLDEN=1` to publish it anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from circuitspec.document import document_schema, document_to_json, read_document, read_json

from .scattered import TEXTS
from .test_json import VALUE, with_claim, with_node, with_statement

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "circuitspec.schema.json"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(document_schema())
    return Draft202012Validator(document_schema())


def test_the_published_schema_is_up_to_date() -> None:
    current = json.dumps(document_schema(), indent=2) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        PUBLISHED.write_text(current, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == current


def test_every_text_has_a_valid_json_form(validator: Draft202012Validator) -> None:
    for text in TEXTS:
        document = read_document(text).document
        assert document is not None
        validator.validate(json.loads(document_to_json(document)))


def test_every_example_in_the_schema_is_valid() -> None:
    schema = document_schema()
    count = 0
    for part in (schema, *schema["$defs"].values()):
        for described in part["properties"].values():
            for example in described.get("examples", ()):
                own = {"$defs": schema["$defs"], **described}
                Draft202012Validator(own).validate(example)
                count += 1
    assert count > 20


def test_every_key_that_is_not_plain_is_described() -> None:
    plain = {"circuits", "circuit", "description", "model", "task", "ablate", "over", "scope"}
    plain |= {"level", "node", "selections", "place", "sign", "expect", "metric", "every"}
    plain |= {"indices", "comparison", "calibrate"}
    schema = document_schema()
    for part in (schema, *schema["$defs"].values()):
        assert part["description"]
        for key, described in part["properties"].items():
            assert key in plain or described["description"], key


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"circuitspec": 2},
        {"circuitspec": 1, "circuit": "a"},
        {"circuitspec": 1, "above": ["no comment"]},
        {"circuitspec": 1, "above": ["# a\nnode b"]},
        {"circuitspec": 1, "circuits": [{"circuit": "a b"}]},
        with_statement({"modl": "x"}),
        with_statement({"model": 3}),
        with_statement({"model": "x", "task": "y"}),
        with_statement({"level": "much"}),
        with_statement({"level": True}),
        with_statement({"scope": ["a.b"]}),
        with_statement({"scope": []}),
        with_statement({"edge": ["a"], "to": [{"node": "b", "sign": "*"}]}),
        with_statement({"edge": "a", "to": "b"}),
        with_statement({"expect": "x", "metric": "loss", "comparison": "<", "threshold": 1}),
        with_claim({"fires_on": []}),
        with_claim({"fires_inside": ["x", "y", "z"]}),
        with_claim({"separates": 3}),
        with_claim({"is": "a b"}),
        with_claim({"attends_from": "last"}),
        with_claim({"nodes": ["a"], "answer": "turns"}),
        with_claim({"control": "a.b"}),
        with_statement({"also": []}),
        with_statement({"outside": "a"}),
        with_statement({"predict": "x", "metric": "loss", "comparison": ">=", "threshold": 1}),
        with_node(place="L0.mlp.in", indices=[-1]),
        with_node(place="L0.mlp.in", indices=[1.5]),
        with_node(place="L0.mlp.in", indices=[[1]]),
        with_node(place="L0.mlp.in", indices=[]),
        with_node(channel=[3], writes=["L0.mlp"], reads=["L1.mlp"]),
    ],
    ids=json.dumps,
)
def test_what_is_no_document_is_not_valid(validator: Draft202012Validator, value: Any) -> None:
    assert not validator.is_valid(value)
    assert read_json(json.dumps(value)).document is None


def test_an_editor_may_be_pointed_to_the_schema(validator: Draft202012Validator) -> None:
    value = {"$schema": "https://example.org/circuitspec.schema.json", **VALUE}
    validator.validate(value)
    document = read_json(json.dumps(value)).document
    assert document is not None
    assert json.loads(document_to_json(document)) == value
