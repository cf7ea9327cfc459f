"""A task: pairs of prompts that differ in one thing, with the right and the wrong next token."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Two prompts whose right next tokens are each other's wrong ones.

    Attributes:
        prompts: differ in one token.
        answers: `answers[0]` is right after `prompts[0]` and wrong after `prompts[1]`; the other
            way round for `answers[1]`. Each is one token.
        template: which template made the pair.
        names: the names and words that filled it in.
    """

    prompts: tuple[str, str]
    answers: tuple[str, str]
    template: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """Pairs for finding circuits, and others, of other templates and names, for verifying them.

    Attributes:
        exact: the verifying pairs are all inputs that there are, not a sample of them.
    """

    name: str
    description: str
    finding: tuple[Pair, ...]
    verifying: tuple[Pair, ...]
    exact: bool = False

    @property
    def sha256(self) -> str:
        """Over the verifying pairs, which are what a verdict rests on."""
        content = json.dumps([asdict(pair) for pair in self.verifying], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()
