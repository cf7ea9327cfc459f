"""Holm's adjusted p-values: a family of tests of which each is read on its own.

statsmodels has them as `multipletests(p, method="holm")`; it is what these are tested against, and
too large to be asked of everybody who verifies a circuit.
"""

from __future__ import annotations

import numpy as np

from circuitspec.statistics.skewed_mean import Floats


def holm_adjusted(p: Floats) -> Floats:
    """The smallest level for the whole family at which each of its tests rejects (Holm 1979).

    Args:
        p: [test] p-values.

    Returns:
        [test], each at least its p-value and at most 1.
    """
    order = np.argsort(p, kind="stable")
    factors = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p[order]))
    return adjusted
