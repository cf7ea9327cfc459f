"""Close a list with as many brackets as are open, after fourteen to twenty-four more numbers.

The attack of Gao et al. 2025 (Figure 8): where depth is an average over the prompt, it goes down
with every token that is no bracket.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = ("]]", "]")
_RUNS = 40


def _with_runs(pools: Mapping[str, Sequence[str]], seed: int) -> dict[str, Sequence[str]]:
    """`pools` and one of long runs of its numbers."""
    rng = random.Random(seed)
    numbers = pools["number"]
    runs = tuple(", ".join(rng.choices(numbers, k=rng.randint(14, 24))) for _ in range(_RUNS))
    return {**pools, "run": runs}


FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<name> = [<number>,« [<number2>| <number4>, <number2>», <run>",
        "<name> = [«[<number>|-<number>», <run>",
        "\n    <name> = [«[<number>|-<number>», <run>",
        "\n    return [<number>,« [<number2>| <number4>, <number2>», <run>",
        "<line>\n<name> = [«[<name2>|-<name2>», <run>",
        "def <call>(<name>):\n    <name2> = [«[<number>|-<number>», <run>",
        "\n    return [<name>,« [<name2>| <number>, <name2>», <run>",
        '<name> = ["<word>",« [<number>| <number2>, <number>», <run>',
        "<line>\n<name> = [<name2>, <name3>,« [<number>| <number2>, <number>», <run>",
        "\n    self.<name> = [«[<number>, <number2>|-<number>, <number2>», <run>",
    ),
    pools=_with_runs(words.FINDING, 1),
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<name> = [<number>, <number2>,« [<number3>| <number4>, <number3>», <run>",
        "<name>.<name2> = [«[<number>|-<number>», <run>",
        "\n        <name> = [<number>,« [<number2>| <number4>, <number2>», <run>",
        "def <call>(<name>, <name2>):\n    return [«[<name>|-<name>», <run>",
        "<name> = <number>\n<name2> = [<name>,« [<number2>| <number3>, <number2>», <run>",
        "if <name> == <number>:\n    <name2> = [«[<number2>|-<number2>», <run>",
        "\n    <line>\n    self.<name> = [<number>,« [<number2>| <number3>, <number2>», <run>",
        "<line>\n<line2>\n<name> = [«[<number>|-<number>», <run>",
        "\n    return [<name>, <name2>,« [<number>| <number2>, <number>», <run>",
        "while <name>:\n    <name2> = [<name>,« [<number>| <number2>, <number>», <run>",
    ),
    pools=_with_runs(words.VERIFYING, 2),
)
