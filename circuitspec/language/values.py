"""What the frozen values of a `Spec` have in common: equality without spans, names, texts."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from circuitspec.diagnostics.source import Span
from circuitspec.language.terminals import NAME
from circuitspec.language.words import RESERVED


def is_control(character: str) -> bool:
    """Whether a character cannot stand in a text: it would garble a terminal or a saved file."""
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"


def _check_name(name: str) -> str:
    if not re.fullmatch(NAME, name):
        raise ValueError(f"{name!r} is not a name: letters, digits and `_`, no digit first")
    if name in RESERVED:
        raise ValueError(f"{name!r} is a word of the language and cannot be a name")
    return name


def _check_text(text: str) -> str:
    if any(is_control(character) for character in text):
        raise ValueError("control characters other than newline and tab have no written form")
    return text


Name = Annotated[str, AfterValidator(_check_name)]
Text = Annotated[str, AfterValidator(_check_text)]
Token = Annotated[Text, Field(min_length=1)]
"""A token by its exact text."""

Tokens = Annotated[tuple[Token, ...], Field(min_length=1)]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]

Where = Annotated[Span | None, Field(default=None, exclude=True, repr=False)]


class Value(BaseModel):
    """A frozen value whose excluded fields (the spans) do not count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def _key(self) -> tuple[object, ...]:
        fields = type(self).model_fields
        return tuple(getattr(self, name) for name, field in fields.items() if not field.exclude)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self), self._key()))
