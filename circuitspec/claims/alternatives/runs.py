"""Runs of the circuit, of the model without it and of nothing at all, under an alternative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from circuitspec.claims.alternatives.optimal import Part
from circuitspec.claims.alternatives.stand_ins import (
    Replacing,
    StandIn,
    is_constant,
    masked_part,
    stand_in,
)
from circuitspec.claims.measure import MeasurementError, Scores
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masked import asked_places, run_masked
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import PairScores, score_pairs
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

WHAT: dict[Part, str] = {
    "keep": "the circuit alone",
    "drop": "the model without the circuit",
    "empty": "the emptied circuit",
}

# Values that each prompt and position has of its own take memory.
_BATCH = 16


@dataclass(frozen=True, eq=False)
class Under:
    """Runs under an alternative.

    Attributes:
        logit_diff: right minus wrong logits [draw, pair, 2], all finite.
        draws: how many there are.
        facts: what a reader should know of what stood in.
    """

    logit_diff: Mapping[Part, Floats]
    draws: int
    facts: tuple[str, ...]


def run_under(trial: Trial, alternative: Replacing, *parts: Part) -> Under:
    """Make some of the runs under an alternative.

    Raises:
        MeasurementError: they are not finite, or could not be made.
    """
    given = {part: stand_in(trial, alternative, part) for part in parts}
    if alternative != "optimal":
        # What is drawn or measured is the same for all parts.
        given = dict.fromkeys(parts, given[parts[0]])
    found = {part: _run(trial, alternative, part, given[part]) for part in parts}
    return Under(found, given[parts[0]].draws, given[parts[0]].facts)


def _run(trial: Trial, alternative: Replacing, part: Part, given: StandIn) -> Floats:
    key = {
        **identity(trial.circuit, trial.task),
        "measured": "alternative",
        "alternative": alternative,
        "part": part,
        **(given.settings or {}),
    }
    what = f"{WHAT[part]} under {alternative}"

    def measure() -> Arrays:
        try:
            batches = tokenize_pairs(
                trial.task.verifying, trial.circuit.model.tokenizer, batch_size=_BATCH
            )
        except TaskError as error:
            raise MeasurementError(f"{what} could not be run: {error}") from error
        found = []
        for draw in range(given.draws):
            found.append(_draw(trial, given, part, batches, draw))
            trial.tell(draw + 1, given.draws, what)
        return {"logit_diff": np.stack(found)}

    found: Floats = trial.store.get(key, measure)["logit_diff"]
    check_finite(found, what)
    return found


def check_finite(logit_diff: Floats, what: str) -> None:
    """Refuses NaN and infinity.

    Args:
        logit_diff: [draw, pair, 2].

    Raises:
        MeasurementError: there are some.
    """
    fine = np.isfinite(logit_diff).all(axis=2).all(axis=0)
    pairs = logit_diff.shape[1]
    if int(fine.sum()) < pairs:
        bad = pairs - int(fine.sum())
        raise MeasurementError(f"{what} gave NaN or infinity on {bad} of {pairs} pairs")


def scores_of(logit_diff: Floats, calibrate: Callable[[PairScores], PairScores]) -> Scores:
    """The scores of several draws as those of one run.

    A pair's loss is the mean over draws. Of the answers, pair i has those of draw i, counted round:
    a share of prompts has an exact interval only if each is right or wrong.

    Args:
        logit_diff: [draw, pair, 2].
        calibrate: what is done to the scores of each draw.
    """
    scores = [calibrate(PairScores.of(torch.from_numpy(draw))) for draw in logit_diff]
    loss = np.mean([run.loss.numpy() for run in scores], axis=0)
    right = np.stack([run.right.numpy() for run in scores])
    pairs = np.arange(right.shape[1])
    return Scores(loss, right[pairs % len(right), pairs])


def _draw(
    trial: Trial, given: StandIn, part: Part, batches: tuple[PairBatch, ...], draw: int
) -> Floats:
    circuit = masked_part(trial.circuit, part)
    model, usual = circuit.model.transformer, circuit.ablation
    masks = circuit.drop_masks() if part == "drop" else circuit.keep_masks()
    places = asked_places(masks)

    def values(batch: PairBatch) -> AblationValues:
        found = given.values(batch, draw, places)
        return AblationValues(found.kind, {**usual.values, **found.values})

    first = values(batches[0])
    if part != "drop" and is_constant(first):
        with torch.no_grad():
            run = Compiler.of(model, first)(masks)
            scores = score_pairs(batches, lambda tokens: run(tokens, last_only=True))
    else:
        # In the order of the batches, each of which has values of its own.
        own = map(values, batches)
        scores = score_pairs(batches, lambda tokens: run_masked(model, tokens, masks, next(own)))
    diffs: Floats = scores.logit_diff.numpy()
    return diffs
