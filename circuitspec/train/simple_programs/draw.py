"""Drawing at random: a thin and fast layer over a seeded generator of numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from circuitspec.train.simple_programs import words

T = TypeVar("T")

Lines = list[str]


class Draw:
    """Choices from one seed. `random.choice` and its kin are several times slower than these.

    Attributes:
        further: names besides those of `words`, drawn as often as those wherever a program needs a
            name of its own. With few names a model learns what follows each of them; with many it
            has to learn what follows a name.
    """

    def __init__(self, seed: int, further: Sequence[str] = ()) -> None:
        self._random = random.Random(seed).random
        self.further = further
        self.start_program()

    def start_program(self) -> None:
        """Choose the few variables of the next program, so that they come again and again."""
        self._names = self.distinct_named(words.NAMES, self.integer(5, 16))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, all equally likely."""
        return options[int(self._random() * len(options))]

    def named(self, options: Sequence[str]) -> str:
        """One of `options`, or as often one of the further names, if there are any."""
        if self.further and self._random() < 0.5:
            return self.pick(self.further)
        return self.pick(options)

    def integer(self, low: int, high: int) -> int:
        """From `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def distinct(self, options: Sequence[str], count: int) -> list[str]:
        """`count` different options, in random order."""
        return self._different(lambda: self.pick(options), count)

    def distinct_named(self, options: Sequence[str], count: int) -> list[str]:
        """`count` different names, in random order; see `named`."""
        return self._different(lambda: self.named(options), count)

    def _different(self, choose: Callable[[], str], count: int) -> list[str]:
        chosen: list[str] = []
        while len(chosen) < count:
            option = choose()
            if option not in chosen:
                chosen.append(option)
        return chosen

    def name(self) -> str:
        """A variable of this program."""
        return self.pick(self._names)

    def names(self, count: int) -> list[str]:
        """`count` different variables, most of them of this program."""
        return self.distinct(self._names if count <= len(self._names) else words.NAMES, count)

    def number(self) -> str:
        """A number, mostly small."""
        return str(self.integer(0, 9) if self.chance(0.7) else self.integer(10, 100))

    def phrase(self, most: int = 3) -> str:
        """One to `most` words."""
        return " ".join(self.named(words.WORDS) for _ in range(self.integer(1, most)))

    def quoted(self, text: str) -> str:
        """`text` as a string literal with either quote."""
        quote = "'" if self._random() < 0.5 else '"'
        return f"{quote}{text}{quote}"

    def string(self, most: int = 3) -> str:
        """A string literal of a few words."""
        return self.quoted(self.phrase(most))


def indented(lines: Lines) -> Lines:
    """`lines`, one level deeper."""
    return [f"    {line}" if line else "" for line in lines]
