"""Measuring what takes long ahead of the verdict, on several processors at once.

Claims are judged one after the other by one process. What takes long in them is kept in a store, so
that others can measure it first: here several processes weigh a claim each and leave what they
measured there. Then the verdict finds it, as it would after an interruption. Nothing else passes
between them, so that a report does not depend on how many there were.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import replace

import torch

from circuitspec.claims.measure import OnProgress, quiet
from circuitspec.claims.trial import Trial
from circuitspec.language.claim_text import statement
from circuitspec.language.claims import Beats, Claim, Complete, Sufficient, Unique
from circuitspec.verdict.weigh_claim import weigh

_HARDEST = ("nonsense", "shuffled_answers", "random_weights", "random_circuits")


def measure_ahead(
    claims: Sequence[Claim], trial: Trial, workers: int, on_progress: OnProgress
) -> None:
    """Weigh `claims` in processes of their own, for what they leave in the trial's store.

    Args:
        trial: with a store that has a folder.
        workers: how many processes; each computes on one thread.
        on_progress: told how many claims are done, of how many, and which was the last.
    """
    if trial.store.folder is None:
        raise ValueError("what is measured ahead is found in a store, and this one keeps nothing")
    ordered = sorted(claims, key=_quickness)
    # Not forked: torch's threads do not survive that.
    context = multiprocessing.get_context("spawn")
    silent = replace(trial, runs=replace(trial.runs, on_progress=quiet))
    pool = ProcessPoolExecutor(workers, context, _begin, (silent,))
    try:
        on_progress(0, len(ordered), "what takes long")
        running: dict[Future[None], Claim] = {pool.submit(_weigh, c): c for c in ordered}
        done = 0
        while running:
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                claim = running.pop(future)
                future.result()
                done += 1
                on_progress(done, len(ordered), statement(claim).partition(":")[0])
    except BaseException:
        # Whoever interrupts does not want to wait for the rest; what is kept was written whole.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    pool.shutdown()


_trial: Trial | None = None


def _begin(trial: Trial) -> None:
    """What every process does first."""
    global _trial
    torch.set_num_threads(1)
    _trial = trial
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process whose parent was killed would go on for minutes for nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _weigh(claim: Claim) -> None:
    assert _trial is not None
    weigh(claim, _trial)


def _quickness(claim: Claim) -> int:
    """What takes longest comes first, so that no process waits for one that began too late."""
    match claim:
        case Beats(control=control) if control in _HARDEST:
            return _HARDEST.index(control)
        case Unique() | Complete():
            return len(_HARDEST)
        case Sufficient(under="adversary" | "optimal" | "subsets"):
            return len(_HARDEST) + 1
        case _:
            return len(_HARDEST) + 2
