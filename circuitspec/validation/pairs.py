"""Pairs of inputs of a known transformer: all there are, a cover of all inputs, samples; the task.

Two inputs make a pair if their right outputs differ. The loss of a pair is that of the language:
each prompt between its own right output and the other's.
"""

from __future__ import annotations

import numpy as np

from circuitspec.tasks.task import Pair, Task
from circuitspec.validation.known import Ints, Known


def all_pairs(known: Known) -> Ints:
    """Every pair of inputs, [pair, 2]."""
    first, second = np.triu_indices(len(known.targets), k=1)
    different = known.targets[first] != known.targets[second]
    return np.stack([first[different], second[different]], axis=1)


def cover(known: Known, rng: np.random.Generator) -> Ints:
    """Pairs such that every input is in one, and in as few more as there have to be.

    The two outputs with the most inputs left are drawn from, until one output alone is left; its
    inputs meet others that were drawn before.
    """
    left = {int(y): rng.permutation(np.flatnonzero(known.targets == y)).tolist()
            for y in np.unique(known.targets)}  # fmt: skip
    pairs: list[tuple[int, int]] = []
    while True:
        most = sorted(left, key=lambda y: -len(left[y]))[:2]
        if not left[most[1]]:
            break
        pairs.append((left[most[0]].pop(), left[most[1]].pop()))
    for index in left[most[0]]:
        others = np.flatnonzero(known.targets != most[0])
        pairs.append((index, int(rng.choice(others))))
    return np.array(pairs)


def sample(known: Known, size: int, rng: np.random.Generator) -> Ints:
    """So many pairs, drawn independently from all of them."""
    pairs = all_pairs(known)
    return pairs[rng.integers(len(pairs), size=size)]


def task_of(known: Known, pairs: Ints, *, exact: bool) -> Task:
    """The pairs as a task; the words are those of `vocabulary`."""
    return Task(
        name="domain",
        description=f"Say what the program of {known.name} says.",
        finding=(),
        verifying=tuple(
            Pair(
                prompts=(_prompt(known, one), _prompt(known, other)),
                answers=(_answer(known, one), _answer(known, other)),
                template="domain",
                names=(),
            )
            for one, other in pairs.tolist()
        ),
        exact=exact,
    )


def vocabulary(known: Known) -> tuple[str, ...]:
    """What tokens are called: those of the prompts, and then one for each output."""
    return (*known.vocab, *map(_output, known.outputs))


def _prompt(known: Known, index: int) -> str:
    return " ".join(known.vocab[token] for token in known.tokens[index].tolist())


def _answer(known: Known, index: int) -> str:
    return _output(known.outputs[known.targets[index]])


def _output(name: str) -> str:
    return f"={name}"
