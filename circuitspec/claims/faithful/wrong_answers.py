"""Does the circuit make the full model's mistakes?

Where the model is right, circuit and model may be right for different reasons. Where it is wrong,
they can only agree if the circuit errs as the model does. The unit is a pair with a mistake in it,
and it counts as agreement only if all mistakes of the pair are made by the circuit, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from circuitspec.claims.faithful.answers import (
    calibrated,
    emptied,
    nothing_fails,
    same_answer,
)
from circuitspec.claims.faithful.inside import Inside, Norms, look_inside
from circuitspec.claims.faithful.settings import NORMS_IN_WORDS
from circuitspec.claims.parts import parts_of, worst_of
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Faithful
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.units import Ints

# One pair has no interval.
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class _Mistakes:
    """The full model's mistakes on one task.

    Attributes:
        trial: of the spec, on its own task.
        inside: of the same circuit, on the task in question.
    """

    trial: Trial
    inside: Inside

    @property
    def pairs(self) -> Ints:
        """The pairs with a mistake."""
        found: Ints = np.flatnonzero((self.inside.full < 0).any(axis=1))
        return found

    def agreement(self, norms: Norms) -> Estimate:
        return self.share(calibrated(self.trial, self.inside.alone(norms)))

    def share(self, alone: Floats) -> Estimate:
        """Of pairs on which a run makes all the mistakes that the full model makes."""
        full, task = self.inside.full, self.inside.task
        alike = (same_answer(full, alone) | (full >= 0))[self.pairs]
        both = np.repeat(np.all(alike, axis=1)[:, None], 2, axis=1)
        units = self.trial.units(task.verifying, exact=task.exact)
        return units.only(self.pairs).share(both)

    @property
    def task(self) -> str:
        return self.inside.task.name

    @property
    def fact(self) -> str:
        prompts, wrong = self.inside.full.size, int((self.inside.full < 0).sum())
        return f"on {self.task} the full model is wrong on {wrong} of {prompts} prompts"


def weigh_wrong_agreement(claim: Faithful, trial: Trial) -> Weighed:
    """The share of pairs with mistakes of the full model on which the circuit makes the same.

    Of the verifying pairs of the task, and of those of tasks that the spec makes predictions about,
    each task by itself; what is claimed must hold on each that has mistakes.
    """
    if (misfit := trial.runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    found = list(_mistakes(trial))
    facts = tuple(mistakes.fact for mistakes in found)
    enough = [mistakes for mistakes in found if len(mistakes.pairs) >= _FEWEST]
    if not enough:
        return Weighed(question=None, vacuous="; ".join(facts), facts=facts)
    settings = {
        f"{mistakes.task}, circuit with {NORMS_IN_WORDS[norms]}": mistakes.agreement(norms)
        for mistakes in enough
        for norms in mistakes.inside.norms
    }
    return Weighed(
        question=Question(worst_of(settings, claim.comparison), claim.comparison, claim.threshold),
        premises=tuple(
            nothing_fails(mistakes.share(nothing), claim, f"makes them{how}")
            for mistakes in enough
            for how, nothing in emptied(trial, mistakes.inside.nothing("live")).items()
        ),
        parts=parts_of(settings),
        facts=facts,
    )


def _mistakes(trial: Trial) -> Iterator[_Mistakes]:
    yield _Mistakes(trial, look_inside(trial.circuit, trial.task, trial.store))
    for task in trial.tasks.values():
        if task.sha256 != trial.task.sha256:
            yield _Mistakes(trial, look_inside(trial.circuit, task, trial.store))
