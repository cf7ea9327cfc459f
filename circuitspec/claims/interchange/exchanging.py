"""Exchanging: with the values of a prompt of another pair with the same answer, the answer stays.

What nodes carry may be the variable that their name says, or that variable mixed with whatever
else their prompt had. Only in the first case can one prompt's values stand in for another's.

A node that nobody hears passes as well. So the same is done once more with the values of the other
prompt of the donor's pair, which has the other answer: where the answer stays all the same, the
nodes do not decide it. That share is shown beside, and is what `swapping` claims things about.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from circuitspec.claims.interchange.donors import Donation, choose_donors, prompts_of
from circuitspec.claims.interchange.intervene import Given, intervene
from circuitspec.claims.interchange.outcome import Outcome, weighed
from circuitspec.claims.interchange.runner import Runner, runs_of
from circuitspec.claims.interchange.subjects import (
    nodes_named,
    only_outside,
    unmoved,
    unmoved_of_circuit,
)
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Exchanging
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.tokens import PairBatch

_DONORS = 0x6578  # its own stream of random numbers


def weigh_exchanging(claim: Exchanging, trial: Trial) -> Weighed:
    """Measure the share of answers that stay, among pairs that were answered rightly.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    if (vacuous := only_outside(claim, trial)) is not None:
        return Weighed(question=None, vacuous=vacuous)
    donations = _donations(claim, trial)
    nodes = nodes_named(trial, claim.nodes)
    runners = [Runner.of(trial, run, nodes) for run in runs_of(claim.run)]
    outcomes = [_outcome(claim, runner, donations, other=False) for runner in runners]
    controls = [_outcome(claim, runner, donations, other=True) for runner in runners]
    sources = list(zip(outcomes, controls, strict=True))
    return weighed(
        claim,
        trial,
        outcomes,
        controls=controls,
        vacuous=unmoved(claim, trial, sources),
        facts=(*_facts(donations), *unmoved_of_circuit(claim, trial, sources)),
    )


def _donations(claim: Exchanging, trial: Trial) -> list[Donation | None]:
    task, tokenizer = trial.task, trial.circuit.model.tokenizer
    try:
        verifying = encode_pairs(task.verifying, tokenizer, called=task.verifying_pair)
        finding = (
            encode_pairs(task.finding, tokenizer, called=task.finding_pair) if task.finding else ()
        )
    except TaskError as error:
        raise MeasurementError(f"the task could not be put to the model: {error}") from error
    return choose_donors(
        prompts_of(task.verifying, verifying, verifying=True),
        prompts_of(task.finding, finding, verifying=False),
        claim.at,
        np.random.default_rng([trial.seed, _DONORS]),
    )


def _outcome(
    claim: Exchanging, runner: Runner, donations: Sequence[Donation | None], *, other: bool
) -> Outcome:
    """With the donors' values, or with those of the `other` prompt of the donor's pair."""

    @cache
    def values() -> dict[int, Tensor]:
        """What each prompt is given; not run where the outcome was kept."""
        return _values(runner, donations, other=other)

    def give(batch: PairBatch, own: Tensor) -> Given:
        given = own.clone()
        positions = torch.zeros(own.shape[:2], dtype=torch.bool)
        asked = torch.zeros(len(batch.members), 2, dtype=torch.bool)
        for row, member in enumerate(batch.members):
            for side in (0, 1):
                donation = donations[2 * member + side]
                value = values().get(2 * member + side)
                if donation is None or value is None:
                    continue
                asked[row, side] = True
                for theirs, ours in donation.positions:
                    given[2 * row + side, ours] = value[theirs]
                    positions[2 * row + side, ours] = True
        return Given(given, positions, asked)

    settings: dict[str, object] = {
        "claim": "exchanging",
        "at": claim.at,
        "seed": runner.trial.seed,
        "values": "of the other answer" if other else "of the same answer",
    }
    return intervene(runner, give, settings)


def _values(
    runner: Runner, donations: Sequence[Donation | None], *, other: bool
) -> dict[int, Tensor]:
    """What each prompt is given [position of the donor, node], by donors that the run answers
    rightly (as it is, without a calibration)."""
    given = [(index, d.donor) for index, d in enumerate(donations) if d is not None]
    prompts = [torch.tensor(p.others if other else p.tokens) for _, p in given]
    logits, values = runner.values_of(prompts)
    found = {}
    for (index, donor), row, value in zip(given, logits, values, strict=True):
        right, wrong = (donor.wrong, donor.answer) if other else (donor.answer, donor.wrong)
        if row[right] > row[wrong]:
            found[index] = value
    return found


def _facts(donations: Sequence[Donation | None]) -> tuple[str, ...]:
    found = [donation for donation in donations if donation is not None]
    if not found:
        return ()
    finding = sum(donation.from_finding for donation in found)
    same = sum(donation.same_template for donation in found)
    facts = [f"values come from finding pairs for {finding} of {len(found)} prompts"]
    if same:
        facts.append(f"{same} of {len(found)} prompts are given values of their own template")
    return tuple(facts)
