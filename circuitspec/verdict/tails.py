"""The worst that a run does: what a mean hides.

A circuit with a mean loss of 0.05 nats may be sure and wrong on one pair in a hundred, or on all
pairs of one template. So a report says the percentiles of its pairs' losses, the worst pair in
full, and the template that it is worst on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from circuitspec.claims.measure import MeasurementError, Measurements, Scores
from circuitspec.report.report import LossTail, Tails
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.tasks.task import Task


def tails(runs: Measurements) -> Tails:
    """Of the full model and of the circuit alone; None for one that gave no finite numbers."""
    return Tails(full=_tail(runs.full, runs.task), keep=_tail(runs.keep, runs.task))


def _tail(run: Callable[[], Scores], task: Task) -> LossTail | None:
    try:
        loss = run().loss
    except MeasurementError:
        return None
    return loss_tail(loss, task)


def loss_tail(loss: Floats, task: Task) -> LossTail:
    """The tail of pairs' losses.

    Args:
        loss: [pair] in nats, of the task's verifying pairs, at least one.
    """
    # The least loss that so many pairs do not exceed: a loss that was measured, not one between.
    p90, p95, p99 = np.quantile(loss, [0.9, 0.95, 0.99], method="inverted_cdf")
    worst = int(loss.argmax())
    templates = [pair.template for pair in task.verifying]
    means = {
        name: float(loss[[template == name for template in templates]].mean())
        for name in dict.fromkeys(templates)
    }
    worst_template = max(means, key=means.__getitem__)
    return LossTail(
        p90=float(p90),
        p95=float(p95),
        p99=float(p99),
        worst=float(loss[worst]),
        pair=worst,
        prompts=task.verifying[worst].prompts,
        template=templates[worst],
        worst_template=worst_template,
        worst_template_loss=means[worst_template],
        templates=len(means),
    )
