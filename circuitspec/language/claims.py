"""What an author can claim of a circuit: one frozen class for each kind of claim.

Every claim ends in a metric, a comparison and a threshold, so that no number that decides a verdict
is hidden. `language.claim_text` says a claim in the words of the language.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from circuitspec.language.claim_words import (
    AT_MOST_ONE,
    FAITHFUL_SIDE,
    Alternative,
    Comparison,
    Control,
    Data,
    FaithfulMetric,
    Metric,
    Run,
    Spot,
    metric_of,
)
from circuitspec.language.values import Amount, Name, Text, Token, Tokens, Value, Where
from circuitspec.language.words import REST, WHOLE


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


class RoleClaim(_Bounded):
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


class Fires(RoleClaim):
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


class Separates(RoleClaim):
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


class Signed(RoleClaim):
    """The node is above (or below) zero at this share of all positions, or of those with tokens."""

    kind: Literal["signed"] = "signed"
    sign: Literal["positive", "negative"]
    tokens: tuple[Token, ...] = ()
    metric: Literal["share"] = "share"
    comparison: Literal[">="] = ">="


class Constant(RoleClaim):
    """The node's standard deviation is at most this part of its root mean square."""

    kind: Literal["constant"] = "constant"
    metric: Literal["spread"] = "spread"
    comparison: Literal["<="] = "<="


class Attends(RoleClaim):
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


class InterchangeClaim(_Bounded):
    """What becomes of the answer when values of nodes are replaced by those of another run.

    Attributes:
        nodes: names of declarations, replaced together; `circuit` alone is all of its nodes.
        at: where; None is every position.
        run: in the full model, in the circuit alone; None is both.
    """

    nodes: Annotated[tuple[Name | Literal["circuit", "rest"], ...], Field(min_length=1)]
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
        if len(self.nodes) > 1 and not {WHOLE, REST}.isdisjoint(self.nodes):
            raise ValueError(f"`{WHOLE}` and `{REST}` hold many nodes, and stand alone")
        return self


class Swapping(InterchangeClaim):
    """With the values of the other prompt of the pair, the answer is the other one."""

    kind: Literal["swapping"] = "swapping"
    nodes: Annotated[tuple[Name | Literal["circuit"], ...], Field(min_length=1)]


class Exchanging(InterchangeClaim):
    """With the values of a prompt of another pair that has the same answer, the answer stays."""

    kind: Literal["exchanging"] = "exchanging"
    nodes: Annotated[tuple[Name | Literal["circuit"], ...], Field(min_length=1)]


class Resampling(InterchangeClaim):
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


def nodes_of(claim: Claim) -> tuple[str, ...]:
    """The names of declarations that a claim is about; `rest` and `circuit` are none."""
    if isinstance(claim, RoleClaim):
        return (claim.node,)
    if isinstance(claim, InterchangeClaim):
        return tuple(name for name in claim.nodes if name not in (WHOLE, REST))
    return ()
