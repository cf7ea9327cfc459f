"""Constant: a node says nearly the same at every position.

The spread is the standard deviation over positions as a part of the root mean square: with m the
mean and s the mean square, sqrt(1 - m**2 / s), from 0 for a constant to 1 for what is 0 on average.
Both means are taken over units (pairs, templates, windows of text) of the means over a unit's
positions. The interval is that of the studentised bootstrap over units; of what does not depend on
the tokens at all it is the point 0. A node that is 0 everywhere has no spread.
"""

from __future__ import annotations

import numpy as np

from circuitspec.claims.roles.weigh_role import (
    Found,
    Setting,
    means_by_unit,
    settings_of,
    weighed,
)
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Constant
from circuitspec.statistics.bootstrap import Bootstrapped
from circuitspec.statistics.skewed_mean import Floats

# What rounding leaves of the square of a spread that is 0.
_ROUNDING = 1e-9


def weigh_constant(claim: Constant, trial: Trial) -> Weighed:
    """Measure how far from constant a node is.

    Raises:
        MeasurementError: a run failed, or gave NaN or infinity.
    """

    def measure(setting: Setting) -> Found | str:
        passages, said = setting.passages, setting.said
        if not said.any():
            return f"{setting.subject} is 0 everywhere, which is no constant but nothing"
        everywhere = np.ones(len(said), dtype=np.bool_)
        moments = np.stack(
            [means_by_unit(passages, power, everywhere) for power in (said, said**2)], axis=1
        )
        mean = moments[:, 0].mean()
        return Found(
            Bootstrapped(
                moments, spread, (0.0, 1.0), trial.seed, passages.exact, passages.unit_name
            ),
            (f"{setting.what}: the mean of {setting.subject} is {mean:.3g}",),
        )

    settings = settings_of(claim, trial, trial.named(claim.node).nodes)
    trivial = "no spread is greater than 1" if claim.threshold >= 1 else None
    return weighed(claim, settings, measure, trivial=trivial)


def spread(moments: Floats) -> Floats:
    """The spread [...] of what has a mean and a mean square [..., 2]."""
    mean, square = moments[..., 0], moments[..., 1]
    squared = 1 - mean**2 / np.where(square > 0, square, 1.0)
    found: Floats = np.sqrt(np.where(squared > _ROUNDING, np.minimum(squared, 1.0), 0.0))
    return found
