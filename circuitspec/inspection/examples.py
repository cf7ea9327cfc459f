"""Tokens of a text as examples of a node's values, each with what stands around it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from circuitspec.inspection.facts import Example
from circuitspec.inspection.labels import token_text
from circuitspec.inspection.texts import Ints, Text, Values

CONTEXT = 120
"""So many characters are kept on either side, if there are as many."""
DRAWN = 4
PER_DOCUMENT = 2
"""So many examples are taken from one file, where there are files enough."""
PER_TOKEN = 2
"""So many examples are of one token, where there are others."""


@dataclass(frozen=True, eq=False)
class ExampleFinder:
    """Chooses examples that are unlike each other.

    No two have the same token after the same token; few are from one file.

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

    def _chosen(self, order: Ints, values: Values, most: int) -> tuple[Example, ...]:
        """The first of `order` that are unlike each other, and of few tokens if there are others.

        Returns:
            Them in the order of `order`.
        """
        taken = _Taken(self.text, most)
        places = order.tolist()
        chosen = {at for at in places if taken.take(at, per_token=PER_TOKEN)}
        chosen |= {at for at in places if taken.take(at, per_token=most)}
        shown = (at for at in places if at in chosen)
        return tuple(self._example(at, float(values[at])) for at in shown)

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


class _Taken:
    """The tokens that were taken as examples."""

    def __init__(self, text: Text, most: int) -> None:
        self._text = text
        self._left = most
        files = {document.name for document in text.documents}
        self._per_document = max(PER_DOCUMENT, -(-most // len(files)))
        self._documents: Counter[str] = Counter()
        self._tokens: Counter[int] = Counter()
        self._contexts: set[tuple[int, ...]] = set()

    def take(self, at: int, *, per_token: int) -> bool:
        """Take a token unless it is too like what was taken before, or that is enough."""
        text = self._text
        if not self._left:
            return False
        name, token = text.documents[int(text.document[at])].name, int(text.ids[at])
        context = tuple(text.ids[max(0, at - 1) : at + 1].tolist())
        if (
            context in self._contexts
            or self._documents[name] == self._per_document
            or self._tokens[token] >= per_token
        ):
            return False
        self._left -= 1
        self._documents[name] += 1
        self._tokens[token] += 1
        self._contexts.add(context)
        return True
