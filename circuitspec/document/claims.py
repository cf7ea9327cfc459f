"""The claims of a `Document`: what stands after `expect`, and predictions.

The keys say what the words of the text say. Whether a claim has a metric, and whether a node has a
name, is for the reader of the printed text to say.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from circuitspec.document.parts import Comment, Comparison, Part, Threshold
from circuitspec.document.values import Name
from circuitspec.language.values import Text
from circuitspec.language.words import RELATIONS

_Tokens = Annotated[tuple[Text, ...], Field(min_length=1)]


def _no_relation(name: str) -> str:
    if name in RELATIONS:
        raise ValueError(f"`{name}` is a word of the language and cannot stand there")
    return name


_AfterClaim = Annotated[Name, AfterValidator(_no_relation)]
"""A name that stands where the word after the name of a node could stand as well."""


def _word_or_tokens(value: Any) -> str | None:
    match value:
        case str():
            return "<word>"
        case list() | tuple():
            return "<tokens>"
        case _:
            return None


_WordOrTokens = Annotated[
    Annotated[Name, Tag("<word>")] | Annotated[_Tokens, Tag("<tokens>")],
    Discriminator(
        _word_or_tokens,
        custom_error_type="word",
        custom_error_message="expected a word, or a list of tokens",
    ),
]

_Node = Annotated[Name, Field(description="A node.", examples=["quote"])]
_Run = Annotated[
    Name | None,
    Field(description="Where it is looked at; everywhere without it.", examples=["model"]),
]
_Over = Annotated[
    Name | None,
    Field(description="On which prompts; on all without it.", examples=["task", "text"]),
]
_RoleMetric = Annotated[Name, Field(examples=["auc", "share"])]


class MetricClaim(Part):
    """`expect sufficient: loss <= 0.15`: a claim about the circuit, in one word."""

    expect: Annotated[Name, Field(examples=["sufficient", "necessary", "faithful"])]
    metric: Annotated[Name, Field(examples=["loss", "accuracy"])]
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""

    @model_validator(mode="after")
    def _metric_is_no_word(self) -> Self:
        if self.metric == "every":
            raise ValueError("`every` is a word of the language and cannot be a metric")
        return self


class CostClaim(Part):
    """`expect minimal: every node costs >= 0.02`: a claim about every part of the circuit."""

    expect: Annotated[Name, Field(examples=["minimal"])]
    every: Annotated[Name, Field(examples=["node", "edge"])]
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""


class ControlClaim(Part):
    """`expect beats random_circuits: share >= 95%`: a claim against a control."""

    expect: Annotated[Name, Field(examples=["beats"])]
    control: Annotated[
        _AfterClaim,
        Field(
            description="What the circuit is compared with.",
            examples=["random_circuits", "nonsense"],
        ),
    ]
    metric: Annotated[Name, Field(examples=["share", "ratio"])]
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""


class InterchangeClaim(Part):
    """`expect swapping kind, carry flips the answer: share >= 95%`: what replaced values do."""

    expect: Annotated[Name, Field(examples=["swapping", "exchanging", "resampling"])]
    nodes: Annotated[
        tuple[Name, ...],
        Field(
            min_length=1,
            description="The nodes whose values are replaced, together.",
            examples=[["kind", "carry"]],
        ),
    ]
    at: Annotated[
        Name | None,
        Field(description="At which position; at all without it.", examples=["last"]),
    ] = None
    answer: Annotated[Literal["flips", "keeps"], Field(description="What becomes of the answer.")]
    run: _Run = None
    metric: Annotated[Name, Field(examples=["share"])]
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""

    @model_validator(mode="after")
    def _first_name_is_no_word(self) -> Self:
        _no_relation(self.nodes[0])
        return self


class FiresOnClaim(Part):
    """`expect quote fires on "a", "b": auc >= 0.95`: a node is higher on some tokens."""

    expect: _Node
    fires_on: Annotated[_Tokens, Field(description="Tokens.", examples=[['"', "'"]])]
    run: _Run = None
    over: _Over = None
    metric: _RoleMetric
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""


class FiresInsideClaim(Part):
    """`expect depth fires inside "[" to "]": auc >= 0.9`: a node is higher between two tokens."""

    expect: _Node
    fires_inside: Annotated[
        tuple[Text, Text],
        Field(description="The tokens between which it fires.", examples=[["[", "]"]]),
    ]
    run: _Run = None
    over: _Over = None
    metric: _RoleMetric
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""


class SeparatesClaim(Part):
    """`expect kind separates "a" from "b": auc >= 0.95`: a node is higher on one side."""

    expect: _Node
    separates: Annotated[
        _WordOrTokens,
        Field(
            description="`answers`, or the tokens on which it is higher.",
            examples=["answers", ['"']],
        ),
    ]
    others: Annotated[
        _Tokens | None,
        Field(alias="from", description="The tokens on which it is lower.", examples=[["'"]]),
    ] = None
    run: _Run = None
    over: _Over = None
    metric: _RoleMetric
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""

    @model_validator(mode="after")
    def _tokens_have_others(self) -> Self:
        if isinstance(self.separates, str) != (self.others is None):
            raise ValueError("tokens are separated `from` others, and a word from nothing")
        return self


class StateClaim(Part):
    """`expect kind is negative on "a": share >= 95%`: the sign of a node, or none."""

    expect: _Node
    state: Annotated[
        Name,
        Field(alias="is", description="What it is.", examples=["positive", "constant"]),
    ]
    on: Annotated[
        _Tokens | None,
        Field(description="On these tokens; everywhere without them.", examples=[['"']]),
    ] = None
    run: _Run = None
    over: _Over = None
    metric: _RoleMetric
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""


class AttendsClaim(Part):
    """`expect match attends from last to "a": mass >= 0.5`: where a head looks."""

    expect: _Node
    attends_from: Annotated[
        _WordOrTokens,
        Field(
            description="A position or tokens, from which it is looked.",
            examples=["last", ['"']],
        ),
    ]
    to: Annotated[
        _WordOrTokens,
        Field(
            description="A position or tokens, to which it is looked.",
            examples=["difference", ['"']],
        ),
    ]
    run: _Run = None
    over: _Over = None
    metric: _RoleMetric
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""


RoleClaim: TypeAlias = FiresOnClaim | FiresInsideClaim | SeparatesClaim | StateClaim | AttendsClaim
ClaimStatement: TypeAlias = MetricClaim | CostClaim | ControlClaim | InterchangeClaim | RoleClaim


class Prediction(Part):
    """`predict "it breaks": task another, accuracy <= 50%`: of the whole model, written first."""

    predict: Annotated[
        Text, Field(description="The prediction in words.", examples=["a comment hides it"])
    ]
    task: Annotated[Text, Field(examples=["bracket_counting_distractor"])]
    metric: Annotated[Name, Field(examples=["loss", "accuracy"])]
    comparison: Comparison
    threshold: Threshold
    comment: Comment = ""
