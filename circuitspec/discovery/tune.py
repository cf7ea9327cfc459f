"""Settings of the mask training for one model and task, by trial (optuna, the extra `tune`).

The paper tunes them for each task with CARBS, 256 runs a task; this is the same idea with an
optimiser that is kept up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.search_circuit import (
    Discovery,
    Ground,
    NotFoundError,
    OnProgress,
    score_nodes,
    search_circuit,
)

if TYPE_CHECKING:
    import optuna


class TuneError(Exception):
    """No tuning here; `str()` of it is for the user."""


def tune(
    ground: Ground,
    settings: Discovery,
    trials: int,
    *,
    seed: int = 0,
    on_progress: OnProgress = lambda done, total, what: None,
) -> MaskTraining:
    """The training of the best of `trials`, the first of which is that of `settings`.

    Best is the fewest nodes, then the fewest edges, then the least loss, on the finding pairs.

    Raises:
        TuneError: optuna is not installed.
        NotFoundError: no trial found a circuit.
    """
    try:
        import optuna
    except ModuleNotFoundError:
        raise TuneError("optuna is not installed") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    start = settings.training
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial(
        {
            "price": start.price,
            "learning_rate": start.learning_rate,
            "temperature": start.temperature,
            "start": start.start,
            "price_rate": start.price_rate,
        }
    )

    def run(trial: optuna.Trial) -> float:
        tried = replace(settings, training=_suggested(trial, replace(start, seed=seed)))
        name = f"trial {trial.number + 1} of {trials}"

        def report(done: int, total: int | None, what: str) -> None:
            on_progress(done, total, f"{name}, {what}")

        scores = score_nodes(ground, tried, on_progress=report)
        try:
            found = search_circuit(ground, scores, tried, on_progress=report)
        except NotFoundError as error:
            raise optuna.TrialPruned(str(error)) from None
        # One number in the order of (nodes, edges, loss): edges are fewer than a thousand per node.
        return len(found.nodes) + 1e-3 * len(found.edges or ()) + 1e-6 * min(found.kept.loss, 1.0)

    study.optimize(run, n_trials=trials)
    if not study.get_trials(states=(optuna.trial.TrialState.COMPLETE,)):
        raise NotFoundError(f"none of {trials} trials found a circuit")
    return replace(start, **study.best_params)


def _suggested(trial: optuna.Trial, training: MaskTraining) -> MaskTraining:
    return replace(
        training,
        price=trial.suggest_float("price", 1e-4, 1e-2, log=True),
        learning_rate=trial.suggest_float("learning_rate", 1e-2, 1e-1, log=True),
        temperature=trial.suggest_float("temperature", 0.25, 4.0, log=True),
        start=trial.suggest_float("start", 0.02, 0.5, log=True),
        price_rate=trial.suggest_float("price_rate", 0.01, 0.1, log=True),
    )
