"""The statements of a `Document`, and what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from circuitspec.diagnostics.wording import quoted
from circuitspec.document.values import (
    Amount,
    Index,
    Line,
    Name,
    NameOrLine,
    Path,
    PathOrLine,
    Range,
    check_lines,
    told_by_key,
)
from circuitspec.language.values import Text
from circuitspec.language.words import STATEMENTS

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


_Paths = Annotated[tuple[PathOrLine, ...], Field(min_length=1), AfterValidator(check_lines)]


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
        _Paths,
        Field(
            alias="from", description="Where they are written.", examples=[["L0.mlp"], ["embed"]]
        ),
    ]
    reads: Annotated[
        _Paths,
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


_Selection = Annotated[
    Annotated[Elements, Tag("<elements>")]
    | Annotated[Channels, Tag("<channels>")]
    | Annotated[Line, Tag("<line>")],
    told_by_key(
        {"place": "<elements>", "channel": "<channels>"},
        text="<line>",
        expected="expected an object with `place` or with `channel`",
    ),
]


class ModelStatement(Part):
    """`model python-small`: the model that the circuit is in."""

    model: Annotated[Text, Field(examples=["python-small", "models/mine"])]
    comment: Comment = ""


class TaskStatement(Part):
    """`task single_double_quote`: what the circuit does."""

    task: Annotated[Text, Field(examples=["single_double_quote", "tasks/quotes.jsonl"])]
    comment: Comment = ""


class AblateStatement(Part):
    """`ablate mean over pretraining`: what stands in for what is taken away."""

    ablate: Annotated[Name, Field(examples=["mean", "zero"])]
    over: Annotated[Name | None, Field(examples=["pretraining"])] = None
    comment: Comment = ""


class ScopeStatement(Part):
    """`scope layers, embed`: which places ablation may touch."""

    scope: Annotated[
        tuple[NameOrLine, ...],
        Field(min_length=1, examples=[["layers", "embed"]]),
        AfterValidator(check_lines),
    ]
    comment: Comment = ""


class CalibrateStatement(Part):
    """`calibrate scale, shift`: what is fitted to the logits of the circuit alone."""

    calibrate: Annotated[
        tuple[NameOrLine, ...],
        Field(min_length=1, examples=[["scale"], ["scale", "shift"]]),
        AfterValidator(check_lines),
    ]
    comment: Comment = ""


class LevelStatement(Part):
    """`level 5%`: the chance of a wrong verdict that is accepted for all claims together."""

    level: Annotated[Amount, Field(examples=["5%", 0.05])]
    comment: Comment = ""


class NodeStatement(Part):
    """`node kind = L0.mlp.in[3] "what it says"`: a name for elements of the model."""

    node: Annotated[Name, Field(examples=["sees_double"])]
    selections: Annotated[
        tuple[_Selection, ...],
        Field(
            min_length=1,
            description="What the name stands for, in one or more places.",
            examples=[
                [{"place": "L0.mlp.in", "indices": [3, [5, 7]]}],
                [{"channel": [460], "from": ["L0.mlp"], "to": ["L10.attn"]}],
            ],
        ),
        AfterValidator(check_lines),
    ]
    description: Annotated[
        Text | None, Field(examples=["positive on a double quote, zero on a single one"])
    ] = None
    comment: Comment = ""

    @model_validator(mode="after")
    def _no_place_reads_as_an_end(self) -> Self:
        selections = [s for s in self.selections if not isinstance(s, str)]
        for before, after in pairwise(selections):
            match before, after:
                case Channels(), Elements(indices=None):
                    raise ValueError(
                        f"`{after.place}` without indices reads as an end of the channel before it"
                    )
        return self


class Target(Part):
    """An end of an edge with the sign of the weights that lead there."""

    node: Annotated[Path, Field(examples=["is_quote", "match.k"])]
    sign: Literal["+", "-"]


_Target = Annotated[
    Annotated[Target, Tag("<signed>")] | Annotated[PathOrLine, Tag("<name>")],
    told_by_key(
        {"node": "<signed>", "sign": "<signed>"},
        text="<name>",
        expected="expected a node's name, or an object with `node` and `sign`",
    ),
]
_Targets = Annotated[tuple[_Target, ...], Field(min_length=1), AfterValidator(check_lines)]


class EdgeStatement(Part):
    """`edge a, b -> c : +, d -> e`: weights between nodes, from every source to every target."""

    edge: Annotated[
        _Paths, Field(description="The nodes that the edges leave.", examples=[["a", "b"]])
    ]
    to: Annotated[
        _Targets,
        Field(
            description="The nodes where they arrive; with a sign if the author knows it.",
            examples=[[{"node": "c", "sign": "+"}, "d"]],
        ),
    ]
    then: Annotated[
        tuple[_Targets, ...],
        Field(description="In a chain, where each further arrow arrives.", examples=[[["e"]]]),
    ] = ()
    comment: Comment = ""


_Comparison = Literal["<=", ">="]
_Threshold = Annotated[
    Amount,
    Field(
        description="Nats for a loss or a cost, a share for an accuracy; as a string, as it is "
        "to be written.",
        examples=[0.15, "0.60", "95%"],
    ),
]


class MetricClaim(Part):
    """`expect sufficient: loss <= 0.15`: a claim about a metric of the task."""

    expect: Annotated[Name, Field(examples=["sufficient", "necessary"])]
    metric: Annotated[Name, Field(examples=["loss", "accuracy"])]
    comparison: _Comparison
    threshold: _Threshold
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
    comparison: _Comparison
    threshold: _Threshold
    comment: Comment = ""


Statement: TypeAlias = (
    ModelStatement
    | TaskStatement
    | AblateStatement
    | ScopeStatement
    | CalibrateStatement
    | LevelStatement
    | NodeStatement
    | EdgeStatement
    | MetricClaim
    | CostClaim
)
StatementOrLine = Annotated[
    Annotated[ModelStatement, Tag("<model>")]
    | Annotated[TaskStatement, Tag("<task>")]
    | Annotated[AblateStatement, Tag("<ablate>")]
    | Annotated[ScopeStatement, Tag("<scope>")]
    | Annotated[CalibrateStatement, Tag("<calibrate>")]
    | Annotated[LevelStatement, Tag("<level>")]
    | Annotated[NodeStatement, Tag("<node>")]
    | Annotated[EdgeStatement, Tag("<edge>")]
    | Annotated[MetricClaim, Tag("<metric claim>")]
    | Annotated[CostClaim, Tag("<cost claim>")]
    | Annotated[Line, Tag("<line>")],
    told_by_key(
        {
            **{word: f"<{word}>" for word in STATEMENTS if word != "expect"},
            "every": "<cost claim>",
            "expect": "<metric claim>",
        },
        text="<line>",
        expected="expected a statement",
        advice=f"a statement is an object with the key {quoted(STATEMENTS)}",
    ),
]
