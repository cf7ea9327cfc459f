"""From estimates to decisions: Holm's procedure over all claims of a spec.

Claims are taken in the order of their p-values. The first of m is judged at level / m, the next
at level / (m - 1), and so on until one cannot be decided; it and all after it are judged at the
level where that happened (Holm 1979). Each claim's interval is taken at the level at which the
claim was judged, so that a claim is decided if and only if its interval leaves the threshold out.

A claim counts in m even if it turns out to have no estimate or to be vacuous: the family is what
the author wrote down before any data was seen. Were it to shrink with what the data show, the
level would not hold.

Deciding a claim in the wrong direction is an error, too, and uses up half the level of a two-sided
test. That Holm's procedure controls this as well is proven for independent claims (Shaffer 1980),
and holds whatever the dependence for up to two claims, by the union bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuitspec.language.spec import Comparison
from circuitspec.statistics.estimate import Bounds, Estimate, side


@dataclass(frozen=True)
class Question:
    """An estimate and what it is compared with."""

    estimate: Estimate
    comparison: Comparison
    threshold: float


@dataclass(frozen=True)
class Decision:
    """What the numbers say of one question.

    Attributes:
        answer: True if the comparison holds, False if its opposite does, None if neither is shown.
        interval: at `level`.
        level: the error probability at which the question was judged.
    """

    answer: bool | None
    interval: Bounds
    level: float


def decide(questions: Sequence[Question | None], level: float) -> tuple[Decision | None, ...]:
    """Decide all questions so that any is answered wrongly with probability `level` at most.

    Args:
        questions: one per claim of the family; None has no estimate and no decision, but counts.
    """
    p = {
        index: question.estimate.p_value(question.comparison, question.threshold)
        for index, question in enumerate(questions)
        if question is not None
    }
    decisions: list[Decision | None] = [None] * len(questions)
    own_level = level
    stopped = False
    for rank, index in enumerate(sorted(p, key=p.__getitem__)):
        question = questions[index]
        assert question is not None
        if not stopped:
            own_level = level / (len(questions) - rank)
        bounds = question.estimate.interval(own_level)
        # The interval decides, not p, so that the two cannot disagree by a rounding error.
        answer = side(bounds, question.comparison, question.threshold)
        decisions[index] = Decision(answer, bounds, own_level)
        stopped = stopped or answer is None
    return tuple(decisions)
