"""The statements of a `Document`."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, Tag

from circuitspec.diagnostics.wording import quoted
from circuitspec.document.claims import (
    AttendsClaim,
    ClaimStatement,
    ControlClaim,
    CostClaim,
    FiresInsideClaim,
    FiresOnClaim,
    InterchangeClaim,
    MetricClaim,
    Prediction,
    SeparatesClaim,
    StateClaim,
)
from circuitspec.document.parts import Comment, Names, Part, Paths, Selections
from circuitspec.document.values import (
    Amount,
    Line,
    Name,
    NameOrLine,
    Path,
    PathOrLine,
    check_lines,
    told_by_key,
)
from circuitspec.language.values import Text
from circuitspec.language.words import STATEMENTS


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
    over: Annotated[
        Name | None,
        Field(description="What is drawn independently.", examples=["pairs", "templates"]),
    ] = None
    comment: Comment = ""


class AlsoStatement(Part):
    """`also zero, resample`: further ablations under which claims must hold as well."""

    also: Annotated[
        Names,
        Field(
            description="Under these, `sufficient` and `necessary` must hold as well.",
            examples=[["zero", "resample"]],
        ),
    ]
    comment: Comment = ""


class ReportStatement(Part):
    """`report task_mean`: further ablations that are only reported."""

    report: Annotated[
        Names, Field(description="Under these, it is only measured.", examples=[["task_mean"]])
    ]
    comment: Comment = ""


_NodeDescription = Annotated[
    Text | None, Field(examples=["positive on a double quote, zero on a single one"])
]


class NodeStatement(Part):
    """`node kind = L0.mlp.in[3] "what it says"`: a name for elements of the model."""

    node: Annotated[Name, Field(examples=["sees_double"])]
    selections: Selections
    description: _NodeDescription = None
    comment: Comment = ""


class OutsideStatement(Part):
    """`outside silent = L1.mlp.neuron[3..40]`: a name for what is not in the circuit."""

    outside: Annotated[Name, Field(description="The name that claims use.", examples=["silent"])]
    selections: Selections
    description: _NodeDescription = None
    comment: Comment = ""


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
        Paths, Field(description="The nodes that the edges leave.", examples=[["a", "b"]])
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


Statement: TypeAlias = (
    ModelStatement
    | TaskStatement
    | AblateStatement
    | ScopeStatement
    | CalibrateStatement
    | LevelStatement
    | AlsoStatement
    | ReportStatement
    | NodeStatement
    | OutsideStatement
    | EdgeStatement
    | ClaimStatement
    | Prediction
)
_CLAIM_KINDS = {
    "every": "<cost claim>",
    "control": "<control claim>",
    "nodes": "<interchange claim>",
    "fires_on": "<fires on claim>",
    "fires_inside": "<fires inside claim>",
    "separates": "<separates claim>",
    "is": "<state claim>",
    "attends_from": "<attends claim>",
}
CLAIM_KEYS = tuple(_CLAIM_KINDS)
"""The keys that tell one kind of claim from the others."""

_KINDS = {
    # A prediction has a task, and a claim what it expects.
    "predict": "<prediction>",
    **{word: f"<{word}>" for word in STATEMENTS if word not in ("predict", "expect")},
    **_CLAIM_KINDS,
    "expect": "<metric claim>",
}
"""What a statement is, by the first of these keys that it has."""

StatementOrLine = Annotated[
    Annotated[ModelStatement, Tag("<model>")]
    | Annotated[TaskStatement, Tag("<task>")]
    | Annotated[AblateStatement, Tag("<ablate>")]
    | Annotated[ScopeStatement, Tag("<scope>")]
    | Annotated[CalibrateStatement, Tag("<calibrate>")]
    | Annotated[LevelStatement, Tag("<level>")]
    | Annotated[AlsoStatement, Tag("<also>")]
    | Annotated[ReportStatement, Tag("<report>")]
    | Annotated[NodeStatement, Tag("<node>")]
    | Annotated[OutsideStatement, Tag("<outside>")]
    | Annotated[EdgeStatement, Tag("<edge>")]
    | Annotated[MetricClaim, Tag("<metric claim>")]
    | Annotated[CostClaim, Tag("<cost claim>")]
    | Annotated[ControlClaim, Tag("<control claim>")]
    | Annotated[InterchangeClaim, Tag("<interchange claim>")]
    | Annotated[FiresOnClaim, Tag("<fires on claim>")]
    | Annotated[FiresInsideClaim, Tag("<fires inside claim>")]
    | Annotated[SeparatesClaim, Tag("<separates claim>")]
    | Annotated[StateClaim, Tag("<state claim>")]
    | Annotated[AttendsClaim, Tag("<attends claim>")]
    | Annotated[Prediction, Tag("<prediction>")]
    | Annotated[Line, Tag("<line>")],
    told_by_key(
        _KINDS,
        text="<line>",
        expected="expected a statement",
        advice=f"a statement is an object with the key {quoted(STATEMENTS)}",
    ),
]
