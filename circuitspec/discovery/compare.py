"""One task, several goals and ways to rank: how large the circuits are that each leads to.

Masks are learnt once; every variant but those by attribution cuts and cleans up the same scores, so
that what differs is the goal and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from circuitspec.discovery.goal import Goal
from circuitspec.discovery.rank import fewest_that_suffice
from circuitspec.discovery.search_circuit import (
    FIRST_ATTRIBUTED,
    Discovery,
    Found,
    Ground,
    NotFoundError,
    OnProgress,
    score_nodes,
    search_circuit,
    weights_between,
)
from circuitspec.language.spec import Calibration
from circuitspec.model.folder import Model
from circuitspec.tasks.task import Task


@dataclass(frozen=True)
class Variant:
    """What one way comes to.

    Attributes:
        name: the way.
        found: None where it leads to no circuit.
    """

    name: str
    found: Found | None


def compare(
    model: Model,
    task: Task,
    settings: Discovery,
    *,
    on_progress: OnProgress = lambda done, total, what: None,
) -> tuple[Variant, ...]:
    """The circuits of `task`, in the order of `VARIANTS`.

    - masks: learnt masks, logits as they are, the goal of `settings`.
    - calibrated: the same goal for logits with a fitted scale and shift, as in the paper.
    - equal accuracy: logits as they are, and only to be right as often as the calibrated circuit.
    - attribution: the goal of `settings`, by as many of the best-attributed nodes as it takes, with
      all weights between them. They are some thousand, and nothing is removed from them: to be
      compared with what the masks' cut leaves (`Found.ranked`).

    Raises:
        TaskError: the task cannot be asked of this model.
    """
    return tuple(_variants(model, task, settings, on_progress))


VARIANTS = ("masks", "calibrated", "equal accuracy", "attribution")


def _variants(
    model: Model, task: Task, settings: Discovery, on_progress: OnProgress
) -> Iterator[Variant]:
    plain = replace(settings, calibration=None, method="masks")
    ground = Ground.of(model, task, plain)
    learnt = score_nodes(ground, plain, on_progress=on_progress)

    def variant(name: str, changed: Discovery) -> Variant:
        def report(done: int, total: int | None, what: str) -> None:
            on_progress(done, total, f"{name}, {what}")

        keeping = replace(ground.keeping, calibration=changed.calibration, _seen={})
        try:
            found = search_circuit(
                replace(ground, keeping=keeping), learnt, changed, on_progress=report
            )
        except NotFoundError:
            return Variant(name, None)
        return Variant(name, found)

    yield variant("masks", plain)
    calibrated = variant("calibrated", replace(plain, calibration=Calibration(shift=True)))
    yield calibrated
    if calibrated.found is None:
        yield Variant("equal accuracy", None)
    else:
        goal = Goal("accuracy", calibrated.found.kept.accuracy)
        yield variant("equal accuracy", replace(plain, goal=goal))
    yield Variant("attribution", _best_attributed(ground, replace(plain, method="attribution")))


def _best_attributed(ground: Ground, settings: Discovery) -> Found | None:
    scores = score_nodes(ground, settings)
    nodes = fewest_that_suffice(scores, ground.keeping, settings.goal, first=FIRST_ATTRIBUTED)
    if nodes is None:
        return None
    edges = weights_between(ground.model.transformer, nodes)
    return Found(nodes, edges, ground.keeping(nodes), ranked=len(nodes), cheap=0)
