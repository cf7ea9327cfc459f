"""What the statements of a `Document` are made of: indices, selections, lists, bounds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from circuitspec.document.values import (
    Amount,
    Index,
    Line,
    NameOrLine,
    Path,
    PathOrLine,
    Range,
    check_lines,
    told_by_key,
)

Comment = Annotated[Line, Field(description="A comment at the end of the line, with its `#`.")]


class Part(BaseModel):
    """Any part of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _kind_of_index(value: Any) -> str | None:
    match value:
        case int():
            return "<index>"
        case str():
            return "<line>"
        case list() | tuple():
            return "<range>"
        case _:
            return None


def _shortest(value: Range) -> Range | int:
    return value[0] if value[0] == value[1] else value


_IndexItem = Annotated[
    Annotated[Index, Tag("<index>")]
    | Annotated[Range, AfterValidator(_shortest), Tag("<range>")]
    | Annotated[Line, Tag("<line>")],
    Discriminator(
        _kind_of_index,
        custom_error_type="index",
        custom_error_message="expected an index such as 3 or a range such as [5, 7]",
    ),
]
Indices = Annotated[
    tuple[_IndexItem, ...],
    Field(
        min_length=1,
        description="Indices from 0, and ranges with both ends included.",
        examples=[[205], [3, [5, 7]]],
    ),
    AfterValidator(check_lines),
]


Paths = Annotated[tuple[PathOrLine, ...], Field(min_length=1), AfterValidator(check_lines)]


class Elements(Part):
    """Elements of a place or a head: `L0.mlp.in[3, 5..7]`."""

    place: Annotated[Path, Field(examples=["L0.mlp.in", "L10.h82.q", "L10.attn.qk", "embed"])]
    indices: Indices | None = None

    @model_validator(mode="after")
    def _place_is_no_word(self) -> Self:
        _check_not_channel(self.place)
        return self


class Channels(Part):
    """Residual channels, from where they are written to where they are read."""

    channel: Indices
    writes: Annotated[
        Paths,
        Field(
            alias="from", description="Where they are written.", examples=[["L0.mlp"], ["embed"]]
        ),
    ]
    reads: Annotated[
        Paths,
        Field(alias="to", description="Where they are read.", examples=[["L10.attn"], ["final"]]),
    ]

    @model_validator(mode="after")
    def _reads_are_no_words(self) -> Self:
        for read in self.reads[1:]:
            _check_not_channel(read)
        return self


def channels(
    indices: Sequence[int | Range | str], writes: Sequence[str], reads: Sequence[str]
) -> Channels:
    """Channels from Python, where `from` is a keyword and cannot name an argument."""
    return Channels.model_validate({"channel": indices, "from": writes, "to": reads})


def _check_not_channel(path: str) -> None:
    if path.split(".")[0] == "channel":
        raise ValueError("`channel` is a word of the language and cannot begin a place")


_AnySelection = Annotated[
    Annotated[Elements, Tag("<elements>")]
    | Annotated[Channels, Tag("<channels>")]
    | Annotated[Line, Tag("<line>")],
    told_by_key(
        {"place": "<elements>", "channel": "<channels>"},
        text="<line>",
        expected="expected an object with `place` or with `channel`",
    ),
]


def _no_place_reads_as_an_end(items: Sequence[Elements | Channels | str]) -> Any:
    selections = [item for item in items if not isinstance(item, str)]
    for before, after in pairwise(selections):
        match before, after:
            case Channels(), Elements(indices=None):
                raise ValueError(
                    f"`{after.place}` without indices reads as an end of the channel before it"
                )
    return items


Selections = Annotated[
    tuple[_AnySelection, ...],
    Field(
        min_length=1,
        description="What the name stands for, in one or more places.",
        examples=[
            [{"place": "L0.mlp.in", "indices": [3, [5, 7]]}],
            [{"channel": [460], "from": ["L0.mlp"], "to": ["L10.attn"]}],
        ],
    ),
    AfterValidator(check_lines),
    AfterValidator(_no_place_reads_as_an_end),
]

Names = Annotated[tuple[NameOrLine, ...], Field(min_length=1), AfterValidator(check_lines)]

Comparison = Literal["<=", ">="]
Threshold = Annotated[
    Amount,
    Field(
        description="Nats for a loss or a cost, a share for what is counted; as a string, as it is "
        "to be written.",
        examples=[0.15, "0.60", "95%"],
    ),
]
