"""The words, numbers and comments of a `Document`, checked so that they read back as what they are.

What a program writes ends up in a text, so nothing here may end the place where it stands: a name
holds no space, a comment no line break. Where a thing can be spelt in several ways, the value is
the spelling that the formatter chooses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from math import isfinite
from sys import float_info
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from circuitspec.language.claim_text import literal
from circuitspec.language.selections import LARGEST_INDEX
from circuitspec.language.terminals import BARE, NAME, PATH

_NAME = f"^{NAME}$"
_PATH = f"^{PATH}$"
_LINE = r"^(#[^\r\n\x00]*)?$"
_NAME_OR_LINE = rf"{_NAME}|{_LINE}"
_PATH_OR_LINE = rf"{_PATH}|{_LINE}"
PATTERNS = {
    _NAME: "a name: letters, digits and `_`, no digit first",
    _PATH: "a name, or names with points between them",
    _LINE: 'a comment, which starts with `#` and ends with the line, or ""',
    _NAME_OR_LINE: "a name, or a comment that starts with `#`",
    _PATH_OR_LINE: "a name, names with points between them, or a comment that starts with `#`",
}
"""What is expected by each pattern that a text may have to match."""

_AMOUNT = r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?[ \t]*%?$"

_SPELLING = re.compile(
    r"(?:\+|(?P<sign>-))?(?=[0-9])0*+(?P<whole>[0-9]*+)(?P<part>\.[0-9]++)?+"
    r"([eE](?:\+|(?P<power_sign>-))?(?=[0-9])0*+(?P<power>[0-9]*+))?+[ \t]*+(?P<percent>%?)"
)
_BARE = re.compile(BARE)
_PLAIN_FROM, _PLAIN_BELOW = 1e-9, 1e16
"""Between these, the shortest spelling of a number has no exponent."""


def normal_comment(comment: str) -> str:
    """A comment as the formatter writes it: a space after `#`, but for `#!`, `##` and rulers."""
    text = comment[1:].rstrip()
    ruler = len(set(text)) == 1 < len(text) and not text.isalnum()
    return f"#{text}" if not text or text[0].isspace() or text[0] in "!#" or ruler else f"# {text}"


def _normal_line(line: str) -> str:
    return normal_comment(line) if line.startswith("#") else line


def spelt(value: float) -> str:
    """The shortest digits that read back as this number, without an exponent where it can be."""
    text = repr(value)
    if value == 0 or _PLAIN_FROM <= abs(value) < _PLAIN_BELOW:
        text = _plain(Decimal(text))
    return normal_amount(text)


def spelt_percent(share: float) -> str:
    """The shortest percentage that reads back as this share."""
    percent = Decimal(repr(share)) * 100
    return normal_amount(f"{_plain(percent) if share >= _PLAIN_FROM else percent}%")


def _plain(value: Decimal) -> str:
    """A number without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def normal_amount(text: str) -> str:
    """A number as the formatter writes it: its digits as they are, without idle signs and zeros."""
    found = _SPELLING.fullmatch(text)
    if found is None:
        raise ValueError("expected a number such as 0.15, 6e-1 or 95%")
    number = f"{found['sign'] or ''}{found['whole'] or '0'}{found['part'] or ''}"
    if found["power"] is not None:
        number += f"e{found['power_sign'] or ''}{found['power'] or '0'}"
    return number + found["percent"]


def _amount(value: object) -> str:
    """A number, or a number in a string, in the spelling of the formatter."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError('expected a number, or one in quotes such as "0.60" or "95%"')
    if value != value:
        raise ValueError("NaN is not a number")
    if isinstance(value, str):
        text = normal_amount(value)
        fits = _is_finite(text)
    else:
        fits = abs(value) <= float_info.max
        text = spelt(float(value)) if fits else ""
    if not fits:
        raise ValueError("this number is too large")
    return text


def _is_finite(text: str) -> bool:
    """Whether a number is one when the text is read."""
    try:
        number = Decimal(text.rstrip("%")) / (100 if text.endswith("%") else 1)
        return isfinite(float(number))
    except ArithmeticError:
        return False


def _as_json(text: str) -> int | float | str:
    """A number where its spelling is the one that JSON would give back, else the spelling."""
    if text.endswith("%") or spelt(float(text)) != text:
        return text
    return int(text) if text.isdigit() else float(text)


def bare(text: str) -> str:
    """The name of a model or a task, in quotes only if it needs them."""
    return text if _BARE.fullmatch(text) else literal(text)


Name = Annotated[str, Field(pattern=_NAME)]
Path = Annotated[str, Field(pattern=_PATH)]
Line = Annotated[str, Field(pattern=_LINE), AfterValidator(_normal_line)]
"""A comment with its `#`, or nothing."""
NameOrLine = Annotated[str, Field(pattern=_NAME_OR_LINE), AfterValidator(_normal_line)]
PathOrLine = Annotated[str, Field(pattern=_PATH_OR_LINE), AfterValidator(_normal_line)]
Amount = Annotated[
    str,
    BeforeValidator(_amount),
    PlainSerializer(_as_json, return_type=int | float | str, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _AMOUNT}]}),
]
"""A number in the author's spelling; in JSON a number, unless that would lose the spelling."""

Index = Annotated[int, Field(strict=True, ge=0, lt=LARGEST_INDEX)]
Range: TypeAlias = tuple[Index, Index]
"""Both ends are included."""

_T = TypeVar("_T")


def is_line(item: object) -> bool:
    """Whether an item of a list is a comment, or the empty string before one."""
    return isinstance(item, str) and (not item or item.startswith("#"))


def check_lines(items: Sequence[_T]) -> Sequence[_T]:
    """Check that comments in a list have an item before them, and "" a comment after it."""
    if items and is_line(items[0]):
        raise ValueError("a list does not begin with a comment: put it above the statement")
    for before, after in pairwise([*items, None]):
        comment_follows = bool(after) and is_line(after)
        if (before == "" and not comment_follows) or (after == "" and is_line(before)):
            raise ValueError('"" stands between an item and a comment on a line of its own')
    return items


def told_by_key(
    kinds: Mapping[str, str], *, text: str, expected: str, advice: str = ""
) -> Discriminator:
    """Which of several models a value is meant to be, told by the keys that it has.

    Args:
        kinds: a key, and the tag of the models that have it; the first key that is there counts.
        text: the tag of a string.
        expected: what to say of a value that is none of them.
        advice: what more to say then.
    """

    def kind(value: Any) -> str | None:
        match value:
            case str():
                return text
            case Mapping():
                keys: Mapping[Any, object] = value
            case BaseModel():
                fields = type(value).model_fields.items()
                keys = {field.alias or name: None for name, field in fields}
            case _:
                return None
        return next((kind for key, kind in kinds.items() if key in keys), None)

    return Discriminator(
        kind,
        custom_error_type="kind",
        custom_error_message=expected,
        custom_error_context={"keys": " ".join(kinds), "advice": advice},
    )
