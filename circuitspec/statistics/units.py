"""What was drawn independently: pairs of prompts, or the templates that made them.

Pairs of one template are alike, often more so than of different ones: of the circuits in the
gallery, more than half of the variance of a pair's loss is from template to template. Intervals
over pairs say what would come of more pairs of the same templates. Intervals over templates say
what would come of other templates, which is what an author means who speaks of a task, and there
are ten of them instead of two hundred pairs.

Over templates, every template counts alike, however many pairs it made: the number is the mean over
templates of the mean over their pairs.

- A mean (loss, cost, difference) has the cautious bounds of `skewed_mean`, since templates are few.
- A share of prompts has the bounds of `betting`, which assume only that shares are from 0 to 1. Ten
  templates that all comply say that nine in ten do with p = 1 at best, and no valid method says
  more: if one kind of template in ten did not comply at all, ten would miss it a third of the time.

Where every input was run, there is nothing to be off by, and the mean is that over pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from circuitspec.language.spec import Unit
from circuitspec.statistics.betting import BettingMean
from circuitspec.statistics.estimate import Estimate, Mean, Share
from circuitspec.statistics.least_mean import LeastMean
from circuitspec.statistics.skewed_mean import CAUTIOUS, Bools, Floats

Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Units:
    """The pairs that something was measured on, and what of them is independent.

    Attributes:
        template: [pair] which template made it, by number; None where pairs are the units.
        pairs: how many pairs there are.
        exact: they are all that there are.
    """

    template: Ints | None
    pairs: int
    exact: bool = False

    @classmethod
    def of(cls, unit: Unit, templates: Sequence[str], *, exact: bool = False) -> Units:
        """The units of pairs, from the template of each."""
        if unit == "pairs":
            return cls(None, len(templates), exact)
        numbers = np.unique(np.array(templates, dtype=str), return_inverse=True)[1]
        return cls(numbers.astype(np.int64), len(templates), exact)

    def only(self, pairs: Sequence[int] | Ints | Bools) -> Units:
        """Those of some of the pairs, by their indices or by which of them count."""
        which = np.asarray(pairs)
        chosen = np.arange(self.pairs)[which if which.dtype == bool else which.astype(np.int64)]
        template = None if self.template is None else self.template[chosen]
        return Units(template, len(chosen), self.exact)

    @property
    def unit(self) -> Unit:
        """What is independent."""
        return "pairs" if self.template is None else "templates"

    @property
    def number(self) -> Ints:
        """[pair]: which unit each is of."""
        return np.arange(self.pairs) if self.template is None else self.template

    def mean(self, sample: Floats) -> Estimate:
        """The estimate of the mean of one number per pair, [pair], finite."""
        self._check(len(sample))
        if self.template is None or self.exact:
            return Mean(sample, self.exact)
        return Mean(self._by_template(sample), False, "templates", CAUTIOUS)

    def least_mean(self, samples: Floats) -> LeastMean:
        """The estimate of the least of several means over the same pairs, [what, pair]."""
        self._check(samples.shape[1])
        if self.template is None or self.exact:
            return LeastMean(samples, self.exact)
        return LeastMean(self._by_template(samples), False, "templates", CAUTIOUS)

    def share(self, right: Bools) -> Estimate:
        """The estimate of the share of prompts of which something is true, [pair, 2]."""
        self._check(len(right))
        if self.template is None or self.exact:
            return Share(right, self.exact)
        return BettingMean(self._by_template(right.mean(axis=1)), False, "templates")

    def _by_template(self, values: Floats) -> Floats:
        """[..., template] means of [..., pair] numbers."""
        assert self.template is not None
        present, number = np.unique(self.template, return_inverse=True)
        belongs = np.equal.outer(number, np.arange(len(present))).astype(np.float64)
        means: Floats = values @ (belongs / belongs.sum(axis=0))
        # A mean of shares that are all 1 must not be rounded to more than that.
        return np.clip(means, values.min(initial=np.inf), values.max(initial=-np.inf))

    def _check(self, pairs: int) -> None:
        if pairs != self.pairs:
            raise ValueError(f"numbers of {pairs} pairs, and there are {self.pairs}")
        if not pairs:
            raise ValueError("there are no pairs")
