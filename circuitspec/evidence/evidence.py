"""Evidence: text in which the nodes of a circuit fire, and a pair of prompts that it answers.

It illustrates and proves nothing: verdicts rest on `circuitspec.verdict` alone. So it comes from
the prompts for finding circuits, and an author who looks at it has seen none of those that her
claims are held against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from circuitspec.circuit.nodes import Node


@dataclass(frozen=True, slots=True)
class Snippet:
    """A token at which a node says something unusual, in the text around it.

    Attributes:
        before, after: the text on both sides, some 40 characters at most.
        activation: what the node says there when the circuit runs alone.
    """

    before: str
    token: str
    after: str
    activation: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What comes after a prompt.

    Attributes:
        prompt: its end.
        circuit: the probabilities that the circuit alone gives to the two candidates, among all
            tokens; softmax of its logits at the last position.
        model: those that the full model gives.
    """

    prompt: str
    circuit: tuple[float, float]
    model: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of the task.

    Attributes:
        candidates: the two tokens between which the task is; `candidates[i]` is right after
            `predictions[i]`.
        ids: of the candidates.
    """

    candidates: tuple[str, str]
    ids: tuple[int, int]
    predictions: tuple[Prediction, Prediction]


@dataclass(frozen=True)
class Evidence:
    """What a circuit does on prompts of its task.

    Attributes:
        circuit, model_sha256: what this is about.
        task: its name.
        snippets: per node a few, of different tokens, those first that account for most of what
            the node says beyond the usual; none of a node that always says the same.
        example: the first pair of the task; None where the model gives no numbers.
    """

    circuit: str
    model_sha256: str
    task: str
    snippets: Mapping[Node, tuple[Snippet, ...]] = field(default_factory=dict)
    example: Example | None = None
