"""From numbers per pair to numbers per unit: what a trial counts as drawn independently."""

from __future__ import annotations

import numpy as np

from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.units import Units


def unit_means(units: Units, per_pair: Floats) -> Floats:
    """Means over the pairs of each unit, [..., unit], of numbers [..., pair].

    Where every input was run, pairs are the units: there is nothing to be off by.
    """
    if units.exact:
        return per_pair
    number = np.unique(units.number, return_inverse=True)[1]
    belongs = np.equal.outer(number, np.arange(number.max() + 1)).astype(np.float64)
    means: Floats = per_pair @ (belongs / belongs.sum(axis=0))
    return means
