"""A task: pairs of prompts that differ in one thing, with the right and the wrong next token."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Pair:
    """Two prompts whose right next tokens are each other's wrong ones.

    Attributes:
        prompts: equally many tokens, which differ in one stretch.
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
        finding_lines, verifying_lines: where the pairs stand in the file that they were read from;
            empty if they were not read from one.
    """

    name: str
    description: str
    finding: tuple[Pair, ...]
    verifying: tuple[Pair, ...]
    exact: bool = False
    finding_lines: tuple[int, ...] = ()
    verifying_lines: tuple[int, ...] = ()

    def finding_pair(self, index: int) -> str:
        """What messages call a pair for finding."""
        return self._pair(index, self.finding_lines)

    def verifying_pair(self, index: int) -> str:
        """What messages call a pair for verifying."""
        return self._pair(index, self.verifying_lines)

    def _pair(self, index: int, lines: tuple[int, ...]) -> str:
        return f"{self.name}:{lines[index]}" if lines else f"pair {index}"

    @cached_property
    def sha256(self) -> str:
        """Over the verifying pairs, which are what a verdict rests on."""
        return _sha256(self.verifying)

    @cached_property
    def finding_sha256(self) -> str:
        """Over the finding pairs, on which what a spec declares is fitted."""
        return _sha256(self.finding)


def _sha256(pairs: tuple[Pair, ...]) -> str:
    content = json.dumps([asdict(pair) for pair in pairs], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
