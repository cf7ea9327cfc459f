"""What stands in for what is taken away, under every alternative that replaces values.

- `zero`: 0.
- `task_mean`: the mean over all positions of the task's prompts for finding circuits.
- `resample`: what a random position of held-out text gives, another one for each position of each
  prompt (see `engine.resampled`), several draws.
- `counterfactual`: what the node says at the same position of the other prompt of the pair.
- `optimal`: constants that serve best, fitted on the prompts for finding (see `optimal`).

All but `zero` and the means come from the full model's own runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import torch

from circuitspec.circuit.circuit import Circuit
from circuitspec.claims.alternatives.optimal import Part, fitting_pairs, optimal_constants
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Arrays
from circuitspec.claims.trial import Trial
from circuitspec.engine.ablation import (
    AblationValues,
    mean_ablation,
    paired_ablation,
    zero_ablation,
)
from circuitspec.engine.resampled import Donors, resampled_values, text_donors
from circuitspec.model.places import Place
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.task import Pair
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

Replacing: TypeAlias = Literal["zero", "task_mean", "resample", "counterfactual", "optimal"]
DRAWS = 3
"""Of `resample`, for each pair."""

_DONORS = 0x616C74
_POSITIONS = 0x616C75


@dataclass(frozen=True)
class StandIn:
    """One alternative for one run.

    Attributes:
        values: of a batch and the number of a draw, at some places at least.
        draws: how many draws there are; 1 where nothing is random.
        settings: what the values depend on besides circuit and task, for `Store`.
        facts: what a reader should know of them.
    """

    values: Callable[[PairBatch, int, Collection[Place]], AblationValues]
    draws: int = 1
    settings: Mapping[str, object] | None = None
    facts: tuple[str, ...] = ()


def stand_in(trial: Trial, alternative: Replacing, part: Part) -> StandIn:
    """What stands in for what is ablated in a run.

    Raises:
        MeasurementError: the task has no prompts to fit on, or the model comes without text.
    """
    match alternative:
        case "zero":
            zero = zero_ablation(trial.circuit.model.config)
            return StandIn(lambda batch, draw, places: zero)
        case "task_mean":
            return _task_mean(trial)
        case "resample":
            return _resample(trial)
        case "counterfactual":
            model = trial.circuit.model.transformer
            return StandIn(
                lambda batch, draw, places: paired_ablation(
                    model, batch.tokens.flatten(0, 1), places
                )
            )
        case "optimal":
            return _optimal(trial, part)


def _task_mean(trial: Trial) -> StandIn:
    pairs, whence = _prompts(trial)

    model = trial.circuit.model

    def measure() -> Arrays:
        batches = tokenize_pairs(pairs, model.tokenizer)
        tokens = (batch.tokens.flatten(0, 1) for batch in batches)
        found = measure_reference_means(model.transformer, tokens, source=whence)
        return {str(place): mean.numpy() for place, mean in found.means.items()}

    @cache
    def means() -> AblationValues:
        digest = trial.task.finding_sha256 if trial.task.finding else trial.task.sha256
        key = {"measured": "task means", "model": model.sha256, "pairs": digest}
        try:
            found = trial.store.get(key, measure)
        except TaskError as error:
            raise MeasurementError(f"means over the task could not be taken: {error}") from error
        return mean_ablation(
            {place: torch.from_numpy(found[str(place)]) for place in trial.circuit.ablation.values}
        )

    fact = f"means are those over {2 * len(pairs)} {whence}"
    return StandIn(lambda batch, draw, places: means(), facts=(fact,))


def _prompts(trial: Trial) -> tuple[tuple[Pair, ...], str]:
    if trial.task.finding:
        return trial.task.finding, "prompts for finding"
    return trial.task.verifying, "prompts for verifying, for want of others"


def _resample(trial: Trial) -> StandIn:
    text = trial.held_out
    if text is None:
        raise MeasurementError("the model comes with no held-out text to draw values from")

    @cache
    def donors() -> Donors:
        rng = np.random.default_rng([trial.seed, _DONORS])
        return text_donors(trial.circuit.model.transformer, text, trial.circuit.scope, rng)

    def values(batch: PairBatch, draw: int, places: Collection[Place]) -> AblationValues:
        # A stream for each batch: what a pair is given does not depend on what came before it.
        rng = np.random.default_rng([trial.seed, _POSITIONS, draw, batch.members[0]])
        asked = Donors({place: donors().values[place] for place in places})
        return resampled_values(asked, 2 * len(batch.members), batch.tokens.shape[2], rng)

    return StandIn(
        values,
        DRAWS,
        {"seed": trial.seed, "text": text.sha256, "draws": DRAWS},
        (f"the mean over {DRAWS} draws of text positions",),
    )


def _optimal(trial: Trial, part: Part) -> StandIn:
    if not trial.task.finding:
        raise MeasurementError("the task has no pairs for finding to fit constants on")

    @cache
    def fitted() -> AblationValues:
        return optimal_constants(trial, part)

    pairs = fitting_pairs(trial.task, part)
    return StandIn(
        lambda batch, draw, places: fitted(), facts=(f"constants were fitted on {pairs} pairs",)
    )


def masked_part(circuit: Circuit, part: Part) -> Circuit:
    """The circuit that a run keeps or drops."""
    return circuit.emptied() if part == "empty" else circuit


def is_constant(values: AblationValues) -> bool:
    """Whether every node has one finite value for all prompts and positions."""
    return all(
        value.ndim == 1 and bool(torch.isfinite(value).all()) for value in values.values.values()
    )
