"""What a `.circ` file says, statement by statement, in its author's order and words.

A `Document` is what the formatter prints, and the JSON form of a file, which programs write. It
knows nothing of positions, and of meaning no more than the grammar does: whether a node exists is
for the reader of the printed text to say.

In every list of statements and in every list of things, a string that starts with `#` is a
comment. Among statements it has a line of its own, and an empty string is a blank line. Inside a
statement it ends the line of the thing before it; an empty string between the two gives it a line
of its own.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from circuitspec.document.parts import Comment, Part
from circuitspec.document.statements import StatementOrLine
from circuitspec.document.values import Line, Name
from circuitspec.language.header import VERSION
from circuitspec.language.values import Text

_Item = TypeVar("_Item")


def _squeezed(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Without blank lines at the start, and one where there are several."""
    kept: list[_Item] = []
    for item in items:
        if item != "" or (kept and kept[-1] != ""):
            kept.append(item)
    return tuple(kept)


def _stripped(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Without blank lines at the end either."""
    squeezed = _squeezed(items)
    return squeezed[:-1] if squeezed and squeezed[-1] == "" else squeezed


_Lines = Annotated[tuple[Line, ...], AfterValidator(_squeezed)]


class CircuitBlock(Part):
    """`circuit name { ... }`."""

    above: Annotated[_Lines, Field(description="Comments and blank lines above it.")] = ()
    circuit: Annotated[Name, Field(description="Its name.", examples=["quote_closing"])]
    comment: Annotated[Comment, Field(description="A comment after the opening brace.")] = ""
    above_description: Annotated[
        _Lines, Field(description="Comments between the opening brace and the description.")
    ] = ()
    description: Annotated[
        Text | None,
        Field(examples=["Close a string literal with the quote that opened it."]),
    ] = None
    description_comment: Annotated[
        Comment, Field(description="A comment after the description.")
    ] = ""
    statements: Annotated[
        tuple[StatementOrLine, ...],
        AfterValidator(_stripped),
        Field(description="Statements, comments and blank lines, in order."),
    ] = ()
    closing_comment: Annotated[Comment, Field(description="A comment after the closing brace.")] = (
        ""
    )

    @model_validator(mode="after")
    def _comments_have_a_description(self) -> Self:
        if self.description is None and (self.above_description or self.description_comment):
            raise ValueError("there is no description for a comment to stand beside")
        return self


class Document(Part):
    """A `.circ` file: circuits in a model, and what is claimed of them.

    A string that starts with `#` is a comment wherever it stands in a list. Among statements it
    has a line of its own, and an empty string is a blank line. Inside a statement it ends the
    line of the item before it; with an empty string between the two, it has a line of its own.
    """

    schema_uri: Annotated[
        str, Field(alias="$schema", description="Where this schema is, for editors.")
    ] = ""
    above: Annotated[_Lines, Field(description="Comments and blank lines above the header.")] = ()
    circuitspec: Annotated[
        Literal[1], Field(description="The version of the language.", examples=[VERSION])
    ]
    comment: Annotated[Comment, Field(description="A comment after the header.")] = ""
    circuits: tuple[CircuitBlock, ...] = ()
    below: Annotated[
        _Lines,
        AfterValidator(_stripped),
        Field(description="Comments and blank lines below everything."),
    ] = ()
    line_ending: Annotated[
        Literal["lf", "crlf"], Field(description="How the lines of the text end.")
    ] = "lf"
