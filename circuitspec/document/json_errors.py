"""What is wrong with the JSON form of a document, in plain words and with the place in the text."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.diagnostics.wording import near_miss
from circuitspec.document.document import Document
from circuitspec.document.json_positions import Path, Positions, find_positions
from circuitspec.document.values import PATTERNS

_MOST_SHOWN = 20

_EXPECTED = {
    "int_type": "a whole number",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "string_type": "a string",
    "too_long": "two indices",
    "too_short": "at least one item",
    "tuple_type": "a list",
}
"""What stands where a mistake of a type is, in the words of JSON instead of Python's."""


def document_diagnostics(error: ValidationError, source: Source) -> Iterator[Diagnostic]:
    """What keeps the value of a JSON text from being a document, the first mistakes of many."""
    found = [
        (_path(detail), detail) for detail in error.errors(include_url=False, include_input=False)
    ]
    # A list whose only item is wrong counts as too short as well.
    around = {path[:length] for path, _ in found for length in range(len(path))}
    found = [(path, detail) for path, detail in found if path not in around]
    shown = found[:_MOST_SHOWN]
    wanted = {place for path, _ in shown for place in (path, path[:-1])}
    positions = find_positions(source, wanted)
    for number, (path, detail) in enumerate(shown, start=1):
        more = len(found) - number
        notes = (f"and {more} more mistakes",) if number == _MOST_SHOWN and more else ()
        yield _diagnostic(path, detail, positions, notes)


def _diagnostic(
    path: Path, detail: ErrorDetails, positions: Positions, notes: tuple[str, ...]
) -> Diagnostic:
    advice = None
    span = positions.values.get(path)
    *outer, last = path or ("",)
    match detail["type"]:
        case "missing" if isinstance(last, str):
            span = positions.values.get(tuple(outer))
            message = _at(outer, f"the key `{last}` is missing")
            label = f"has no `{last}`"
        case "extra_forbidden":
            span = positions.keys.get(path)
            message = _at(outer, f"there is no key `{last}` here")
            meant = near_miss(str(last), _all_keys())
            label, advice = "unknown", None if meant is None else f"did you mean `{meant}`?"
        case "missing":
            span = positions.values.get(tuple(outer))
            message, label = _at(outer, "a range has two ends"), "expected two indices"
        case _:
            what = _complaint(detail)
            message, label = _at(path, what), what if what.startswith("expected") else ""
    return Diagnostic(
        code=Code.INVALID_DOCUMENT,
        message=message,
        span=span,
        label=label,
        help=advice or "`circuitspec schema` prints what a document can hold",
        notes=notes,
    )


def _complaint(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}"
    match kind:
        case "string_pattern_mismatch":
            return f"expected {PATTERNS[context['pattern']]}"
        case "literal_error":
            return f"expected {context['expected']}"
        case "greater_than_equal":
            return "an index is not negative"
        case "less_than":
            return "this index is too large"
        case "string_unicode":
            return "half a character, which no file can hold"
        case "value_error":
            return str(context["error"])
        case _:
            return detail["msg"]


def _path(detail: ErrorDetails) -> Path:
    """Where the mistake is, without the names that we gave to kinds of values."""
    return tuple(step for step in detail["loc"] if not str(step).startswith("<"))


def _at(path: Path | list[str | int], what: str) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    place = "".join(steps).removeprefix(".")
    return f"{place}: {what}" if place else what


def _all_keys() -> set[str]:
    schema = Document.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    return {key for part in parts for key in part.get("properties", ())}
