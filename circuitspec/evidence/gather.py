"""From a circuit and a task to evidence, by running the model on prompts for finding circuits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.engine.masked import MaskTap
from circuitspec.engine.watch import run_until_seen
from circuitspec.evidence.evidence import Evidence, Example, Prediction, Snippet
from circuitspec.tasks.pair_tokens import encode_pairs
from circuitspec.tasks.task import Pair, Task
from circuitspec.tasks.tokens import tokenize_pairs

# Enough for every template of a shipped task to occur several times.
_PAIRS = 128
_SNIPPETS = 3
_CONTEXT = 40
# A token that accounts for less than this share of what the first one does tells little.
_LEAST = 0.2
# Activations that differ by less count as equal, so that another processor, which adds in another
# order, finds the same snippets.
_TOLERANCE = 1e-3


def gather_evidence(circuit: Circuit, task: Task) -> Evidence:
    """Run the circuit, and the full model for comparison, on prompts that are not for verifying.

    Same circuit and task, same evidence, but for rounding.

    Raises:
        TaskError: the task has no pairs for finding, or they cannot be put to this model.
    """
    pairs = task.finding[:_PAIRS]
    seen = _watch(circuit, pairs, task)
    snippets = {node: tuple(_snippets(seen, column)) for column, node in enumerate(circuit.nodes)}
    return Evidence(
        circuit=circuit.name,
        model_sha256=circuit.model.sha256,
        task=task.name,
        snippets={node: found for node, found in snippets.items() if found},
        example=_example(circuit, pairs[0]),
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """Every token of some prompts, with what some nodes say at it.

    Attributes:
        tokens: [token] ids.
        where: per token its prompt and the characters of the prompt that it stands for.
        values: [token, node] activations in the circuit alone.
    """

    tokens: npt.NDArray[np.int64]
    where: tuple[tuple[str, int, int], ...]
    values: npt.NDArray[np.float64]


def _watch(circuit: Circuit, pairs: Sequence[Pair], task: Task) -> _Seen:
    model = circuit.model
    tokens: list[Tensor] = []
    values: list[Tensor] = []
    where: list[tuple[str, int, int]] = []
    alone = MaskTap(circuit.keep_masks(), circuit.ablation)
    places = {node.place for node in circuit.nodes}
    for batch in tokenize_pairs(pairs, model.tokenizer, called=task.finding_pair):
        prompts = batch.tokens.flatten(0, 1)
        tap = run_until_seen(model.transformer, prompts, alone, places)
        shape = (prompts.shape[0], prompts.shape[1])
        said = [tap.said(node.place, node.index, shape).flatten() for node in circuit.nodes]
        tokens.append(prompts.flatten())
        values.append(torch.stack(said, dim=1) if said else torch.empty(0, 0))
        for member in batch.members:
            for prompt in pairs[member].prompts:
                where += _characters(prompt, model.tokenizer)
    return _Seen(
        tokens=torch.cat(tokens).numpy(),
        where=tuple(where),
        values=torch.cat(values).double().numpy(),
    )


def _characters(prompt: str, tokenizer: Tokenizer) -> Iterator[tuple[str, int, int]]:
    for start, end in tokenizer.encode(prompt).offsets:
        yield prompt, start, end


def _snippets(seen: _Seen, column: int) -> Iterator[Snippet]:
    """The tokens that account for most of what a node says beyond the usual, each where it does so
    most; usual is the median.

    A token counts by the sum of the squares of its distances: by its strongest distance alone,
    a rare word would come before the quote that the node is about.
    """
    values = seen.values[:, column]
    distances = np.abs(values - np.median(values))
    if not np.isfinite(distances).all() or np.ptp(values) <= _TOLERANCE * distances.max():
        return
    shares: dict[int, float] = defaultdict(float)
    for token, square in zip(seen.tokens.tolist(), (distances**2).tolist(), strict=True):
        shares[token] += square
    ranked = sorted(shares, key=lambda token: (-float(f"{shares[token]:.2g}"), token))
    for token in ranked[:_SNIPPETS]:
        if shares[token] >= _LEAST * shares[ranked[0]]:
            own = np.where(seen.tokens == token, distances, 0.0)
            strongest = int((own >= (1 - _TOLERANCE) * own.max()).argmax())
            prompt, start, end = seen.where[strongest]
            yield Snippet(
                before=prompt[max(0, start - _CONTEXT) : start],
                token=prompt[start:end],
                after=prompt[end : end + _CONTEXT],
                activation=float(values[strongest]),
            )


def _example(circuit: Circuit, pair: Pair) -> Example | None:
    (encoded,) = encode_pairs([pair], circuit.model.tokenizer)
    tokens, ids = torch.tensor(encoded.prompts), list(encoded.answers)
    with torch.no_grad():
        full = circuit.model.transformer(tokens)
    alone = circuit.keep(tokens)
    # [prompt, candidate] each
    by_model, by_circuit = (
        logits[:, -1].double().softmax(dim=-1)[:, ids] for logits in (full, alone)
    )
    if not (by_model.isfinite().all() and by_circuit.isfinite().all()):
        return None
    first, second = (
        Prediction(prompt[-_CONTEXT:], _two(by_circuit[i]), _two(by_model[i]))
        for i, prompt in enumerate(pair.prompts)
    )
    return Example(pair.answers, encoded.answers, (first, second))


def _two(values: Tensor) -> tuple[float, float]:
    first, second = values.tolist()
    return first, second
