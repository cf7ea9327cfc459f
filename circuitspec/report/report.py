"""The report: what became of every claim of one spec, and all that a reader needs to repeat it.

Frozen pydantic models of schema 1. A `Report` as JSON is a certificate but for the `environment`,
which `certificate` adds. Nothing here knows of torch, so that drawing, diffing and editors can
read reports where no model can run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from circuitspec.language.spec import Comparison

Verdict: TypeAlias = Literal["confirmed", "inconclusive", "vacuous", "refuted", "error"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From best to worst. A claim that is known to be false is worse than one that says nothing, one
that says nothing is worse than one that more data may decide, and what could not be run is worst,
because nobody knows what it hides."""

SIGNIFICANT_DIGITS = 6
"""What a measured number is rounded to. The models run in float32, whose last digits depend on the
order in which a machine adds; six digits hide nearly all of that and nothing that matters."""


def worst_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a whole from those of its parts; a whole without parts is vacuous."""
    return max(verdicts, key=VERDICTS.index, default="vacuous")


def six_digits(value: float) -> float:
    """A number as reports have it."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0  # -0.0 + 0.0 is 0.0


Measured = Annotated[float, Field(allow_inf_nan=False), AfterValidator(six_digits)]
"""A finite number that was measured; rounded to `SIGNIFICANT_DIGITS` on its way into a report."""

Interval = tuple[Measured, Measured]


class _Part(BaseModel):
    """A frozen piece of a report."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitCost(_Part):
    """What leaving one node or edge out of the circuit costs.

    Attributes:
        unit: the node's place and index, or the edge's two ends.
        name: the same by the author's names.
        cost: mean increase of the loss, in nats.
        interval: the least lower and the least upper end among a claim's units are the interval
            of the claim; see `least_mean` for the level of each end.
        p_holm: the smallest level at which all units, held against the claim one by one (Holm),
            show that this one costs as much, or that it costs less, on whichever side `cost` lies;
            None where every input was run.
    """

    unit: str
    name: str
    cost: Measured
    interval: Interval
    p_holm: Measured | None = None


class PartResult(_Part):
    """One of several measurements that a claim rests on, or the same one in another way.

    Attributes:
        what: in words: `full model, task`.
        interval: at the level of the claim; None where there is none.
        n: how many `unit`s.
        unit: what was drawn independently: `pairs`, `templates`, `windows`, `random circuits`.
    """

    what: str
    estimate: Measured
    interval: Interval | None = None
    n: int
    unit: str = "pairs"


class Counterexample(_Part):
    """The pair on which a claim fails worst, given where every input was run.

    Attributes:
        pair: its index among the task's verifying pairs.
        loss: two-token cross-entropy in nats, mean of both prompts.
    """

    pair: int
    prompts: tuple[str, str]
    loss: Measured


class ClaimResult(_Part):
    """One claim, held against the model.

    Attributes:
        name: unique in its spec: the kind, or the whole statement if there are several of a kind.
        kind: which kind of claim; see `language.claims`.
        statement: the claim as a spec says it, without `expect`.
        reason: why the claim is vacuous or could not be run.
        metric: what is compared: `loss` (nats), `accuracy` (share), `cost` (nats of loss, for
            `minimal`), and whatever further kinds of claims measure.
        unit: what `minimal` leaves out one of.
        estimate: of the metric; of the least cost for `minimal`. None if it could not be run.
        interval: at `level`. It lies on the claimed side of the threshold if and only if the
            numbers confirm the claim, and on the other side if and only if they refute it.
        n: how many `drawn`.
        drawn: what was drawn independently: `pairs`, `templates`, `windows`.
        exact: every input there is was run, and the estimate has no error.
        level: the error probability at which Holm judged this claim, and that of the interval.
        attainable_p: the smallest p-value that so many draws could have given; None where there is
            no smallest one.
        details: for `minimal`, every node or edge, in forward order.
        parts: the measurements that the claim rests on, where there are several.
        facts: what else was found, a sentence each.
    """

    name: str
    kind: str
    statement: str
    verdict: Verdict
    reason: str | None = None
    metric: str
    unit: Literal["node", "edge"] | None = None
    estimate: Measured | None
    interval: Interval | None
    comparison: Comparison
    threshold: float
    n: int
    drawn: str = "pairs"
    exact: bool
    level: Measured | None
    attainable_p: Measured | None = None
    details: tuple[UnitCost, ...] = ()
    parts: tuple[PartResult, ...] = ()
    facts: tuple[str, ...] = ()
    counterexample: Counterexample | None = None

    @model_validator(mode="before")
    @classmethod
    def _state(cls, values: Any) -> Any:
        """Certificates from before there were other kinds of claims do not state them."""
        if not isinstance(values, dict) or "statement" in values:
            return values
        unit, metric = values.get("unit"), values.get("metric")
        subject = metric if unit is None else f"every {unit} costs"
        bound = f"{values.get('comparison')} {values.get('threshold', 0):g}"
        return {**values, "statement": f"{values.get('kind')}: {subject} {bound}"}


class SpecIdentity(_Part):
    """Which spec: its circuit's name, and the file and SHA-256 of the text if there was one."""

    name: str
    path: str | None = None
    sha256: str | None = None


class ModelIdentity(_Part):
    """Which model: over config, weights and tokenizer, and over its reference means."""

    name: str
    sha256: str
    reference_sha256: str


class TaskIdentity(_Part):
    """Which task: SHA-256 over its verifying pairs, and how many they are."""

    name: str
    sha256: str
    pairs: int


class Sizes(_Part):
    """How many nodes and edges the circuit has; no number of edges where the spec lists none."""

    nodes: int
    edges: int | None


class RunScore(_Part):
    """How one run did, in nats and as a share; None where it gave no finite numbers."""

    loss: Measured | None
    accuracy: Measured | None


class Baseline(_Part):
    """The four runs that claims are about.

    Attributes:
        full: the model as it is.
        keep: the circuit alone.
        drop: the model without the circuit.
        empty: everything in scope ablated.
    """

    full: RunScore
    keep: RunScore
    drop: RunScore
    empty: RunScore


class LossTail(_Part):
    """The losses of the pairs that a run does worst on, in nats.

    Attributes:
        p90, p95, p99: the least loss that so many percent of the pairs do not exceed.
        worst: the greatest.
        pair: the index of that pair among the task's verifying pairs.
        template: which template made it.
        worst_template: the one with the greatest mean.
        worst_template_loss: that mean.
        templates: how many there are.
    """

    p90: Measured
    p95: Measured
    p99: Measured
    worst: Measured
    pair: int
    prompts: tuple[str, str]
    template: str
    worst_template: str
    worst_template_loss: Measured
    templates: int


class Tails(_Part):
    """What means hide: of the full model and the circuit alone; None where there is no number."""

    full: LossTail | None
    keep: LossTail | None


class FittedLogits(_Part):
    """What was fitted to the logits of the circuit alone, where the spec declares it.

    With d the logit of the first answer of a pair minus that of the second, the circuit alone, and
    the circuit less any node or edge, were scored as if they had said `scale` * d + `shift`.

    Attributes:
        scale, shift: None if nothing could be fitted.
        problem: why they were not applied; None if they were.
        pairs: the task's finding pairs, on which they were fitted.
        pairs_sha256: over these.
        loss_before, loss_after: of the circuit alone on these, as it is and fitted; in nats.
        uncalibrated: the circuit alone on the verifying pairs, as it is.
    """

    scale: Measured | None
    shift: Measured | None
    problem: str | None
    pairs: int
    pairs_sha256: str
    loss_before: Measured | None
    loss_after: Measured | None
    uncalibrated: RunScore


class StrictBattery(_Part):
    """What the strict battery added to the author's claims.

    Attributes:
        claims: the names of the claims that are the battery's.
        left_out: what could not be asked, a sentence each.
        rivals: the circuits of other tasks, by name and SHA-256 over their nodes and edges.
    """

    claims: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    rivals: tuple[tuple[str, str], ...] = ()


class Report(_Part):
    """What became of the claims of one spec.

    Attributes:
        verdict: the worst of the claims', in the order of `VERDICTS`.
        seed: of everything drawn at random; the claims of schema 1 draw nothing.
        level: the error probability accepted for all claims together.
        ablation: what stood in for what was taken away: `mean` or `zero`.
        calibration: None where the spec declares none; where it does, `baseline.keep` is with it.
        tails: None in certificates from before these were measured.
        reported: what was measured besides the claims and is no part of the verdict, each judged as
            if it were the only claim.
        strict: None where only the author's claims were judged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    verdict: Verdict
    spec: SpecIdentity
    model: ModelIdentity
    task: TaskIdentity
    seed: int
    level: float
    ablation: str
    sizes: Sizes
    claims: tuple[ClaimResult, ...]
    baseline: Baseline
    calibration: FittedLogits | None = None
    tails: Tails | None = None
    reported: tuple[ClaimResult, ...] = ()
    strict: StrictBattery | None = None

    @model_validator(mode="after")
    def _verdict_is_the_worst(self) -> Self:
        worst = worst_verdict(claim.verdict for claim in self.claims)
        if self.verdict != worst:
            raise ValueError(f"the verdict is {self.verdict}, the worst of the claims' is {worst}")
        return self

    @property
    def circuit(self) -> str:
        """The circuit's name."""
        return self.spec.name

    def to_json(self) -> str:
        """This report as JSON: fixed order of keys, two spaces, a line break at the end."""
        content = self.model_dump(mode="json", by_alias=True)
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
