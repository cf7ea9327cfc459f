"""Pairs as token ids, and what makes a pair unfit for a tokenizer; no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from circuitspec.diagnostics.codes import Code
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.task import Pair


@dataclass(frozen=True, slots=True)
class PairTokens:
    """One pair.

    Attributes:
        prompts: ids of both prompts, equally many.
        answers: the right token of each prompt; the wrong one is the other prompt's.
    """

    prompts: tuple[list[int], list[int]]
    answers: tuple[int, int]

    def __len__(self) -> int:
        return len(self.prompts[0])


def encode_pairs(
    pairs: Sequence[Pair],
    tokenizer: Tokenizer,
    *,
    called: Callable[[int], str] = lambda index: f"pair {index}",
) -> tuple[PairTokens, ...]:
    """The ids of `pairs`, in their order.

    Prompts are taken as they are, with no token before them: in training, too, most windows start
    in the middle of a file.

    Args:
        called: what messages call a pair, given its index.

    Raises:
        TaskError: no pairs; an answer that is not one token; prompts of one pair that are not
            equally long, or are the same. They may differ in several tokens.
    """
    if not pairs:
        raise TaskError(Code.UNUSABLE_TASK, "the task has no pairs")
    return tuple(_encode(pair, called(index), tokenizer) for index, pair in enumerate(pairs))


def _encode(pair: Pair, name: str, tokenizer: Tokenizer) -> PairTokens:
    first, second = (tokenizer.encode(prompt).ids for prompt in pair.prompts)
    if len(first) != len(second):
        raise _unusable(name, f"the prompts are {len(first)} and {len(second)} tokens long")
    if first == second:
        raise _unusable(name, "the prompts are the same tokens")
    answers = [tokenizer.encode(answer).ids for answer in pair.answers]
    for answer, ids in zip(pair.answers, answers, strict=True):
        if len(ids) != 1:
            raise _unusable(name, f"the answer {answer!r} is {len(ids)} tokens, not one")
    (right,), (wrong,) = answers
    if right == wrong:
        raise _unusable(name, "the answers are the same token")
    return PairTokens((first, second), (right, wrong))


def _unusable(name: str, what: str) -> TaskError:
    return TaskError(
        Code.UNUSABLE_TASK,
        f"the task cannot be put to this model: in {name}, {what}",
        "choose a model whose tokenizer keeps apart what the task asks about",
    )
