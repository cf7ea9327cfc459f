"""Which prompt gives its values to which, for exchanging: another pair's, with the same answer.

Prompts of the finding pairs are preferred. They have other templates, and what is asked of one
verifying pair then does not depend on which others were drawn. Where no finding pair fits, as in a
task without any, another verifying pair gives, one of another template if there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuitspec.language.claim_words import Spot
from circuitspec.tasks.pair_tokens import PairTokens
from circuitspec.tasks.task import Pair

IntPair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt of a pair that may give values.

    Attributes:
        tokens, others: its tokens, and those of the other prompt of its pair.
        answer, wrong: the right token, and that of the other prompt.
        pair: the index of its pair among the verifying pairs; -1 for a finding pair.
        template: of its pair.
    """

    tokens: tuple[int, ...]
    others: tuple[int, ...]
    answer: int
    wrong: int
    pair: int
    template: str

    @property
    def difference(self) -> tuple[int, ...]:
        """Where the prompts of the pair differ."""
        return tuple(
            index
            for index, (a, b) in enumerate(zip(self.tokens, self.others, strict=True))
            if a != b
        )


@dataclass(frozen=True, slots=True)
class Donation:
    """Who gives to whom.

    Attributes:
        donor: who gives.
        positions: (of the donor, of the recipient), position by position.
        from_finding: whether the donor is of a finding pair.
        same_template: whether nobody of another template could give.
    """

    donor: Prompt
    positions: tuple[IntPair, ...]
    from_finding: bool
    same_template: bool


def prompts_of(
    pairs: Sequence[Pair], encoded: Sequence[PairTokens], *, verifying: bool
) -> list[Prompt]:
    """Both prompts of every pair, in order."""
    found = []
    for index, (pair, tokens) in enumerate(zip(pairs, encoded, strict=True)):
        for side in (0, 1):
            found.append(
                Prompt(
                    tokens=tuple(tokens.prompts[side]),
                    others=tuple(tokens.prompts[1 - side]),
                    answer=tokens.answers[side],
                    wrong=tokens.answers[1 - side],
                    pair=index if verifying else -1,
                    template=pair.template,
                )
            )
    return found


def choose_donors(
    recipients: Sequence[Prompt],
    finding: Sequence[Prompt],
    at: Spot | None,
    rng: np.random.Generator,
) -> list[Donation | None]:
    """A donor for every recipient, drawn evenly among the best that there are; None: there is none.

    Args:
        recipients: the verifying prompts.
        finding: the finding prompts, which may be none.
    """
    fitting: dict[tuple[object, ...], tuple[list[Prompt], list[Prompt]]] = {}
    for side, prompts in enumerate((finding, recipients)):
        for prompt in prompts:
            fitting.setdefault(_shape(prompt, at), ([], []))[side].append(prompt)
    donations: list[Donation | None] = []
    for recipient in recipients:
        theirs, ours = fitting[_shape(recipient, at)]
        others = [prompt for prompt in ours if prompt.pair != recipient.pair]
        elsewhere = [prompt for prompt in others if prompt.template != recipient.template]
        # One number is drawn for every recipient, so that no choice depends on another.
        draw = rng.random()
        candidates = theirs or elsewhere or others
        if not candidates:
            donations.append(None)
            continue
        donor = candidates[int(draw * len(candidates))]
        donations.append(
            Donation(
                donor=donor,
                positions=_positions(donor, recipient, at),
                from_finding=bool(theirs),
                same_template=donor.template == recipient.template,
            )
        )
    return donations


def _shape(prompt: Prompt, at: Spot | None) -> tuple[object, ...]:
    """What donor and recipient must have in common."""
    if at == "last":
        return (prompt.answer,)
    size = len(prompt.tokens) if at is None else len(prompt.difference)
    return prompt.answer, size


def _positions(donor: Prompt, recipient: Prompt, at: Spot | None) -> tuple[IntPair, ...]:
    if at is None:
        return tuple((index, index) for index in range(len(recipient.tokens)))
    if at == "last":
        return ((len(donor.tokens) - 1, len(recipient.tokens) - 1),)
    return tuple(zip(donor.difference, recipient.difference, strict=True))
