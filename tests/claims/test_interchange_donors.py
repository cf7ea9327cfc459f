"""Who gives values to whom when prompts are exchanged."""

from __future__ import annotations

import numpy as np
import pytest

from circuitspec.claims.interchange.donors import Donation, Prompt, choose_donors
from circuitspec.language.claim_words import Spot

A, B = 100, 101


def prompts(
    *rows: tuple[tuple[int, ...], tuple[int, ...], str], finding: bool = False
) -> list[Prompt]:
    """Both prompts of pairs (first, second, template); answers are A and B."""
    found = []
    for index, (first, second, template) in enumerate(rows):
        pair = -1 if finding else index
        found.append(Prompt(first, second, A, B, pair, template))
        found.append(Prompt(second, first, B, A, pair, template))
    return found


def chosen(
    recipients: list[Prompt], finding: list[Prompt], at: Spot | None = None, seed: int = 0
) -> list[Donation | None]:
    return choose_donors(recipients, finding, at, np.random.default_rng(seed))


VERIFYING = prompts(
    ((1, 2, 3), (4, 2, 3), "t"),
    ((1, 5, 3), (4, 5, 3), "t"),
    ((2, 1, 3), (2, 4, 3), "u"),
    ((1, 2, 3, 4), (4, 2, 3, 4), "v"),
)
FINDING = prompts(((7, 7, 1), (7, 7, 4), "f"), ((8, 1, 8), (8, 4, 8), "g"), finding=True)


@pytest.mark.parametrize("seed", range(8))
def test_a_donor_has_the_answer_and_is_of_another_pair(seed: int) -> None:
    for recipient, donation in zip(VERIFYING, chosen(VERIFYING, [], seed=seed), strict=True):
        if donation is None:
            assert len(recipient.tokens) == 4  # nobody else is as long
            continue
        assert donation.donor.answer == recipient.answer
        assert donation.donor.pair != recipient.pair
        assert donation.positions == ((0, 0), (1, 1), (2, 2))


def test_another_template_is_preferred_where_there_is_one() -> None:
    first, _, _, _, third, _, _, _ = chosen(VERIFYING, [])
    assert first is not None
    assert third is not None
    assert first.donor.template == "u"
    assert third.donor.template == "t"
    alike = VERIFYING[:4]
    assert all(d is not None and d.same_template for d in chosen(alike, []))


def test_finding_pairs_are_preferred() -> None:
    donations = chosen(VERIFYING, FINDING)
    assert all(d is None or d.from_finding for d in donations)
    assert {d.donor.template for d in donations if d is not None} <= {"f", "g"}


def test_differences_go_to_differences_in_order() -> None:
    recipients = prompts(((1, 0, 1, 9), (2, 0, 2, 9), "t"), ((1, 0, 0, 9), (2, 0, 0, 9), "t"))
    finding = prompts(((5, 5, 5, 1, 1), (5, 5, 5, 2, 2), "f"), finding=True)
    both, _, one, _ = chosen(recipients, finding, "difference")
    assert both is not None
    assert both.positions == ((3, 0), (4, 2))
    assert one is None  # the donors differ in two tokens, this one in one


def test_the_last_goes_to_the_last_however_long() -> None:
    donations = chosen(VERIFYING, FINDING, "last")
    assert all(d is not None for d in donations)
    assert donations[6] is not None
    assert donations[6].positions == ((2, 3),)


def test_the_choice_follows_from_the_seed_and_not_from_who_else_asks() -> None:
    finding = prompts(*(((i, 1), (i, 4), "f") for i in range(50)), finding=True)
    recipients = prompts(*(((1, i), (4, i), "t") for i in range(20)))
    whole = chosen(recipients, finding, seed=3)
    assert chosen(recipients, finding, seed=3) == whole
    assert chosen(recipients, finding, seed=4) != whole
    assert chosen(recipients[:10], finding, seed=3) == whole[:10]
    assert len({d.donor.tokens for d in whole if d is not None}) > 10
