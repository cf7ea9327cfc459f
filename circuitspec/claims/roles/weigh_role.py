"""What all role claims have in common: where they are looked at, and what becomes of the answers.

A claim is looked at for every node of its declaration, in the full model and in the circuit alone,
on the task's verifying prompts and on held-out text, unless it says where. It has to hold in each
of these settings. A meaning that was found in the circuit alone and does not hold in the model, or
that holds on the task's prompts and nowhere else, is found out by that (Drori 2026, test 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.claims.roles.passages import Passages, passages_of
from circuitspec.claims.roles.record import Head, Recording, record
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claim_words import DATA, RUNS, Data, Run
from circuitspec.language.claims import Attends, Constant, Fires, Separates, Signed
from circuitspec.report.report import PartResult
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.statistics.worst import Worst

RoleClaim: TypeAlias = Fires | Separates | Signed | Constant | Attends

# Sums in float32 differ in their last digits between processors, and where a node says one and the
# same, those digits must not decide which position is higher.
_ROUNDING = 1e-5


@dataclass(frozen=True, eq=False)
class Setting:
    """One node or head in one kind of run on one kind of data.

    Attributes:
        what: in words, for reports.
    """

    recording: Recording
    subject: Node | Head
    what: str

    @property
    def run(self) -> Run:
        """In which kind of run."""
        return self.recording.run

    @property
    def passages(self) -> Passages:
        """On what."""
        return self.recording.passages

    @property
    def said(self) -> Floats:
        """[position]: what the node says, but for rounding.

        Raises:
            MeasurementError: NaN or infinity.
        """
        assert isinstance(self.subject, Node)
        said = self.recording.of(self.subject)
        step = _ROUNDING * float(np.abs(said).max(initial=0.0))
        return np.round(said / step) * step if step > 0 else said


@dataclass(frozen=True, eq=False)
class Found:
    """What one setting comes to.

    Attributes:
        facts: a sentence each.
        control: what would come of it without the node doing anything; see `weighed`.
    """

    estimate: Estimate
    facts: tuple[str, ...] = ()
    control: Estimate | None = None


Measure: TypeAlias = Callable[[Setting], Found | str]
"""From a setting to its estimate, or why it has none."""


def settings_of(
    claim: RoleClaim,
    trial: Trial,
    subjects: Sequence[Node | Head],
    *,
    data: tuple[Data, ...] = DATA,
) -> list[Setting] | str:
    """Where a claim is looked at, or why it cannot be.

    Args:
        subjects: the nodes of the declaration, or its heads.
        data: where a claim of this sort can be looked at.

    Raises:
        MeasurementError: a run failed.
    """
    runs = RUNS if claim.run is None else (claim.run,)
    inside = {group.name for group in trial.circuit.groups}
    if claim.node not in inside and "circuit" in runs:
        return f"{claim.node} is not in the circuit and says nothing there; claim it `in model`"
    found = []
    for over in data if claim.over is None else (claim.over,):
        passages = passages_of(trial, over)
        if passages is None:
            return "the model comes without held-out text; claim it `over task`"
        for run in runs:
            heads = [subject for subject in subjects if isinstance(subject, Head)]
            recording = record(trial, run, passages, heads)
            for subject in subjects:
                name = "" if len(subjects) == 1 else f", {subject}"
                found.append(Setting(recording, subject, f"{recording.what}{name}"))
    return found


def weighed(
    claim: RoleClaim,
    settings: list[Setting] | str,
    measure: Measure,
    *,
    trivial: str | None = None,
    control: tuple[str, str, str] | None = None,
) -> Weighed:
    """The claim with the numbers of its settings; the worst of them is the claim's.

    Args:
        settings: from `settings_of`.
        trivial: why no node could fail the claim, if that is so.
        control: what is estimated without the node doing anything, what to say where that complies
            with the claim already, and where it is not shown not to.
    """
    if isinstance(settings, str):
        return Weighed(question=None, vacuous=settings)
    measured = [(setting, measure(setting)) for setting in settings]
    missing = [f"{s.what}: {found}" for s, found in measured if isinstance(found, str)]
    found = [(setting, one) for setting, one in measured if isinstance(one, Found)]
    vacuous = trivial or (missing[0] if missing else None)
    if not found:
        return Weighed(question=None, vacuous=vacuous)

    def parts(level: float) -> tuple[PartResult, ...]:
        return tuple(_part(setting, one.estimate, level) for setting, one in found)

    return Weighed(
        question=Question(
            Worst(tuple(one.estimate for _, one in found), claim.comparison),
            claim.comparison,
            claim.threshold,
        ),
        premises=_premises(claim, [one for _, one in found], control),
        vacuous=vacuous,
        parts=parts,
        facts=tuple(dict.fromkeys(fact for _, one in found for fact in one.facts)),
    )


def _premises(
    claim: RoleClaim, found: Sequence[Found], control: tuple[str, str, str] | None
) -> tuple[Premise, ...]:
    """That in some setting at least the control does not comply."""
    controls = tuple(one.control for one in found if one.control is not None)
    if control is None or not controls:
        return ()
    metric, broken, unclear = control
    worst = Worst(controls, claim.comparison)
    question = Question(worst, claim.comparison, claim.threshold)
    return (Premise(question, holds=False, metric=metric, broken=broken, unclear=unclear),)


def _part(setting: Setting, estimate: Estimate, level: float) -> PartResult:
    return PartResult(
        what=setting.what,
        estimate=estimate.value,
        # One unit has no interval.
        interval=estimate.interval(level) if estimate.exact or estimate.n > 1 else None,
        n=estimate.n,
        unit=setting.passages.unit_name,
    )


def means_by_unit(passages: Passages, values: Floats, where: Bools) -> Floats:
    """[unit that has any]: means of [position] values over the positions of each unit.

    A unit counts as one, however many such positions it has, as in `statistics.auc`.
    """
    units, number = np.unique(passages.unit[where], return_inverse=True)
    sums = np.bincount(number, weights=values[where], minlength=len(units))
    means: Floats = sums / np.bincount(number, minlength=len(units))
    return means


def occurrence(passages: Passages, where: Bools, called: str) -> str:
    """How often a group occurs, as a sentence."""
    count, units = int(where.sum()), len(np.unique(passages.unit[where]))
    return (
        f"{called} in the {passages.data}: {count} {'position' if count == 1 else 'positions'} "
        f"in {units} of {passages.units} {passages.unit_name}"
    )


def absent(passages: Passages, called: str) -> str:
    """Why a group that does not occur leaves nothing to be looked at."""
    way_out = "; claim it `over task`" if passages.data == "text" else "; claim it `over text`"
    return f"there is no position {called}{way_out}"


def listed_tokens(texts: Iterable[str]) -> str:
    """Tokens in a sentence."""
    return ", ".join(repr(text) for text in texts)
