"""What an author can claim of a circuit: one frozen class for each kind of claim.

Every claim ends in a metric, a comparison and a threshold, so that no number that decides a verdict
is hidden. `statement` says a claim in the words of the language.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from circuitspec.language.values import Name, Text, Value, Where

Metric: TypeAlias = Literal["loss", "accuracy"]
Comparison: TypeAlias = Literal["<=", ">="]
Run: TypeAlias = Literal["model", "circuit"]
Data: TypeAlias = Literal["task", "text"]
Alternative: TypeAlias = Literal[
    "zero", "task_mean", "resample", "counterfactual", "optimal", "subsets", "adversary"
]
FaithfulMetric: TypeAlias = Literal[
    "agreement", "wrong_agreement", "kl", "attention", "correlation", "sign", "frozen_loss"
]
Control: TypeAlias = Literal[
    "random_circuits", "other_circuits", "nonsense", "shuffled_answers", "random_weights"
]
Spot: TypeAlias = Literal["last", "difference"]

METRICS: tuple[Metric, ...] = get_args(Metric)
RUNS: tuple[Run, ...] = get_args(Run)
DATA: tuple[Data, ...] = get_args(Data)
ALTERNATIVES: tuple[Alternative, ...] = get_args(Alternative)
FAITHFUL_METRICS: tuple[FaithfulMetric, ...] = get_args(FaithfulMetric)
CONTROLS: tuple[Control, ...] = get_args(Control)
SPOTS: tuple[Spot, ...] = get_args(Spot)

_LOWER_IS_BETTER: dict[Metric, bool] = {"loss": True, "accuracy": False}
FAITHFUL_SIDE: dict[FaithfulMetric, Comparison] = {
    "agreement": ">=",
    "wrong_agreement": ">=",
    "kl": "<=",
    "attention": "<=",
    "correlation": ">=",
    "sign": ">=",
    "frozen_loss": "<=",
}
"""On which side of its threshold a faithful circuit is."""

AT_MOST_ONE = frozenset(
    (
        *("accuracy", "share", "auc", "spread", "mass"),
        *("agreement", "wrong_agreement", "attention", "correlation", "sign"),
    )
)
"""Metrics that are never above 1."""

PERCENTAGES = frozenset(("accuracy", "share", "agreement", "wrong_agreement", "sign"))
"""Metrics that count, and so are written as percentages."""

Token = Annotated[Text, Field(min_length=1)]
"""A token by its exact text."""

Tokens = Annotated[tuple[Token, ...], Field(min_length=1)]

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def claimed_side(claim: Literal["sufficient", "necessary"], metric: Metric) -> Comparison:
    """On which side of its threshold a metric is claimed to be: the better one for `sufficient`."""
    return "<=" if _LOWER_IS_BETTER[metric] == (claim == "sufficient") else ">="


class _Bounded(Value):
    """A claim that ends in a metric and a threshold, which the metric must be able to take."""

    @model_validator(mode="after")
    def _threshold_is_possible(self) -> Self:
        said = dict(self)
        if said["metric"] in AT_MOST_ONE and said["threshold"] > 1:
            raise ValueError(f"{said['metric']} is at most 1")
        return self


class _TaskMetricClaim(_Bounded):
    """A task metric against a threshold; a loss is in nats, an accuracy a share from 0 to 1.

    Attributes:
        under: another ablation than the spec's; only `Spec.judged` makes such claims, from `also`.
    """

    metric: Metric
    comparison: Comparison
    threshold: Amount
    under: Alternative | None = None
    span: Where = None


class Sufficient(_TaskMetricClaim):
    """With everything in scope outside the circuit ablated, the task is still done this well."""

    kind: Literal["sufficient"] = "sufficient"


class Necessary(_TaskMetricClaim):
    """With the circuit ablated and the rest left alone, the task is done this badly."""

    kind: Literal["necessary"] = "necessary"


class Minimal(Value):
    """Leaving any one node (or edge) out of the circuit costs at least this much loss, in nats."""

    kind: Literal["minimal"] = "minimal"
    unit: Literal["node", "edge"]
    cost: Amount
    span: Where = None


class _RoleClaim(_Bounded):
    """What one named node does, wherever it is looked at.

    Attributes:
        node: the name of a declaration; every node that it stands for must comply.
        run: where it is looked at: in the full model, in the circuit alone; None is both.
        over: on which prompts: the task's, or held-out pretraining text; None is both.
    """

    node: Name
    run: Run | None = None
    over: Data | None = None
    threshold: Amount
    span: Where = None


class Fires(_RoleClaim):
    """The node is higher on some tokens than on others, by the area under the ROC curve.

    Attributes:
        tokens: on these, by their exact text; empty where `inside` is given.
        inside: on tokens between these two, which may be the same (quotes).
    """

    kind: Literal["fires"] = "fires"
    tokens: tuple[Token, ...] = ()
    inside: tuple[Token, Token] | None = None
    metric: Literal["auc"] = "auc"
    comparison: Literal[">="] = ">="

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.tokens) == (self.inside is not None):
            raise ValueError("it fires on tokens or inside of a stretch, one of the two")
        return self


class Separates(_RoleClaim):
    """The node is higher on the first tokens than on the second, by the area under the ROC curve.

    Attributes:
        first, second: tokens by their exact text; both empty for "answers": then it is the last
            position of the first prompts of the task's pairs against that of the second prompts,
            higher on either, but on the same in the full model and in the circuit alone; and only
            the task is looked at.
    """

    kind: Literal["separates"] = "separates"
    first: tuple[Token, ...] = ()
    second: tuple[Token, ...] = ()
    metric: Literal["auc"] = "auc"
    comparison: Literal[">="] = ">="

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if bool(self.first) != bool(self.second):
            raise ValueError("tokens are separated from tokens")
        if set(self.first) & set(self.second):
            raise ValueError("a token cannot be on both sides")
        if not self.first and self.over == "text":
            raise ValueError("answers are the task's")
        return self


class Signed(_RoleClaim):
    """The node is above (or below) zero at this share of all positions, or of those with tokens."""

    kind: Literal["signed"] = "signed"
    sign: Literal["positive", "negative"]
    tokens: tuple[Token, ...] = ()
    metric: Literal["share"] = "share"
    comparison: Literal[">="] = ">="


class Constant(_RoleClaim):
    """The node's standard deviation is at most this part of its root mean square."""

    kind: Literal["constant"] = "constant"
    metric: Literal["spread"] = "spread"
    comparison: Literal["<="] = "<="


class Attends(_RoleClaim):
    """The head of the node attends from some positions to others: the mean of the attention that
    it puts there.

    Attributes:
        source, target: `last` is a prompt's last position (in text, one before an answer's token),
            `difference` where the prompts of a pair differ (the task alone); else tokens by their
            exact text.
    """

    kind: Literal["attends"] = "attends"
    source: Spot | Tokens
    target: Spot | Tokens
    metric: Literal["mass"] = "mass"
    comparison: Literal[">="] = ">="

    @model_validator(mode="after")
    def _pairs_are_of_the_task(self) -> Self:
        if self.over == "text" and "difference" in (self.source, self.target):
            raise ValueError("only the prompts of a task differ")
        return self


class _InterchangeClaim(_Bounded):
    """What becomes of the answer when values of nodes are replaced by those of another run.

    Attributes:
        nodes: names of declarations, replaced together.
        at: where; None is every position.
        run: in the full model, in the circuit alone; None is both.
    """

    nodes: Annotated[tuple[Name, ...], Field(min_length=1)]
    at: Spot | None = None
    run: Run | None = None
    metric: Literal["share"] = "share"
    comparison: Literal[">="] = ">="
    threshold: Amount
    span: Where = None

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        if len(set(self.nodes)) < len(self.nodes):
            raise ValueError("a node is listed twice")
        if "rest" in self.nodes and len(self.nodes) > 1:
            raise ValueError("`rest` holds all that is outside, and stands alone")
        return self


class Swapping(_InterchangeClaim):
    """With the values of the other prompt of the pair, the answer is the other one."""

    kind: Literal["swapping"] = "swapping"


class Exchanging(_InterchangeClaim):
    """With the values of a prompt of another pair that has the same answer, the answer stays."""

    kind: Literal["exchanging"] = "exchanging"


class Resampling(_InterchangeClaim):
    """With values from held-out pretraining text, the answer stays.

    Attributes:
        nodes: names of declarations, also of those outside; `rest` alone is all of the scope that
            is not in the circuit.
    """

    kind: Literal["resampling"] = "resampling"
    nodes: Annotated[tuple[Name | Literal["rest"], ...], Field(min_length=1)]


class Faithful(_Bounded):
    """The circuit alone does inside what the full model does, with live and frozen norm scales."""

    kind: Literal["faithful"] = "faithful"
    metric: FaithfulMetric
    comparison: Comparison
    threshold: Amount
    span: Where = None

    @model_validator(mode="after")
    def _direction(self) -> Self:
        if self.comparison != FAITHFUL_SIDE[self.metric]:
            raise ValueError(f"{self.metric} is claimed to be {FAITHFUL_SIDE[self.metric]}")
        return self


class Specific(_Bounded):
    """Without the circuit, the next-token loss on held-out text rises by at most this, in nats."""

    kind: Literal["specific"] = "specific"
    metric: Literal["text_loss"] = "text_loss"
    comparison: Literal["<="] = "<="
    threshold: Amount
    span: Where = None


class Complete(_Bounded):
    """For no subset K of the circuit do circuit and model without K differ by more than this.

    Wang et al. 2022, section 4: |F(C \\ K) - F(M \\ K)|, F the mean logit difference, the worst of
    random and greedily chosen K.
    """

    kind: Literal["complete"] = "complete"
    metric: Literal["gap"] = "gap"
    comparison: Literal["<="] = "<="
    threshold: Amount
    span: Where = None


class Unique(_Bounded):
    """A search that may not use the circuit's nodes finds none of as many nodes with less loss."""

    kind: Literal["unique"] = "unique"
    metric: Literal["loss"] = "loss"
    comparison: Literal[">="] = ">="
    threshold: Amount
    span: Where = None


class Beats(_Bounded):
    """The circuit is better than what chance, another circuit or a search for nonsense gives.

    `random_circuits`, `other_circuits`: the share of sets of nodes without which the model loses
    less than without this circuit. `nonsense`, `shuffled_answers`, `random_weights`: how many
    times as many nodes a search needs for that to reach the loss of this circuit.
    """

    kind: Literal["beats"] = "beats"
    control: Control
    metric: Literal["share", "ratio"]
    comparison: Literal[">="] = ">="
    threshold: Amount
    span: Where = None

    @model_validator(mode="after")
    def _metric_of_control(self) -> Self:
        if self.metric != metric_of(self.control):
            raise ValueError(f"{self.control} are beaten by a {metric_of(self.control)}")
        return self


class Predicts(_Bounded):
    """What the full model does on another task, written before it is run.

    Attributes:
        text: the prediction in words.
        task: a shipped task's name or a `.jsonl` file.
    """

    kind: Literal["predicts"] = "predicts"
    text: Annotated[Text, Field(min_length=1)]
    task: Annotated[Text, Field(min_length=1)]
    metric: Metric
    comparison: Comparison
    threshold: Amount
    span: Where = None


Claim: TypeAlias = Annotated[
    Sufficient
    | Necessary
    | Minimal
    | Fires
    | Separates
    | Signed
    | Constant
    | Attends
    | Swapping
    | Exchanging
    | Resampling
    | Faithful
    | Specific
    | Complete
    | Unique
    | Beats
    | Predicts,
    Field(discriminator="kind"),
]


def metric_of(control: Control) -> Literal["share", "ratio"]:
    """What beating a control is measured by."""
    return "share" if control in ("random_circuits", "other_circuits") else "ratio"


def nodes_of(claim: Claim) -> tuple[str, ...]:
    """The names of declarations that a claim is about; `rest` is none."""
    if isinstance(claim, _RoleClaim):
        return (claim.node,)
    if isinstance(claim, _InterchangeClaim):
        return tuple(name for name in claim.nodes if name != "rest")
    return ()


def statement(claim: Claim) -> str:
    """A claim as a spec says it, without `expect`."""
    if isinstance(claim, Minimal):
        return f"minimal: every {claim.unit} costs >= {claim.cost:g}"
    return f"{subject(claim)}: {claim.metric} {claim.comparison} {claim.threshold:g}"


def subject(claim: Claim) -> str:
    """What a claim is about, as a spec says it; all but its bound."""
    match claim:
        case Sufficient() | Necessary():
            return claim.kind if claim.under is None else f"{claim.kind} under {claim.under}"
        case Fires(inside=None):
            return f"{claim.node} fires on {_tokens(claim.tokens)}{_where(claim)}"
        case Fires(inside=(first, last)):
            return f"{claim.node} fires inside {literal(first)} to {literal(last)}{_where(claim)}"
        case Separates(first=()):
            return f"{claim.node} separates answers{_where(claim)}"
        case Separates():
            sides = f"{_tokens(claim.first)} from {_tokens(claim.second)}"
            return f"{claim.node} separates {sides}{_where(claim)}"
        case Signed():
            on = f" on {_tokens(claim.tokens)}" if claim.tokens else ""
            return f"{claim.node} is {claim.sign}{on}{_where(claim)}"
        case Constant():
            return f"{claim.node} is constant{_where(claim)}"
        case Attends():
            ends = f"from {_spot(claim.source)} to {_spot(claim.target)}"
            return f"{claim.node} attends {ends}{_where(claim)}"
        case Swapping():
            return f"swapping {_interchanged(claim)} flips the answer{_in(claim.run)}"
        case Exchanging() | Resampling():
            return f"{claim.kind} {_interchanged(claim)} keeps the answer{_in(claim.run)}"
        case Beats():
            return f"beats {claim.control}"
        case Predicts():
            return f"predicts {literal(claim.text)}: task {claim.task}"
    return claim.kind


def _interchanged(claim: _InterchangeClaim) -> str:
    at = "" if claim.at is None else f" at {claim.at}"
    return f"{', '.join(claim.nodes)}{at}"


def _where(claim: _RoleClaim) -> str:
    over = "" if claim.over is None else f" over {claim.over}"
    return f"{_in(claim.run)}{over}"


def _in(run: Run | None) -> str:
    return "" if run is None else f" in {run}"


def _spot(spot: str | tuple[str, ...]) -> str:
    return spot if isinstance(spot, str) else _tokens(spot)


def _tokens(tokens: tuple[str, ...]) -> str:
    return ", ".join(map(literal, tokens))


_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t"})


def literal(text: str) -> str:
    """A text as a string of the language."""
    return f'"{text.translate(_ESCAPED)}"'
