"""Texts as the model reads them: tokens that know where they stand; no torch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from circuitspec.model.tokenizer import SEPARATOR
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.task import Pair, Task

Ints = NDArray[np.int64]
Values = NDArray[np.float32]
"""Values of a node, one for each token of a text."""

MOST_TOKENS = 1 << 16
"""So many are run if nobody says otherwise: some seconds for a small model."""


class TextError(Exception):
    """There is nothing to run; `str()` of it is for the user."""


@dataclass(frozen=True)
class Document:
    """A file or a prompt.

    Attributes:
        name: how it is called: a path, or a prompt's template.
    """

    name: str
    text: str


@dataclass(frozen=True)
class AskedPair:
    """A pair of a task.

    Attributes:
        sequences: where its two prompts stand among the text's sequences.
    """

    pair: Pair
    sequences: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Text:
    """Tokens in order.

    Attributes:
        source: in words, what this is.
        ids: [token].
        document: [token], which of `documents` it stands in.
        start, end: [token], offsets of its first character there and of the one after its last;
            equal for what stands before a file and is none of its text.
        sequences: half-open stretches of tokens that the model reads in one go, each from its own
            beginning; together they are all tokens.
        pairs: the prompts of a task, two sequences each.
    """

    source: str
    documents: tuple[Document, ...]
    ids: Ints
    document: Ints
    start: Ints
    end: Ints
    sequences: tuple[tuple[int, int], ...]
    pairs: tuple[AskedPair, ...] = ()

    @cached_property
    def followed(self) -> Ints:
        """The tokens after which another one stands in the same sequence, as indices."""
        last = {end - 1 for _, end in self.sequences}
        return np.array([at for at in range(len(self.ids)) if at not in last], dtype=np.int64)

    @property
    def sha256(self) -> str:
        """Over the tokens as little-endian 64-bit integers, in order."""
        return hashlib.sha256(self.ids.astype("<i8").tobytes()).hexdigest()

    def line(self, token: int) -> int:
        """The line of a token's first character in its document, counted from 1."""
        text = self.documents[int(self.document[token])].text
        return text.count("\n", 0, int(self.start[token])) + 1


def text_of_documents(
    source: str,
    documents: Sequence[Document],
    tokenizer: Tokenizer,
    *,
    window: int,
    most: int = MOST_TOKENS,
) -> Text:
    """Documents one after the other, each after a separator token where the tokenizer has one.

    They are cut into windows, as they are in training. Where they have more than `most` tokens,
    windows evenly spread over all of them are taken.

    Args:
        window: how many tokens the model reads in one go.
        most: how many tokens at most.

    Raises:
        TextError: there is no token.
    """
    separator = tokenizer.token_to_id(SEPARATOR)
    rows: list[Ints] = []
    for number, document in enumerate(documents):
        if not document.text:
            continue
        if separator is not None:
            rows.append(np.array([[separator, number, 0, 0]]))
        rows.append(_row(document.text, number, tokenizer))
    tokens = np.concatenate(rows) if rows else np.zeros((0, 4), dtype=np.int64)
    if not len(tokens) or all(not document.text for document in documents):
        raise TextError(f"there is no text in {source}")
    stretches = _spread(len(tokens), window, most)
    chosen = np.concatenate([tokens[first:last] for first, last in stretches])
    return _text(source, documents, chosen, [last - first for first, last in stretches])


def text_of_task(task: Task, tokenizer: Tokenizer, *, most: int = MOST_TOKENS) -> Text:
    """The prompts of a task's pairs for finding circuits, as many whole pairs as fit in `most`.

    Those for verifying are not looked at: a name must not be fitted to what verifies it.

    Raises:
        TextError: the task has no pairs for finding.
        TaskError: the task cannot be put to this tokenizer.
    """
    if not task.finding:
        raise TextError(f"the task `{task.name}` has no pairs for finding circuits")
    encode_pairs(task.finding, tokenizer, called=task.finding_pair)
    documents: list[Document] = []
    rows: list[Ints] = []
    pairs: list[AskedPair] = []
    total = 0
    for pair in task.finding:
        numbers = (len(documents), len(documents) + 1)
        own = [_row(p, n, tokenizer) for p, n in zip(pair.prompts, numbers, strict=True)]
        total += sum(map(len, own))
        if pairs and total > most:
            break
        documents += [Document(pair.template, prompt) for prompt in pair.prompts]
        rows += own
        pairs.append(AskedPair(pair, numbers))
    source = f"prompts of {task.name}, {len(pairs)} pairs for finding"
    text = _text(source, documents, np.concatenate(rows), [len(row) for row in rows])
    return replace(text, pairs=tuple(pairs))


def _row(text: str, number: int, tokenizer: Tokenizer) -> Ints:
    """Id, document, start and end of each token."""
    encoding = tokenizer.encode(text)
    places = zip(encoding.ids, encoding.offsets, strict=True)
    row = [(token, number, start, end) for token, (start, end) in places]
    return np.array(row, dtype=np.int64).reshape(-1, 4)


def _spread(count: int, window: int, most: int) -> list[tuple[int, int]]:
    """Stretches of `window` tokens, the last of all perhaps shorter, `most` tokens in all."""
    stretches = [(first, min(first + window, count)) for first in range(0, count, window)]
    if count <= most:
        return stretches
    wanted = most // window
    if wanted == 0:
        return [(0, most)]
    # A short one may be among them: then there are a little fewer tokens than might be.
    picked = np.linspace(0, len(stretches) - 1, wanted).round().astype(int)
    return [stretches[index] for index in dict.fromkeys(picked.tolist())]


def _text(source: str, documents: Sequence[Document], tokens: Ints, lengths: Sequence[int]) -> Text:
    ends = np.cumsum(lengths).tolist()
    starts = [0, *ends[:-1]]
    return Text(
        source=source,
        documents=tuple(documents),
        ids=tokens[:, 0],
        document=tokens[:, 1],
        start=tokens[:, 2],
        end=tokens[:, 3],
        sequences=tuple(zip(starts, ends, strict=True)),
    )
