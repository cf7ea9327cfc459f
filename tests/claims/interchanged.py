"""The transformer made by hand under interchange: claims about it, and what must come of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from verify.toy import NODES, WORDS, toy_circuit, toy_model, toy_spec, toy_transformer

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.claims.measure import Measurements, quiet
from circuitspec.claims.trial import Trial
from circuitspec.language.claims import Claim
from circuitspec.model.held_out import HeldOut
from circuitspec.model.places import Place
from circuitspec.report.report import ClaimResult
from circuitspec.tasks.task import Pair, Task
from circuitspec.verdict import verify_circuit
from circuitspec.verdict.judge import Resources

OUTSIDE = (
    NamedNodes("noise", (Node(Place(0, "attn.v"), 1),)),
    NamedNodes("silent", (Node(Place(0, "mlp.neuron"), 0),)),
)
TEXT = HeldOut(np.random.default_rng(0).integers(0, len(WORDS), size=(40, 8)), "invented")
NOISE = dict(zip(WORDS[4:], np.linspace(-1.0, 1.0, len(WORDS) - 4), strict=True))
"""What every filler adds to value channel 1."""


def trial_of(
    task: Task,
    *,
    nodes: str = NODES,
    gain: float = 12.0,
    noise: float = 1.0,
    seed: int = 0,
    text: HeldOut | None = TEXT,
) -> Trial:
    """The circuit with these nodes, against `task`."""
    model = replace(toy_model(toy_transformer(gain=gain, noise=noise)), held_out=text)
    circuit = toy_circuit(toy_spec(nodes=nodes), model)
    return Trial(Measurements(circuit, task, 0, quiet), seed=seed, outside=OUTSIDE)


def verdict_on(claim: Claim, trial: Trial, **settings: object) -> ClaimResult:
    """What becomes of one claim, in a report of its own."""
    spec = toy_spec(**settings).model_copy(update={"claims": (claim,)})  # type: ignore[arg-type]
    resources = Resources(outside=OUTSIDE, tasks=trial.tasks)
    report = verify_circuit(spec, trial.circuit, trial.task, seed=trial.seed, resources=resources)
    return report.claims[0]


def difference(
    prompt: str, *, gain: float, noise: float, carry: dict[int, float], said: dict[int, float]
) -> float:
    """Right minus wrong logit after `prompt`, from the sums that define the model.

    Args:
        carry, said: what value channels 0 and 1 say instead, by position.
    """
    words = prompt.split()
    sign = {"a": 1.0, "b": -1.0}
    first = [carry.get(i, sign.get(word, 0.0)) for i, word in enumerate(words)]
    second = [said.get(i, NOISE.get(word, 0.0)) for i, word in enumerate(words)]
    answer = (gain * sum(first) + noise * sum(second)) / len(words)
    return float(2 * sign[words[0]] * answer)


def pair_of(*fillers: str, template: str = "toy") -> Pair:
    """`a` and `b` with the same fillers after them."""
    rest = " ".join(fillers)
    return Pair((f"a {rest}", f"b {rest}"), ("A", "B"), template, ())


def random_task(pairs: int, *, seed: int = 0, fillers: tuple[int, int] = (1, 3)) -> Task:
    """Pairs of random fillers, all different, as many as there can be; none for finding."""
    rng = np.random.default_rng(seed)
    found: dict[tuple[str, ...], Pair] = {}
    while len(found) < pairs:
        words = tuple(rng.choice(WORDS[4:], size=rng.integers(*fillers, endpoint=True)))
        found[words] = pair_of(*words, template=f"{words[0]} first")
    return Task("first_word", "Say which word came first.", (), tuple(found.values()))
