"""The JSON form of a `Document`: written, read, and described by a JSON Schema."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.document.document import Document
from circuitspec.document.json_errors import document_diagnostics
from circuitspec.document.json_positions import find_positions
from circuitspec.document.read import BYTE_ORDER_MARK, DocumentResult

_WIDTH = 100
_MOST_DIGITS = 400
"""A whole number with more digits is larger than any number with a point can be."""


def document_to_json(document: Document) -> str:
    """A document as JSON, with every object and list that fits there on one line."""
    value = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return _written(value, 0, 0) + "\n"


def read_json(text: str, name: str = "<text>") -> DocumentResult:
    """The document that a JSON text is; `name` is what messages call it."""
    source = Source(name, text.removeprefix(BYTE_ORDER_MARK))
    try:
        value = json.loads(source.text, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        return DocumentResult(None, (_not_json(error, source),), source)
    except RecursionError:
        return DocumentResult(None, (_too_deep(),), source)
    repeated = tuple(
        Diagnostic(
            code=Code.INVALID_DOCUMENT,
            message=f"the key `{key}` stands twice in one object",
            span=second,
            label="the second one",
            secondary=((first, "the first one"),),
            help="delete one of the two",
        )
        for key, first, second in find_positions(source).repeated
    )
    if repeated:
        return DocumentResult(None, repeated, source)
    try:
        return DocumentResult(Document.model_validate(value), (), source)
    except ValidationError as error:
        return DocumentResult(None, tuple(document_diagnostics(error, source)), source)


def document_schema() -> dict[str, Any]:
    """The JSON Schema of the JSON form."""
    schema = Document.model_json_schema(schema_generator=_Untitled)
    return {"$schema": _Untitled.schema_dialect, **schema, "title": "circuitspec"}


class _Untitled(GenerateJsonSchema):
    """A schema without titles of fields, which would say what their names say."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def _whole_number(digits: str) -> int | float:
    # Python itself refuses to convert thousands of digits.
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


def _not_json(error: json.JSONDecodeError, source: Source) -> Diagnostic:
    return Diagnostic(
        code=Code.INVALID_JSON,
        message=f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}",
        span=source.span(error.pos, min(error.pos + 1, len(source.text))),
        label="here",
        help="check the commas, quotes and brackets before this place",
    )


def _too_deep() -> Diagnostic:
    return Diagnostic(
        code=Code.INVALID_JSON,
        message="lists and objects are nested too deeply",
        help="`circuitspec schema` prints what a document can hold",
    )


def _written(value: Any, indent: int, taken: int) -> str:
    """A JSON value over as many lines as it needs.

    Args:
        indent: the column at which its lines begin.
        taken: how many characters its first line has before it, and after it.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + taken + len(line) <= _WIDTH:
        return line
    if isinstance(value, dict):
        starts = [f"{json.dumps(key)}: " for key in value]
        parts = [
            start + _written(part, indent + 2, len(start) + 1)
            for start, part in zip(starts, value.values(), strict=True)
        ]
    else:
        parts = [_written(part, indent + 2, 1) for part in value]
    margin = "\n" + " " * indent
    return f"{line[0]}{margin}  {f',{margin}  '.join(parts)}{margin}{line[-1]}"
