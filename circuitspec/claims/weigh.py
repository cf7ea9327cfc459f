"""What a kind of claim hands to the verdict: an estimate, its premises, and what to show of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from circuitspec.claims.measure import Scores
from circuitspec.claims.vacuous import Premise
from circuitspec.language.spec import Comparison, Metric
from circuitspec.report.report import PartResult, UnitCost
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.units import Units

GOOD: dict[Metric, Comparison] = {"loss": "<=", "accuracy": ">="}
"""Which way a bound on a metric points if it says how well the task is done."""

BAD: dict[Metric, Comparison] = {"loss": ">=", "accuracy": "<="}
"""Which way it points if it says how badly."""


@dataclass(frozen=True)
class WorstPair:
    """The pair that speaks most against a claim."""

    index: int
    loss: float


@dataclass(frozen=True)
class Weighed:
    """A claim with its numbers, not yet decided.

    Attributes:
        question: None if there is nothing to estimate; `vacuous` then says why.
        premises: what must be shown for the claim to mean anything.
        vacuous: why it cannot mean anything, where that needs no statistics.
        worst: shown where every input was run and the claim is refuted.
        details: of `minimal`, at a level.
        parts: the measurements that the claim rests on, where there are several, at a level.
        facts: what else was found, a sentence each.
        facts_at: more of these, which depend on the level.
    """

    question: Question | None
    premises: tuple[Premise, ...] = ()
    vacuous: str | None = None
    worst: WorstPair | None = None
    details: Callable[[float], tuple[UnitCost, ...]] | None = None
    parts: Callable[[float], tuple[PartResult, ...]] | None = None
    facts: tuple[str, ...] = ()
    facts_at: Callable[[float], tuple[str, ...]] | None = None


def estimate(scores: Scores, metric: Metric, units: Units) -> Estimate:
    """The estimate of a task metric from one run."""
    return units.mean(scores.loss) if metric == "loss" else units.share(scores.right)


def worst_pair(scores: Scores, metric: Metric, against: Literal["good", "bad"]) -> WorstPair:
    """The pair that speaks most against the task being done well (`good`) or badly (`bad`)."""
    right = scores.right.sum(axis=1) if metric == "accuracy" else np.zeros(len(scores.loss))
    # Sorted by fewest right answers, then by greatest loss; the other way round for `bad`.
    order = np.lexsort((-scores.loss, right))
    index = int(order[0] if against == "good" else order[-1])
    return WorstPair(index, float(scores.loss[index]))
