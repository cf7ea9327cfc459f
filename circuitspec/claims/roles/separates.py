"""Separates: a node is higher on some tokens than on others, or tells the answers of pairs apart.

Which of the answers it is higher on is not claimed: pairs come in an order of their own. But it has
to be the same one in the full model and in the circuit alone, so that a node that turns round when
the model is pruned is found out. It is the one for which the areas are greater, taken together.
Beyond a half, no area and its opposite can both be as claimed, so that the choice makes a claim
falsely confirmed no more often than the level of both sides of its interval, and next to never
more often than that of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.claims.roles.areas import compare, trivial_area
from circuitspec.claims.roles.passages import flat
from circuitspec.claims.roles.record import Head
from circuitspec.claims.roles.spots import at_spot, on_tokens
from circuitspec.claims.roles.weigh_role import (
    Found,
    Setting,
    listed_tokens,
    settings_of,
    weighed,
)
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Separates
from circuitspec.statistics.skewed_mean import Bools


def weigh_separates(claim: Separates, trial: Trial) -> Weighed:
    """Measure the area between two groups of tokens, or between the last positions of the first
    prompts of the task's pairs and those of the second prompts.

    Raises:
        MeasurementError: a run failed, or gave NaN or infinity.
    """
    nodes, trivial = trial.named(claim.node).nodes, trivial_area(claim)
    if claim.first:
        return weighed(
            claim,
            settings_of(claim, trial, nodes),
            lambda setting: _by_tokens(claim, setting, trial),
            trivial=trivial,
        )
    settings = settings_of(claim, trial, nodes, data=("task",))
    turned = set() if isinstance(settings, str) else _higher_on_second(settings, trial)
    return weighed(
        claim,
        settings,
        lambda setting: _by_answers(setting, trial, turned=setting.subject in turned),
        trivial=trivial,
    )


def _by_tokens(claim: Separates, setting: Setting, trial: Trial) -> Found | str:
    tokenizer = trial.circuit.model.tokenizer
    first, second = (
        on_tokens(setting.passages, texts, tokenizer) for texts in (claim.first, claim.second)
    )
    called = f"on {listed_tokens(claim.first)}", f"on {listed_tokens(claim.second)}"
    return compare(setting, first, second, called)


def _by_answers(setting: Setting, trial: Trial, *, turned: bool) -> Found | str:
    first, second = _ends(setting, trial)
    groups = (second, first) if turned else (first, second)
    found = compare(setting, *groups, ("at the end of a prompt", "at the end of a prompt"))
    if isinstance(found, str):
        return found
    side = "second" if turned else "first"
    return Found(found.estimate, (f"{setting.subject} is higher on the {side} prompts",))


def _ends(setting: Setting, trial: Trial) -> tuple[Bools, Bools]:
    """[position] each: the ends of the first prompts, and those of the second."""
    passages = setting.passages
    last = at_spot(passages, "last", trial.circuit.model.tokenizer)
    second = flat(
        np.repeat(block.second[:, None], block.tokens.shape[1], axis=1) for block in passages.blocks
    )
    return last & ~second, last & second


def _higher_on_second(settings: Sequence[Setting], trial: Trial) -> set[Node | Head]:
    """The nodes whose areas, taken together, speak for the second prompts."""
    excess: dict[Node | Head, float] = {}
    for setting in settings:
        found = _by_answers(setting, trial, turned=False)
        if isinstance(found, Found):
            area = found.estimate.value - 0.5
            excess[setting.subject] = excess.get(setting.subject, 0.0) + area
    return {subject for subject, sum_ in excess.items() if sum_ < 0}
