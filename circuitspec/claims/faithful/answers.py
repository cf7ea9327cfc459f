"""Answers of the circuit alone against those of the full model, and its loss with frozen norms."""

from __future__ import annotations

import numpy as np
import torch

from circuitspec.claims.faithful.inside import look_inside
from circuitspec.claims.faithful.settings import NORMS_IN_WORDS
from circuitspec.claims.parts import parts_of, worst_of
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Faithful
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.tasks.scores import PairScores


def weigh_agreement(claim: Faithful, trial: Trial) -> Weighed:
    """The share of prompts on which circuit and model say the same of the two answers."""
    if (misfit := trial.runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    inside = look_inside(trial.circuit, trial.task, trial.store)
    settings = {
        f"circuit with {NORMS_IN_WORDS[norms]}": trial.share(
            same_answer(inside.full, calibrated(trial, inside.alone(norms)))
        )
        for norms in inside.norms
    }
    return Weighed(
        question=Question(worst_of(settings, claim.comparison), claim.comparison, claim.threshold),
        premises=tuple(
            nothing_fails(trial.share(same_answer(inside.full, nothing)), claim, f"agrees{how}")
            for how, nothing in emptied(trial, inside.nothing("live")).items()
        ),
        parts=parts_of(settings),
    )


def weigh_kl(claim: Faithful, trial: Trial) -> Weighed:
    """KL(model || circuit) over the two answers, in nats."""
    if (misfit := trial.runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    inside = look_inside(trial.circuit, trial.task, trial.store)
    settings = {
        f"circuit with {NORMS_IN_WORDS[norms]}": trial.mean(
            answer_kl(inside.full, calibrated(trial, inside.alone(norms)))
        )
        for norms in inside.norms
    }
    whole = ", ".join(
        f"{inside.vocabulary_kl(norms).mean():.3g} with {NORMS_IN_WORDS[norms]}"
        for norms in inside.norms
    )
    return Weighed(
        question=Question(worst_of(settings, claim.comparison), claim.comparison, claim.threshold),
        premises=tuple(
            nothing_fails(trial.mean(answer_kl(inside.full, nothing)), claim, f"is as near{how}")
            for how, nothing in emptied(trial, inside.nothing("live")).items()
        ),
        parts=parts_of(settings),
        facts=(f"over the whole vocabulary the KL in nats is {whole}",),
    )


def weigh_frozen_loss(claim: Faithful, trial: Trial) -> Weighed:
    """The loss of the circuit alone with the norm scales of the full model."""
    if (misfit := trial.runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    inside = look_inside(trial.circuit, trial.task, trial.store)
    if "frozen" not in inside.norms:
        return Weighed(question=None, vacuous="the model has no norms to freeze")
    bound = claim.comparison, claim.threshold
    live = _loss(calibrated(trial, inside.alone("live"))).mean()
    return Weighed(
        question=Question(trial.mean(_loss(calibrated(trial, inside.alone("frozen")))), *bound),
        premises=(
            Premise(
                Question(trial.mean(_loss(inside.full)), *bound),
                holds=True,
                metric="loss",
                broken="the full model itself fails",
                unclear="the full model itself is not shown to pass",
            ),
            *(
                nothing_fails(trial.mean(_loss(nothing)), claim, f"passes{how}")
                for how, nothing in emptied(trial, inside.nothing("frozen")).items()
            ),
        ),
        facts=(f"with live norms the loss is {live:.3g}",),
    )


def same_answer(full: Floats, alone: Floats) -> Bools:
    """Where both have the same likelier answer [pair, 2], from logit differences; a tie is none."""
    same: Bools = np.sign(full) * np.sign(alone) > 0
    return same


def answer_kl(full: Floats, alone: Floats) -> Floats:
    """KL(full || alone) over the two answers in nats, mean of both prompts [pair]."""
    p = torch.from_numpy(full).sigmoid()
    log = torch.nn.functional.logsigmoid
    x, y = torch.from_numpy(full), torch.from_numpy(alone)
    kl = p * (log(x) - log(y)) + (1 - p) * (log(-x) - log(-y))
    # Rounding may leave a little less than nothing.
    found: Floats = kl.clamp(min=0.0).mean(1).numpy()
    return found


def calibrated(trial: Trial, difference: Floats) -> Floats:
    """Right minus wrong logits [pair, 2] of the circuit, with what the spec has fitted to it."""
    scores = trial.runs.calibrated(PairScores.of(torch.from_numpy(difference)))
    found: Floats = scores.logit_diff.numpy()
    return found


def emptied(trial: Trial, difference: Floats) -> dict[str, Floats]:
    """Right minus wrong logits [pair, 2] of the emptied circuit, as they are and, where the spec
    declares a calibration, with a fit of its own; by what to add to a sentence."""
    scores = PairScores.of(torch.from_numpy(difference))
    return {how: s.logit_diff.numpy() for how, s in trial.runs.emptied_as(scores).items()}


def _loss(difference: Floats) -> Floats:
    loss: Floats = PairScores.of(torch.from_numpy(difference)).loss.numpy()
    return loss


def nothing_fails(nothing: Estimate, claim: Faithful, does: str) -> Premise:
    """A claim means something only if it does not hold of the emptied circuit, too."""
    return Premise(
        Question(nothing, claim.comparison, claim.threshold),
        holds=False,
        metric=claim.metric,
        broken=f"nothing at all already {does}",
        unclear="nothing at all is not shown to fail",
    )
