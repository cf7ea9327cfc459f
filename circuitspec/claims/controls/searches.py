"""Searches that a circuit is held against: each made once, and kept with what it found.

All are the same search (see `discovery.null_search`), on the task's finding pairs alone, made as
hard as it takes to find the task itself with not many more nodes than the circuit has. The loss
that they have to reach is the circuit's own on the pairs that nodes are left out on, and at least
`LEAST_LOSS`: of a circuit that loses next to nothing, a search for as little would have to find the
whole model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import torch

from circuitspec.circuit.nodes import Node, parse_node
from circuitspec.claims.controls.drops import finite
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.discovery.goal import Nodes
from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.null_search import Hunt, NullSearch, search_path, tokenize
from circuitspec.discovery.nulls import (
    nonsense_answers,
    with_answers,
    with_redrawn_weights,
    with_shuffled_answers,
)
from circuitspec.engine.ablation import AblationValues, mean_ablation
from circuitspec.engine.masks import Masks, keep_nodes
from circuitspec.model.folder import Model
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

Sought: TypeAlias = Literal["task", "another", "nonsense", "shuffled_answers", "random_weights"]
"""The task itself; the task without the circuit's nodes; and the nulls."""

LEAST_LOSS = 0.05

EFFORTS = (
    NullSearch(MaskTraining(steps=100, batches=1)),
    NullSearch(MaskTraining(steps=100, batches=2)),
    NullSearch(MaskTraining(steps=200, batches=4)),
    NullSearch(MaskTraining(steps=200, batches=4).slower()),
)
"""How hard to search: what cannot be found proves nothing unless the task itself can, and with what
finds ten times the circuit everything looks large. So each is tried until one finds the task with
at most `GOOD` times the circuit's nodes, and all else is sought with as many."""

GOOD: float = 2

PAIRS = EFFORTS[0].pairs
"""On how many pairs nodes are left out, at most."""

_NONSENSE_TRIED = 8


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found.

    Attributes:
        goal: the loss that was to be reached.
        full: what the full model loses, on the pairs that nodes are left out on.
        needed: the fewest nodes that reach the goal; None if it was not reached.
        lowest: the least loss of all sets that were tried, and how many nodes that takes.
        candidates: how many nodes there were to choose from.
        best: by what multiple of the circuit's size (1, 2), the best set of at most so many nodes.
        best_loss: of these, on the pairs that nodes were left out on.
        best_verified: of these, [pair] on the verifying pairs (with their own answers shuffled or
            replaced likewise).
        what: what was sought where that needs to be said.
        effort: how hard.
    """

    goal: float
    full: float
    needed: int | None
    lowest: tuple[float, int]
    candidates: int
    best: tuple[Nodes, Nodes]
    best_loss: tuple[float, float]
    best_verified: tuple[Floats, Floats]
    what: str
    effort: NullSearch


class NothingToSeekError(Exception):
    """There is nothing to search on or for; `str()` of it says why a claim is vacuous."""


def own_loss(trial: Trial) -> float:
    """What the circuit alone loses where nodes are left out in searches; as it is, uncalibrated.

    Raises:
        NothingToSeekError: there are no finding pairs, or it or the full model does no better than
            a coin.
        MeasurementError: NaN or infinity.
    """
    if not trial.task.finding:
        raise NothingToSeekError("the task has no pairs for finding, on which one could search")
    full = float(trial.runs.full().loss.mean())
    if full >= math.log(2):
        raise NothingToSeekError(
            f"the full model itself does no better than a coin: loss {full:.3g}"
        )

    def measure() -> Arrays:
        batches = _tokenized(trial, trial.task)[1]
        return {
            "loss": finite(score_pairs(batches, trial.circuit.keep), "the circuit").loss.numpy()
        }

    key = {**identity(trial.circuit, trial.task), "measured": "own loss", "pairs": PAIRS}
    loss = float(trial.store.get(key, measure)["loss"].mean())
    if loss >= math.log(2):
        raise NothingToSeekError(
            f"the circuit alone does no better than a coin on the finding pairs: loss {loss:.3g}"
        )
    return loss


def searched(trial: Trial, sought: Sought) -> tuple[Searched, ...]:
    """Search with every effort that finding the task itself took, unless that was done before.

    A null is sought with each of them, since more effort does not always find fewer nodes: else the
    best of several searches for the task would be held against a single one.

    Raises:
        NothingToSeekError: there is nothing to search on or for.
        MeasurementError: a run gave no numbers.
    """
    if sought == "random_weights" and trial.held_out is None:
        raise NothingToSeekError("the model comes with no held-out text to measure means on")
    most = GOOD * len(trial.circuit.nodes)
    task: list[Searched] = []
    for effort in EFFORTS:
        task.append(_searched(trial, "task", effort))
        if (task[-1].needed or math.inf) <= most:
            break
    if sought == "task":
        return tuple(task)
    return tuple(_searched(trial, sought, found.effort) for found in task)


def fewest(found: Sequence[Searched]) -> Searched:
    """That which needs the fewest nodes; if none reaches the goal, that which came closest."""
    return min(found, key=lambda one: (one.needed or math.inf, one.lowest))


def best_of_its_size(found: Sequence[Searched]) -> Searched:
    """That whose best set of the circuit's size loses least, on the pairs that were searched on."""
    return min(found, key=lambda one: one.best_loss)


def efforts(found: Sequence[Searched]) -> tuple[str, ...]:
    """With which efforts all was sought, where one was not enough."""
    if len(found) == 1:
        return ()
    said = ", ".join(
        f"{one.effort.training.steps} x {one.effort.training.batches} batches at "
        f"{one.effort.training.learning_rate:g}"
        for one in found
    )
    return (
        f"each the best of {len(found)} searches, in which masks are learnt from {said}: with less "
        f"the task itself was not found, or with more than {GOOD:g} times the circuit's nodes only",
    )


def _searched(trial: Trial, sought: Sought, effort: NullSearch) -> Searched:
    goal = max(own_loss(trial), LEAST_LOSS)
    size = len(trial.circuit.nodes)
    settings = effort.seeded(trial.seed)
    key = {
        **identity(trial.circuit, trial.task),
        "measured": "search",
        "sought": sought,
        "goal": goal,
        "pairs": settings.pairs,
        "training": vars(settings.training),
        "grow": settings.grow,
        "text": None if trial.held_out is None else trial.held_out.sha256,
    }
    if sought == "shuffled_answers":
        key["learnt on"] = "the pairs alone"
    found = trial.store.get(key, lambda: _search(trial, sought, goal, size, settings))
    return _from(found, goal, effort)


def _search(trial: Trial, sought: Sought, goal: float, size: int, settings: NullSearch) -> Arrays:
    ground = _ground(trial, sought)
    hunt = Hunt.of(
        ground.model.transformer,
        _tokenized(trial, ground.task),
        ground.ablation,
        trial.circuit.scope,
        goal,
        forbidden=frozenset(trial.circuit.nodes) if sought == "another" else frozenset(),
    )
    path = search_path(
        hunt,
        settings,
        size,
        on_progress=lambda done, total, what: trial.tell(done, total, f"{_SAID[sought]}, {what}"),
    )
    best = tuple(path.best(multiple * size) for multiple in (1, 2))
    verify = _verifier(hunt, ground)
    needed, lowest = path.needed(goal), path.lowest
    loss_of = dict(zip(path.sets, path.losses, strict=True))
    found: Arrays = {
        "needed": np.array(-1 if needed is None else needed),
        "lowest": np.array(lowest[0]),
        "lowest_size": np.array(lowest[1]),
        "candidates": np.array(hunt.count),
        "full": np.array(hunt.keeping.run(Masks()).loss),
        "what": np.array(ground.what),
    }
    for multiple, nodes in enumerate(best, 1):
        found[f"nodes{multiple}"] = np.array([str(node) for node in _sorted(nodes)], dtype=np.str_)
        found[f"loss{multiple}"] = np.array(loss_of[nodes])
        found[f"verified{multiple}"] = verify(nodes)
    return found


def _from(arrays: Arrays, goal: float, effort: NullSearch) -> Searched:
    def nodes(name: str) -> Nodes:
        return frozenset(parse_node(str(text)) for text in arrays[name])

    needed = int(arrays["needed"])
    return Searched(
        goal=goal,
        full=float(arrays["full"]),
        needed=None if needed < 0 else needed,
        lowest=(float(arrays["lowest"]), int(arrays["lowest_size"])),
        candidates=int(arrays["candidates"]),
        best=(nodes("nodes1"), nodes("nodes2")),
        best_loss=(float(arrays["loss1"]), float(arrays["loss2"])),
        best_verified=(arrays["verified1"], arrays["verified2"]),
        what=str(arrays["what"]),
        effort=effort,
    )


@dataclass(frozen=True, eq=False)
class _Ground:
    """What is searched in, and for what."""

    model: Model
    task: Task
    ablation: AblationValues
    what: str = ""


_SAID: dict[Sought, str] = {
    "task": "the task",
    "another": "another circuit",
    "nonsense": "nonsense",
    "shuffled_answers": "shuffled answers",
    "random_weights": "redrawn weights",
}


def _ground(trial: Trial, sought: Sought) -> _Ground:
    model, task, ablation = trial.circuit.model, trial.task, trial.circuit.ablation
    match sought:
        case "task" | "another":
            return _Ground(model, task, ablation)
        case "shuffled_answers":
            # There is no rule to be learnt from the other pairs, which would only be in the way.
            few = [task.finding[i] for i in spread_over_templates(task.finding, PAIRS)]
            task = replace(task, finding=tuple(few), finding_lines=())
            return _Ground(model, with_shuffled_answers(task, trial.seed), ablation)
        case "random_weights":
            redrawn = with_redrawn_weights(model, trial.seed)
            own = mean_ablation(redrawn.reference.means) if ablation.kind == "mean" else ablation
            return _Ground(redrawn, task, own)
        case "nonsense":
            return _nonsense(trial)


def _nonsense(trial: Trial) -> _Ground:
    """The first two words between which the model itself does no better than a coin; else they are
    no nonsense to it."""
    model = trial.circuit.model
    for count, answers in enumerate(nonsense_answers(model, trial.task)):
        if count == _NONSENSE_TRIED:
            break
        task = with_answers(trial.task, answers)
        with torch.no_grad():
            scores = score_pairs(_tokenized(trial, task)[1], model.transformer)
        if float(finite(scores, "the full model").loss.mean()) >= math.log(2):
            said = f"{answers[0]!r} for {answers[1]!r}"
            return _Ground(model, task, trial.circuit.ablation, said)
    raise NothingToSeekError("no two words of the vocabulary are nonsense to the model here")


def _tokenized(trial: Trial, task: Task) -> tuple[tuple[PairBatch, ...], tuple[PairBatch, ...]]:
    measured = spread_over_templates(task.finding, PAIRS)
    try:
        return tokenize(task.finding, measured, trial.circuit.model.tokenizer)
    except TaskError as error:
        raise MeasurementError(f"the finding pairs cannot be run: {error}") from error


def _verifier(hunt: Hunt, ground: _Ground) -> Callable[[Nodes], Floats]:
    batches = tokenize_pairs(ground.task.verifying, ground.model.tokenizer)

    @torch.no_grad()
    def verified(nodes: Nodes) -> Floats:
        kept = keep_nodes(hunt.config, hunt.keeping.scope, ((n.place, n.index) for n in nodes))
        run = hunt.keeping.compiler(Masks(kept))
        scores = score_pairs(batches, lambda tokens: run(tokens, last_only=True))
        losses: Floats = finite(scores, "what was found").loss.numpy()
        return losses

    return verified


def _sorted(nodes: Nodes) -> list[Node]:
    return sorted(nodes, key=lambda node: node.order)
