"""One claim about a known transformer, and what is true of it: by the oracle, on a population.

The population is what a verdict speaks about: all pairs that there are, where those of the task are
drawn from them; or the pairs of the task, where it is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from circuitspec.language.claim_words import Comparison, FaithfulMetric
from circuitspec.validation.known import Array, Ints
from circuitspec.validation.oracle import Answers, Oracle

ClaimKind: TypeAlias = Literal["sufficient", "necessary", "minimal", "faithful"]
Metric: TypeAlias = Literal["loss", "accuracy", "node", "edge"] | FaithfulMetric

# Logits that are this near to each other may be either way round in float32, and losses be off by
# so much, in nats and as a part of themselves.
_TIE = 1e-3
_OFF, _OFF_BY = 1e-6, 1e-5
_DIGITS = 9


@dataclass(frozen=True)
class Truth:
    """Where a true value lies, allowing for what float32 cannot tell."""

    low: float
    high: float

    def satisfies(self, comparison: Comparison, threshold: float) -> bool | None:
        """Whether it is on the claimed side; None where rounding decides."""
        if comparison == "<=":
            return True if self.high <= threshold else False if self.low > threshold else None
        return True if self.low >= threshold else False if self.high < threshold else None


@dataclass(frozen=True)
class Asked:
    """One claim.

    Attributes:
        metric: of `minimal`, what is left out.
        value: of what the claim bounds.
        meaningless: why the claim cannot mean anything, whatever its value; None if it can.
        deciding: the share of pairs that makes it true or false: without these few, the opposite
            is so. 1 where there are none such.
    """

    claim: ClaimKind
    metric: Metric
    comparison: Comparison
    threshold: float
    value: Truth
    meaningless: str | None
    deciding: float = 1.0

    @property
    def what(self) -> str:
        """What tables call it."""
        return self.metric if self.claim == "faithful" else self.claim

    @property
    def true(self) -> bool | None:
        """Whether what is claimed is so; None where rounding decides."""
        return self.value.satisfies(self.comparison, self.threshold)

    @property
    def text(self) -> str:
        """The claim as a spec says it."""
        number = f"{self.threshold:.{_DIGITS}f}"
        if self.claim == "minimal":
            return f"minimal: every {self.metric} costs >= {number}"
        return f"{self.claim}: {self.metric} {self.comparison} {number}"


@dataclass(frozen=True, eq=False)
class Population:
    """What verdicts are about.

    Attributes:
        pairs: [pair, 2].
    """

    oracle: Oracle
    pairs: Ints

    def value(self, answers: Answers, metric: Metric) -> Truth:
        """The loss or the accuracy of a run."""
        if metric == "loss":
            return _loss(float(answers.losses(self.pairs).mean()))
        return Truth(answers.accuracy(self.pairs, _TIE), answers.accuracy(self.pairs, -_TIE))

    def loss(self, answers: Answers) -> float:
        """The loss of a run."""
        return float(answers.losses(self.pairs).mean())

    def sufficient(self, keep: Answers, metric: Metric, threshold: float) -> Asked:
        """That the circuit alone does the task so well."""
        comparison: Comparison = "<=" if metric == "loss" else ">="
        full, empty = (
            self.value(run, metric).satisfies(comparison, threshold)
            for run in (self.oracle.full(), self.oracle.empty())
        )
        meaningless = None
        if full is not True:
            meaningless = "the full model itself fails"
        elif empty is not False:
            meaningless = "nothing at all already passes"
        return Asked(
            claim="sufficient",
            metric=metric,
            comparison=comparison,
            threshold=threshold,
            value=self.value(keep, metric),
            meaningless=meaningless,
            deciding=_deciding(keep.losses(self.pairs), threshold) if metric == "loss" else 1.0,
        )

    def necessary(self, drop: Answers, threshold: float) -> Asked:
        """That the model without the circuit does the task so badly."""
        meaningless = None
        if self.loss(self.oracle.full()) >= threshold:
            meaningless = "the full model is as bad already"
        return Asked(
            claim="necessary",
            metric="loss",
            comparison=">=",
            threshold=threshold,
            value=self.value(drop, "loss"),
            meaningless=meaningless,
            deciding=_deciding(drop.losses(self.pairs), threshold),
        )

    def minimal(
        self, keep: Answers, without: Iterable[Answers], unit: Metric, threshold: float
    ) -> Asked:
        """That leaving out any one of some nodes or weights costs so much."""
        now = self.loss(keep)
        losses = keep.losses(self.pairs)
        costs = [run.losses(self.pairs) - losses for run in without]
        least = min(float(cost.mean()) for cost in costs)
        meaningless = None
        if now >= min(self.loss(self.oracle.empty()), math.log(2)):
            meaningless = "the circuit alone does no better than nothing, or than a coin"
        return Asked(
            claim="minimal",
            metric=unit,
            comparison=">=",
            threshold=threshold,
            value=_loss(least),
            meaningless=meaningless,
            deciding=min(_deciding(cost, threshold) for cost in costs),
        )


def between(good: float, bad: float, part: float) -> float:
    """A bound between two numbers, at a part of the way, as it can be written down."""
    return float(round(good + part * (bad - good), _DIGITS))


def _loss(value: float) -> Truth:
    off = _OFF + _OFF_BY * abs(value)
    return Truth(value - off, value + off)


def idle(asked: Iterable[Asked], reason: str | None) -> tuple[Asked, ...]:
    """The same claims of a circuit in which something does nothing, if there is a reason."""
    if reason is None:
        return tuple(asked)
    return tuple(replace(claim, meaningless=reason) for claim in asked)


def _deciding(sample: Array, threshold: float) -> float:
    """The smallest share of a sample without which its mean is on the other side of a threshold."""
    above = float(sample.mean()) > threshold
    # What pulls the mean to its side most comes first.
    ordered = np.sort(sample)[::-1] if above else np.sort(sample)
    left = len(sample) - np.arange(1, len(sample))
    means = (sample.sum() - np.cumsum(ordered)[:-1]) / left
    crossed = np.flatnonzero(means <= threshold if above else means > threshold)
    return float(crossed[0] + 1) / len(sample) if len(crossed) else 1.0
