"""Filling templates with words: how the shipped tasks make their pairs."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from circuitspec.tasks.task import Pair

_SLOT = re.compile(r"<(\w+?)\d*>")
_TRIES = 200  # a template that has made no new pair in so many is used up
_DIFFERENCE = re.compile(r"«(.*?)\|(.*?)»", re.DOTALL)


@dataclass(frozen=True)
class Template:
    """A text that makes pairs, with what is right after them.

    Attributes:
        text: has slots such as `<name>`; slots that differ only in a digit at the end (`<word>`,
            `<word2>`) are filled with different words of one pool. The prompts of a pair differ
            where it says `«this|that»`.
        answers: right after the first prompt, and after the second; may have slots of the text.
    """

    text: str
    answers: tuple[str, str]


def asking(answers: tuple[str, str], *texts: str) -> tuple[Template, ...]:
    """Templates with the same answers."""
    return tuple(Template(text, answers) for text in texts)


@dataclass(frozen=True)
class TemplateSet:
    """One side of a task's split: its templates, and the words that fill their slots.

    Attributes:
        pools: words by slot.
        differences: what the slot `<difference>` stands for in either prompt, if it occurs.
    """

    templates: tuple[Template, ...]
    pools: Mapping[str, Sequence[str]]
    differences: tuple[str, str] = ("", "")


def fill(side: TemplateSet, *, count: int, seed: int) -> tuple[Pair, ...]:
    """`count` different pairs, spread over the templates as evenly as these have them.

    Same arguments, same pairs.

    Raises:
        ValueError: the templates do not make that many different pairs.
    """
    rng = random.Random(seed)
    templates = list(side.templates)
    pairs: dict[tuple[str, str], Pair] = {}
    failures = 0
    while len(pairs) < count:
        if not templates:
            raise ValueError(f"the templates make only {len(pairs)} different pairs, not {count}")
        template = templates[len(pairs) % len(templates)]
        words = _choose_words(template.text, side.pools, rng)
        first, second = (
            _put_words(_side_of(template.text, index), words | {"<difference>": difference})
            for index, difference in enumerate(side.differences)
        )
        right, wrong = (_put_words(answer, words) for answer in template.answers)
        pair = Pair((first, second), (right, wrong), template.text, tuple(words.values()))
        if pair.prompts not in pairs:
            pairs[pair.prompts] = pair
            failures = 0
        elif (failures := failures + 1) == _TRIES:
            templates.remove(template)
            failures = 0
    return tuple(pairs.values())


def _choose_words(
    text: str, pools: Mapping[str, Sequence[str]], rng: random.Random
) -> dict[str, str]:
    """A word for every slot, no two the same."""
    chosen: dict[str, str] = {}
    for match in _SLOT.finditer(text):
        slot, pool = match[0], match[1]
        if slot == "<difference>" or slot in chosen:
            continue
        free = [word for word in pools[pool] if word not in chosen.values()]
        chosen[slot] = rng.choice(free)
    return chosen


def _side_of(text: str, index: int) -> str:
    return _DIFFERENCE.sub(lambda match: match[index + 1], text)


def _put_words(text: str, words: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda match: words[match[0]], text)
