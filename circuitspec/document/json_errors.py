"""What is wrong with the JSON form of a document, in plain words and with the place in the text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source
from circuitspec.diagnostics.wording import near_miss
from circuitspec.document.claims import MetricClaim
from circuitspec.document.document import CircuitBlock, Document
from circuitspec.document.json_positions import Path, Positions, find_positions
from circuitspec.document.statements import CLAIM_KEYS
from circuitspec.document.values import PATTERNS

_MOST_SHOWN = 20

_EXPECTED = {
    "int_type": "a whole number",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "string_type": "a string",
    "too_long": "two ends and no more",
    "too_short": "at least one item",
    "tuple_type": "a list",
}
"""What stands where a mistake of a type is, in the words of JSON instead of Python's."""


@dataclass(frozen=True)
class _Mistake:
    """One thing that is wrong with the value.

    Attributes:
        path: where.
        detail: what pydantic says of it.
        meant: for a key that nobody knows, the one that was probably meant.
    """

    path: Path
    detail: ErrorDetails
    meant: str | None = None

    @property
    def is_unknown_key(self) -> bool:
        """Whether the path ends in a key that nobody knows."""
        return self.detail["type"] == "extra_forbidden"

    @property
    def missing_key(self) -> str | None:
        """The key that should be there, which its path ends in."""
        key = self.path[-1] if self.path else None
        return key if self.detail["type"] == "missing" and isinstance(key, str) else None


def document_diagnostics(error: ValidationError, source: Source) -> Iterator[Diagnostic]:
    """What keeps the value of a JSON text from being a document, the first mistakes of many."""
    found = [_mistake(detail) for detail in error.errors(include_url=False)]
    # A list whose only item is wrong counts as too short as well.
    around = {mistake.path[:length] for mistake in found for length in range(len(mistake.path))}
    found = _with_guesses([mistake for mistake in found if mistake.path not in around])
    shown = found[:_MOST_SHOWN]
    wanted = {place for mistake in shown for place in (mistake.path, mistake.path[:-1])}
    positions = find_positions(source, wanted)
    for number, mistake in enumerate(shown, start=1):
        more = len(found) - number
        notes = (f"and {more} more mistakes",) if number == _MOST_SHOWN and more else ()
        yield _diagnostic(mistake, positions, notes)


def _mistake(detail: ErrorDetails) -> _Mistake:
    path = _path(detail)
    match detail:
        case {"type": "extra_forbidden", "loc": (*outer, key)}:
            return _Mistake(path, detail, near_miss(str(key), _keys_below(tuple(outer))))
        case {"type": "kind", "input": Mapping() as value, "ctx": {"keys": str(keys)}}:
            # What an object is, one of its keys tells; here that may be the misspelt one.
            for key in value:
                if (meant := near_miss(key, keys.split())) is not None:
                    unknown: ErrorDetails = {**detail, "type": "extra_forbidden"}
                    return _Mistake((*path, key), unknown, meant)
    return _Mistake(path, detail)


def _with_guesses(found: list[_Mistake]) -> list[_Mistake]:
    """The mistakes without the missing keys that unknown ones in the same object stand for."""
    missing: dict[Path, list[str]] = defaultdict(list)
    unknown: Counter[Path] = Counter()
    for mistake in found:
        if mistake.missing_key is not None:
            missing[mistake.path[:-1]].append(mistake.missing_key)
        elif mistake.is_unknown_key:
            unknown[mistake.path[:-1]] += 1
    guessed: list[_Mistake] = []
    for mistake in found:
        here = missing.get(mistake.path[:-1], [])
        alone = mistake.is_unknown_key and len(here) == unknown[mistake.path[:-1]] == 1
        guess = here[0] if alone and mistake.meant is None else mistake.meant
        guessed.append(replace(mistake, meant=guess))
    named = {(*mistake.path[:-1], mistake.meant) for mistake in guessed if mistake.meant}
    return [m for m in guessed if m.missing_key is None or m.path not in named]


def _diagnostic(mistake: _Mistake, positions: Positions, notes: tuple[str, ...]) -> Diagnostic:
    path, detail = mistake.path, mistake.detail
    advice = detail.get("ctx", {}).get("advice")
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
            label = "unknown"
            advice = None if mistake.meant is None else f"did you mean `{mistake.meant}`?"
        case "missing":
            span = positions.values.get(tuple(outer))
            message, label = _at(outer, "this has two ends"), "expected a first and a last"
        case _:
            what = _complaint(detail)
            message, label = _at(path, what), ""
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


def _keys_below(loc: tuple[str | int, ...]) -> list[str]:
    """The keys of the kind of object that pydantic has at this location."""
    last = loc[-1] if loc else ""
    if str(last).startswith("<"):
        part: type[BaseModel] = _tagged_parts()[str(last)]
    else:
        part = CircuitBlock if loc else Document
    keys = [field.alias or name for name, field in part.model_fields.items()]
    # A claim is one in one word unless a key says otherwise, which then may be the misspelt one.
    return [*keys, *CLAIM_KEYS] if part is MetricClaim else keys


@cache
def _tagged_parts() -> dict[str, type[BaseModel]]:
    """The models that a value may be told to be, by the names that we gave to them."""
    return dict(_tagged(Document))


def _tagged(annotation: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field in annotation.model_fields.values():
            yield from _tagged(field.annotation)
    arguments = get_args(annotation)
    for argument in arguments:
        if isinstance(argument, Tag) and issubclass(arguments[0], BaseModel):
            yield argument.tag, arguments[0]
        yield from _tagged(argument)
