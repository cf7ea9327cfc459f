"""Where a node fires on a text: how its values are spread, and on which tokens; no torch.

A node's *rest* is its median. Where AbsTopK silences it on most tokens that is 0, so that what is
above and below it are its positive and negative values; a query or a key, which is never silent,
has a rest of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from circuitspec.inspection.examples import ExampleFinder
from circuitspec.inspection.facts import (
    Firing,
    PairMeans,
    PairValues,
    PromptValues,
    Spread,
    TokenFiring,
)
from circuitspec.inspection.labels import token_text
from circuitspec.inspection.texts import AskedPair, Ints, Text, Values

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BARS = 24
RARE = 1 / 5_000
"""A token that is less of a text than this says little by its mean."""
MUCH = 0.1
"""A token with this share of all that a node has in one direction is always listed."""
MOST_PAIRS = 3


@dataclass(frozen=True, eq=False)
class FiringReader:
    """A text that nodes were run on.

    Attributes:
        most: how many tokens and examples are listed on each side.
        seed: of the examples that are drawn at random.
    """

    text: Text
    tokenizer: Tokenizer
    most: int = 8
    seed: int = 0

    @property
    def least_count(self) -> int:
        """How often a token must occur to be listed."""
        return max(1, round(len(self.text.ids) * RARE))

    def firing(self, values: Values, *, by_next: bool) -> Firing:
        """What the values [token] of one node come to.

        Args:
            by_next: also list the tokens before which it is highest and lowest.
        """
        rest = float(np.median(values))
        finder = ExampleFinder(self.text, self.tokenizer, most=self.most, seed=self.seed)
        ids = self.text.ids
        at = self.text.followed if by_next else np.zeros(0, dtype=np.int64)
        return Firing(
            spread=spread_of(values),
            highest_tokens=self._tokens(ids, values, rest, 1),
            lowest_tokens=self._tokens(ids, values, rest, -1),
            highest_before=self._tokens(ids[at + 1], values[at], rest, 1),
            lowest_before=self._tokens(ids[at + 1], values[at], rest, -1),
            highest=finder.highest(values, above=rest),
            lowest=finder.lowest(values, below=rest),
            drawn=finder.drawn(values),
            pair_means=tuple(self._pair_means(values)),
            pairs=tuple(self._pairs(values)),
        )

    def _tokens(
        self, ids: Ints, values: Values, rest: float, direction: Literal[1, -1]
    ) -> tuple[TokenFiring, ...]:
        """The tokens [occurrence] whose values are furthest from the rest in one direction."""
        counts = np.bincount(ids)
        occurs = np.maximum(counts, 1)

        def by_token(weights: Values | NDArray[np.float64]) -> NDArray[np.float64]:
            return np.bincount(ids, weights=weights.astype(np.float64)).astype(np.float64)

        excess = direction * (values.astype(np.float64) - rest)
        far = by_token(excess) / occurs
        amounts = by_token(np.maximum(excess, 0))
        nonzero = by_token((values != 0).astype(np.float64)) / occurs
        means = by_token(values) / occurs
        shares = amounts / (amounts.sum() or 1.0)
        eligible = np.flatnonzero((counts >= self.least_count) & (far > 0) & (nonzero > 0))
        # Of equal means, which are exact where nothing but the token counts, the more frequent.
        order = eligible[np.lexsort((-counts[eligible], -far[eligible]))]
        listed = [
            token
            for rank, token in enumerate(order.tolist())
            if rank < self.most or shares[token] >= MUCH
        ]
        return tuple(
            TokenFiring(
                token=token_text(self.tokenizer, token),
                id=token,
                mean=float(means[token]),
                count=int(counts[token]),
                nonzero=float(nonzero[token]),
                share=float(shares[token]),
            )
            for token in listed
        )

    def _pair_means(self, values: Values) -> Iterator[PairMeans]:
        if not self.text.pairs:
            return
        answers = {asked.pair.answers for asked in self.text.pairs}
        at_difference = [self._at_difference(values, asked) for asked in self.text.pairs]
        ends = (tuple(self._row(n)[-1] for n in asked.sequences) for asked in self.text.pairs)
        at_end = [(values[first], values[second]) for first, second in ends]
        for where, found in (("difference", at_difference), ("end", at_end)):
            first, second = np.array(found).T
            yield PairMeans(
                where=where,  # type: ignore[arg-type]
                answers=answers.copy().pop() if len(answers) == 1 else None,
                first=float(first.mean()),
                second=float(second.mean()),
                first_higher=float((first > second).mean()),
                second_higher=float((second > first).mean()),
            )

    def _at_difference(self, values: Values, asked: AskedPair) -> tuple[float, float]:
        first, second = (self._row(number) for number in asked.sequences)
        differs = self.text.ids[first] != self.text.ids[second]
        return float(values[first[differs]].mean()), float(values[second[differs]].mean())

    def _pairs(self, values: Values) -> Iterator[PairValues]:
        """The first pairs, each of another template."""
        templates: set[str] = set()
        for asked in self.text.pairs:
            if asked.pair.template in templates or len(templates) == MOST_PAIRS:
                continue
            templates.add(asked.pair.template)
            first, second = (
                self._prompt(values, number, answer)
                for number, answer in zip(asked.sequences, asked.pair.answers, strict=True)
            )
            yield PairValues(template=asked.pair.template, prompts=(first, second))

    def _prompt(self, values: Values, number: int, answer: str) -> PromptValues:
        row = self._row(number)
        tokens = (token_text(self.tokenizer, int(self.text.ids[at])) for at in row)
        return PromptValues(tokens=tuple(tokens), values=tuple(values[row].tolist()), answer=answer)

    def _row(self, sequence: int) -> NDArray[np.int64]:
        return np.arange(*self.text.sequences[sequence])


def spread_of(values: Values) -> Spread:
    """How the values [token] of a node are spread."""
    low, high = float(values.min()), float(values.max())
    bars: Sequence[int] = ()
    if low < high:
        counts, _ = np.histogram(values[values != 0].astype(np.float64), BARS, (low, high))
        bars = counts.tolist()
    exact = values.astype(np.float64)
    return Spread(
        nonzero=float((values != 0).mean()),
        mean=float(exact.mean()),
        deviation=float(exact.std()),
        minimum=low,
        maximum=high,
        quantiles=tuple(zip(SHARES, np.quantile(exact, SHARES).tolist(), strict=True)),
        bars=tuple(bars),
    )
