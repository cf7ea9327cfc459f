"""Filling templates with words: how the shipped tasks make their pairs."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from circuitspec.tasks.task import Pair

_SLOT = re.compile(r"<(\w+?)\d*>")


@dataclass(frozen=True)
class TemplateSet:
    """One side of a task's split: its templates, and the words that fill them.

    Attributes:
        templates: texts with slots such as `<name>`; slots of one template that differ only in a
            digit at the end (`<word>`, `<word2>`) are filled with different words of one pool. The
            slot `<difference>` is where the two prompts of a pair differ.
        pools: words by slot.
    """

    templates: tuple[str, ...]
    pools: Mapping[str, tuple[str, ...]]


def fill(
    side: TemplateSet,
    differences: tuple[str, str],
    answers: tuple[str, str],
    *,
    count: int,
    seed: int,
) -> tuple[Pair, ...]:
    """`count` different pairs, spread evenly over the templates; same arguments, same pairs.

    Raises:
        ValueError: the templates do not make that many different pairs.
    """
    rng = random.Random(seed)
    pairs: dict[tuple[str, str], Pair] = {}
    attempts = 0
    while len(pairs) < count:
        template = side.templates[len(pairs) % len(side.templates)]
        text, names = _fill_names(template, side.pools, rng)
        prompts = (
            text.replace("<difference>", differences[0]),
            text.replace("<difference>", differences[1]),
        )
        pairs.setdefault(prompts, Pair(prompts, answers, template, names))
        attempts += 1
        if attempts > 100 * count:
            raise ValueError(f"the templates make only {len(pairs)} different pairs, not {count}")
    return tuple(pairs.values())


def _fill_names(
    template: str, pools: Mapping[str, Sequence[str]], rng: random.Random
) -> tuple[str, tuple[str, ...]]:
    chosen: dict[str, str] = {}
    for match in _SLOT.finditer(template):
        slot, pool = match[0], match[1]
        if slot == "<difference>" or slot in chosen:
            continue
        free = [word for word in pools[pool] if word not in chosen.values()]
        chosen[slot] = rng.choice(free)
    text = _SLOT.sub(lambda match: chosen.get(match[0], match[0]), template)
    return text, tuple(chosen.values())
