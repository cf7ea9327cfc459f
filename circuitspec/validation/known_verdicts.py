"""Variants of known transformers through the product: text, language, compiler, engine, verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from circuitspec.circuit.compile import compile_spec
from circuitspec.circuit.nodes import Node
from circuitspec.language.load import parse_text
from circuitspec.model.folder import Model
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.model.transformer import Transformer
from circuitspec.report.report import ClaimResult, Verdict
from circuitspec.validation.asked import Asked
from circuitspec.validation.core import in_order, weights_in_order
from circuitspec.validation.known import Known
from circuitspec.validation.pairs import task_of, vocabulary
from circuitspec.validation.presentation import Presentation, present
from circuitspec.validation.variants import Variant
from circuitspec.verdict.judge import verify_circuit

Mistake: TypeAlias = Literal["false confirmation", "false refutation", "error"]

_NAME = "known"


@dataclass(frozen=True)
class ClaimOutcome:
    """One claim, what is true of it, and what the product said."""

    asked: Asked
    result: ClaimResult

    @property
    def unseen(self) -> bool:
        """Whether what decides is so rare that samples of this size often have none of it.

        The rule of three: of what happens in more than 3 of n cases, n of them lack all with
        probability 5 % at most.
        """
        return self.asked.deciding <= 3 / self.result.n

    @property
    def mistake(self) -> Mistake | None:
        """A claim that is false or meaningless must not be confirmed, nor a true one refuted.

        A false claim of a circuit in which something does nothing may be refuted or vacuous.
        """
        verdict = self.result.verdict
        if verdict == "error":
            return "error"
        if verdict == "confirmed" and (self.asked.true is False or self.asked.meaningless):
            return "false confirmation"
        if verdict == "refuted" and self.asked.true is True:
            return "false refutation"
        return None


@dataclass(frozen=True)
class Outcome:
    """What the product said of a variant.

    Attributes:
        text: the spec.
    """

    variant: Variant
    text: str
    verdict: Verdict
    claims: tuple[ClaimOutcome, ...]

    @property
    def mistakes(self) -> tuple[ClaimOutcome, ...]:
        """The claims with a false verdict."""
        return tuple(claim for claim in self.claims if claim.mistake is not None)


def judge_variant(variant: Variant) -> Outcome:
    """Write the spec of a variant, and verify it.

    Raises:
        ValueError: the language or the compiler finds a mistake in it, which has none.
    """
    known = variant.known
    shown = present(known, variant.style, np.random.default_rng([*variant.seed, 1]))
    text = spec_text(variant, shown)
    (spec,) = parse_text(text).unwrap().circuits
    compiled = compile_spec(spec, model_of(known, shown))
    if compiled.circuit is None:
        raise ValueError(f"{variant.seed}: {compiled.diagnostics}")
    task = task_of(known, variant.pairs, exact=variant.exact)
    report = verify_circuit(spec, compiled.circuit, task, seed=variant.seed[0])
    return Outcome(
        variant=variant,
        text=text,
        verdict=report.verdict,
        claims=tuple(
            ClaimOutcome(asked, result)
            for asked, result in zip(variant.asked, report.claims, strict=True)
        ),
    )


def model_of(known: Known, shown: Presentation) -> Model:
    """The transformer in a presentation, with a word for every output after those of the prompts.

    Means are measured by the product, over the whole domain.
    """
    words = vocabulary(known)
    config = shown.config.model_copy(update={"vocab_size": len(words), "n_output": None})
    weights = _with_words(known, shown)
    transformer = Transformer(config)
    transformer.load_state_dict({name: torch.from_numpy(a) for name, a in weights.items()})
    transformer.requires_grad_(False).eval()
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, words[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokens = torch.from_numpy(known.tokens)
    digest = hashlib.sha256(b"".join(weights[name].tobytes() for name in sorted(weights)))
    return Model(
        name=known.name,
        transformer=transformer,
        tokenizer=tokenizer,
        reference=measure_reference_means(transformer, [tokens], source="the whole domain"),
        sha256=digest.hexdigest(),
        reference_sha256=digest.hexdigest(),
    )


def spec_text(variant: Variant, shown: Presentation) -> str:
    """The spec of a variant, in the words of a presentation."""
    part, d_head = variant.part, shown.config.d_head
    nodes = in_order(map(shown.node, part.nodes))
    by_head = variant.seed[-1] % 2 == 0
    lines = ["  model known", "  task domain", "  ablate mean over pretraining"]
    if part.weights is None:
        lines += _places(nodes)
    else:
        lines += [
            f"  node {called(node)} = {written(node, d_head, by_head=by_head)}" for node in nodes
        ]
    weights = weights_in_order(
        (shown.node(one), shown.node(other)) for one, other in part.weights or ()
    )
    for source, own in groupby(weights, key=lambda weight: weight[0]):
        lines.append(f"  edge {called(source)} -> {', '.join(called(end) for _, end in own)}")
    lines += [f"  expect {asked.text}" for asked in variant.asked]
    return "\n".join(["circuitspec 1", f"circuit {_NAME} {{", *lines, "}", ""])


def _places(nodes: list[Node]) -> Iterator[str]:
    for place, own in groupby(nodes, key=lambda node: node.place):
        indices = ", ".join(str(node.index) for node in own)
        yield f"  node all_{str(place).replace('.', '_')} = {place}[{indices}]"


def called(node: Node) -> str:
    """The name of a node that has one of its own."""
    return f"{str(node.place).replace('.', '_')}_{node.index}"


def written(node: Node, d_head: int, *, by_head: bool) -> str:
    """A node as a spec says it; queries, keys and values by their heads if that is asked."""
    if not by_head or node.place.part not in ("attn.q", "attn.k", "attn.v"):
        return str(node)
    head, channel = divmod(node.index, d_head)
    return f"L{node.place.layer}.h{head}.{node.place.part.removeprefix('attn.')}[{channel}]"


def _with_words(known: Known, shown: Presentation) -> Mapping[str, np.ndarray]:
    n_words, n_tokens = len(vocabulary(known)), len(known.vocab)
    weights = {name: array.astype(np.float32) for name, array in shown.weights.items()}
    for name, rows in (("embed", slice(n_tokens)), ("unembed", slice(n_tokens, None))):
        padded = np.zeros((n_words, shown.config.d_model), dtype=np.float32)
        padded[rows] = weights[name]
        weights[name] = padded
    return weights
