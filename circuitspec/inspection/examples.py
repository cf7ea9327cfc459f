"""Tokens of a text as examples of a node's values, each with what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from circuitspec.inspection.facts import Example
from circuitspec.inspection.labels import token_text
from circuitspec.inspection.texts import Text, Values

CONTEXT = 120
"""So many characters are kept on either side, if there are as many."""
DRAWN = 4
PER_DOCUMENT = 2
"""So many examples are taken from one file, where there are files enough."""


@dataclass(frozen=True, eq=False)
class ExampleFinder:
    """Chooses examples that are unlike each other: no two of the same two tokens, few of one file.

    Attributes:
        most: how many are chosen on each side.
        seed: of those that are drawn at random.
    """

    text: Text
    tokenizer: Tokenizer
    most: int
    seed: int

    def highest(self, values: Values, *, above: float) -> tuple[Example, ...]:
        """The largest values [token] above one, the largest first."""
        order = np.argsort(-values, kind="stable")
        return self._chosen(order[values[order] > above], values, self.most)

    def lowest(self, values: Values, *, below: float) -> tuple[Example, ...]:
        """The smallest values [token] below one, the smallest first."""
        order = np.argsort(values, kind="stable")
        return self._chosen(order[values[order] < below], values, self.most)

    def drawn(self, values: Values) -> tuple[Example, ...]:
        """Some of the tokens where the value is not zero, in an order of chance."""
        order = np.random.default_rng(self.seed).permutation(np.flatnonzero(values))
        return self._chosen(order, values, min(DRAWN, self.most))

    def _chosen(self, order: Iterable[int], values: Values, most: int) -> tuple[Example, ...]:
        text = self.text
        names = {document.name for document in text.documents}
        per_document = max(PER_DOCUMENT, -(-most // len(names)))
        taken: Counter[str] = Counter()
        seen: set[tuple[int, ...]] = set()
        chosen: list[Example] = []
        for at in map(int, order):
            if len(chosen) == most:
                break
            name = text.documents[text.document[at]].name
            context = tuple(text.ids[max(0, at - 1) : at + 1].tolist())
            if taken[name] == per_document or context in seen:
                continue
            taken[name] += 1
            seen.add(context)
            chosen.append(self._example(at, float(values[at])))
        return tuple(chosen)

    def _example(self, at: int, value: float) -> Example:
        text = self.text
        document = text.documents[text.document[at]]
        start, end = int(text.start[at]), int(text.end[at])
        own = token_text(self.tokenizer, int(text.ids[at]))
        return Example(
            value=value,
            document=document.name,
            line=text.line(at),
            before=document.text[max(0, start - CONTEXT) : start],
            # A part of a character is shown as the character, whose place is the same.
            token=document.text[start:end] or own,
            after=document.text[end : end + CONTEXT],
        )
