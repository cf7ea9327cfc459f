"""Which positions a role claim is about: certain tokens, what stands between two, or a spot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from tokenizers import Tokenizer

from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.roles.passages import Passages, flat
from circuitspec.language.claim_words import Spot
from circuitspec.model.vocabulary import token_of
from circuitspec.statistics.skewed_mean import Bools


def on_tokens(passages: Passages, texts: Sequence[str], tokenizer: Tokenizer) -> Bools:
    """[position]: where one of the tokens stands.

    Raises:
        MeasurementError: a text is not exactly one token.
    """
    ids = [_id(text, tokenizer) for text in texts]
    return np.isin(passages.tokens, ids)


def at_spot(passages: Passages, spot: Spot | Sequence[str], tokenizer: Tokenizer) -> Bools:
    """[position]: `last` is the end of a prompt, and in text what stands before a token that
    answers the task; `difference` is where the prompts of a pair differ; else tokens."""
    if spot == "difference":
        return flat(block.differs for block in passages.blocks)
    if spot != "last":
        return on_tokens(passages, spot, tokenizer)
    ends = []
    for block in passages.blocks:
        end = np.zeros(block.tokens.shape, dtype=np.bool_)
        if passages.data == "task":
            end[:, -1] = True
        else:
            end[:, :-1] = np.isin(block.tokens[:, 1:], list(passages.answers))
        ends.append(end)
    return flat(ends)


def inside(passages: Passages, ends: tuple[str, str], tokenizer: Tokenizer) -> Bools:
    """[position]: where a token begins between an opening text and what closes it.

    The two texts are looked for in what the tokens of a sequence spell, from left to right and
    without overlap, whatever they mean there: a bracket in a comment counts. A token is inside if
    its first character stands after an opening and before what closes it, so that neither of the
    two is inside by itself; what is opened and never closed is open to the end, since a model does
    not see what comes after.

    Two different texts nest; a closing one that closes nothing is passed over. Of one and the same
    text, the first opens, the second closes, and so on. If that is a single character, such as a
    quote, a line break closes it as well: an apostrophe in a comment would otherwise turn the rest
    inside out.
    """
    spelt: dict[int, str] = {
        token: tokenizer.decode([token], skip_special_tokens=False)
        for token in np.unique(passages.tokens).tolist()
    }
    return flat(
        np.array([_inside([spelt[token] for token in row], ends) for row in block.tokens.tolist()])
        for block in passages.blocks
    )


def _inside(pieces: Sequence[str], ends: tuple[str, str]) -> list[bool]:
    text = "".join(pieces)
    # From `place` on, the depth is changed by `step`, or is 0 where `step` is None.
    changes = list(_same(text, ends[0]) if ends[0] == ends[1] else _nested(text, *ends))
    found, depth, next_change, start = [], 0, 0, 0
    for piece in pieces:
        while next_change < len(changes) and changes[next_change][0] <= start:
            step = changes[next_change][1]
            depth = 0 if step is None else max(depth + step, 0)
            next_change += 1
        found.append(depth > 0)
        start += len(piece)
    return found


def _nested(text: str, opening: str, closing: str) -> Iterator[tuple[int, int | None]]:
    place = 0
    while place < len(text):
        if text.startswith(opening, place):
            place += len(opening)
            yield place, 1
        elif text.startswith(closing, place):
            yield place, -1
            place += len(closing)
        else:
            place += 1


def _same(text: str, mark: str) -> Iterator[tuple[int, int | None]]:
    place, is_open = 0, False
    while place < len(text):
        if text.startswith(mark, place):
            is_open = not is_open
            # An opening counts from its end, a closing from its beginning.
            yield (place + len(mark), 1) if is_open else (place, None)
            place += len(mark)
            continue
        if text[place] == "\n" and is_open and len(mark) == 1:
            is_open = False
            yield place, None
        place += 1


def _id(text: str, tokenizer: Tokenizer) -> int:
    token = token_of(text, tokenizer)
    if token is None:
        raise MeasurementError(f"{text!r} is not exactly one token of the model")
    return token
