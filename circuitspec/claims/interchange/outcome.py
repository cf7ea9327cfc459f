"""What became of the answers of one run, and what a claim makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from circuitspec.circuit.nodes import Node
from circuitspec.claims.parts import RUN_IN_WORDS, parts_of, worst_of
from circuitspec.claims.store import Arrays
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed, WorstPair
from circuitspec.language.claim_words import Run
from circuitspec.language.claims import Exchanging, Resampling, Swapping
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.skewed_mean import Bools, Floats

Indices: TypeAlias = npt.NDArray[np.int64]

# As in `vacuous`: a float32 that several operations computed is still the same number.
_ROUNDING = 1e-6


class Change:
    """How far what nodes are given is from what they said, gathered over batches."""

    def __init__(self, nodes: int) -> None:
        self._squares = np.zeros((2, nodes))
        self._greatest = np.zeros((2, nodes))

    def add(self, own: Tensor, given: Tensor, positions: Tensor | None) -> None:
        """Take note of values [batch, position, node] at `positions` [batch, position]."""
        for row, values in enumerate((own, given - own)):
            seen = values.flatten(0, 1) if positions is None else values[positions]
            if len(seen):
                self._squares[row] += seen.double().square().sum(dim=0).numpy()
                greatest = seen.abs().amax(dim=0).double().numpy()
                self._greatest[row] = np.maximum(self._greatest[row], greatest)

    def arrays(self) -> Arrays:
        """`size` and `change`, each the sum of squares and the greatest value of a node."""
        return {
            "size": np.stack([self._squares[0], self._greatest[0]]),
            "change": np.stack([self._squares[1], self._greatest[1]]),
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answers of one run before and after.

    Attributes:
        before, after: [pair, 2] right minus wrong logit, all verifying pairs.
        asked: [pair, 2] whether there were values to give.
        nodes: those that were given values.
        size, change: [2, node] sum of squares, and greatest absolute value, of what the nodes said
            and of how far that is from what they were given, where they were given it.
    """

    run: Run
    nodes: tuple[Node, ...]
    before: Floats
    after: Floats
    asked: Bools
    size: Floats
    change: Floats

    @staticmethod
    def of(run: Run, nodes: tuple[Node, ...], arrays: Arrays) -> Outcome:
        """From what a `Store` has."""
        names = ("before", "after", "asked", "size", "change")
        return Outcome(run, nodes, *(arrays[name] for name in names))

    @property
    def counted(self) -> Indices:
        """The pairs of which both prompts were right before, and had values to be given."""
        return np.flatnonzero((self.before > 0).all(axis=1) & self.asked.all(axis=1))

    def unmoved(self, nodes: Sequence[Node]) -> bool:
        """Whether every one of `nodes` was given what it said anyway, up to rounding."""
        wanted = set(nodes)
        rows = np.array([node in wanted for node in self.nodes])
        size = np.maximum(self.size[1, rows], self.change[1, rows])
        return bool((self.change[1, rows] <= _ROUNDING * size).all())

    @property
    def moved(self) -> str:
        """How far what comes in is from what was there, by their root mean squares."""
        change, size = float(self.change[0].sum()), float(self.size[0].sum())
        if change == 0:
            return "what comes in is what was there"
        if size == 0:
            return "what comes in replaces 0"
        return f"what comes in differs from what was there by {np.sqrt(change / size):.0%} of it"


def weighed(
    claim: Swapping | Exchanging | Resampling,
    trial: Trial,
    outcomes: Sequence[Outcome],
    *,
    controls: Sequence[Outcome] = (),
    vacuous: str | None = None,
    facts: tuple[str, ...] = (),
) -> Weighed:
    """The claim with the numbers of its runs; the worst of them is the claim's.

    Args:
        controls: the same with the values of the other answer, shown beside.
        vacuous: why the claim means nothing, if that is known already.
    """
    empty = [outcome for outcome in outcomes if not len(outcome.counted)]
    if empty:
        vacuous = _nothing_counted(empty[0])
    if vacuous is not None:
        return Weighed(question=None, vacuous=vacuous, facts=facts)
    runs = {RUN_IN_WORDS[o.run]: _estimate(claim, trial, o) for o in outcomes}
    beside = {
        f"{RUN_IN_WORDS[o.run]}, values of the other answer": _estimate(claim, trial, o)
        for o in controls
        if len(o.counted)
    }

    return Weighed(
        question=Question(worst_of(runs, claim.comparison), claim.comparison, claim.threshold),
        worst=_worst(claim, outcomes),
        parts=parts_of({**runs, **beside}),
        facts=(*(fact for outcome in outcomes for fact in _facts(trial, outcome)), *facts),
    )


def complied(claim: Swapping | Exchanging | Resampling, outcome: Outcome) -> Bools:
    """[counted pair, 2] whether the answer flipped, or stayed, as is claimed."""
    after = outcome.after[outcome.counted]
    found: Bools = after < 0 if isinstance(claim, Swapping) else after > 0
    return found


def _estimate(
    claim: Swapping | Exchanging | Resampling, trial: Trial, outcome: Outcome
) -> Estimate:
    return trial.share(complied(claim, outcome), outcome.counted)


def _nothing_counted(outcome: Outcome) -> str:
    if not outcome.asked.all(axis=1).any():
        return "for no pair are there prompts whose values could be given to it"
    return f"the {RUN_IN_WORDS[outcome.run]} answers both prompts of no pair rightly"


def _facts(trial: Trial, outcome: Outcome) -> list[str]:
    pairs, what = len(outcome.before), RUN_IN_WORDS[outcome.run]
    asked = outcome.asked.all(axis=1)
    wrong = int((asked & ~(outcome.before > 0).all(axis=1)).sum())
    facts = [f"{what}: {outcome.moved}"]
    if wrong:
        facts.append(f"{what}: {wrong} of {pairs} pairs are left out, it answers them wrongly")
    if not asked.all():
        missing = int((~asked).sum())
        facts.append(f"{what}: {missing} of {2 * pairs} prompts have no values to be given")
    return facts


def _worst(
    claim: Swapping | Exchanging | Resampling, outcomes: Sequence[Outcome]
) -> WorstPair | None:
    """The pair that speaks most against the claim, with its loss after the replacement."""
    least = min(outcomes, key=lambda outcome: float(complied(claim, outcome).mean()))
    pairs, against = least.counted, complied(claim, least).sum(axis=1)
    loss = torch.nn.functional.softplus(-torch.from_numpy(least.after[pairs])).mean(dim=1).numpy()
    sign = 1 if isinstance(claim, Swapping) else -1
    index = int(np.lexsort((sign * loss, against))[0])
    return WorstPair(int(pairs[index]), float(loss[index]))
