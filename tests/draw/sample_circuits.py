"""Circuits to draw, in models where nothing has a weight but what they list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import torch
from support.small_models import model_of

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.engine.ablation import AblationValues, zero_ablation
from circuitspec.evidence import Evidence, Example, Prediction, Snippet
from circuitspec.model.config import ModelConfig
from circuitspec.model.initialise import initialise
from circuitspec.model.places import Place, layer_places, parse_place
from circuitspec.report.report import (
    Baseline,
    ClaimResult,
    ModelIdentity,
    Report,
    RunScore,
    Sizes,
    SpecIdentity,
    TaskIdentity,
    worst_verdict,
)

CONFIG = ModelConfig(n_layer=3, d_model=12, n_head=3, d_head=4, d_mlp=60, vocab_size=6, n_ctx=8)


def node(text: str) -> Node:
    """The inverse of `str(node)`."""
    place, _, index = text.removesuffix("]").partition("[")
    return Node(parse_place(place), int(index))


def circuit_of(
    groups: dict[str, str | tuple[str, str]],
    weights: dict[tuple[str, str], float] | None = None,
    *,
    name: str = "sample",
    description: str = "",
    listed: bool = True,
    embedded: Iterable[int] = (),
    unembedded: Iterable[int] = (),
    scope: tuple[Place, ...] | None = None,
    config: ModelConfig = CONFIG,
) -> Circuit:
    """A circuit in a model that has these weights and no others.

    Args:
        groups: by name the nodes, separated by blanks, or those and a description.
        weights: by source and target.
        listed: whether the circuit lists the weights as its edges.
        embedded, unembedded: channels that the embedding writes and the unembedding reads.
    """
    transformer = initialise(config, seed=0).requires_grad_(False).eval()
    for parameter in transformer.parameters():
        if parameter.ndim == 2:
            parameter.zero_()
    transformer.embed[:, list(embedded)] = 1.0
    transformer.unembed[:, list(unembedded)] = 1.0
    edges = []
    for (source, target), weight in (weights or {}).items():
        edge = Edge(node(source), node(target), weight)
        transformer.matrix(edge.target.place).weight[edge.target.index, edge.source.index] = weight
        edges.append(edge)
    return Circuit(
        name=name,
        description=description,
        model=model_of(transformer),
        groups=tuple(_group(name, stated) for name, stated in groups.items()),
        edges=tuple(sorted(edges, key=lambda edge: edge.order)) if listed else None,
        scope=scope or tuple(layer_places(config.n_layer)),
        ablation=zero_ablation(config),
    )


def _group(name: str, stated: str | tuple[str, str]) -> NamedNodes:
    places, description = (stated, "") if isinstance(stated, str) else stated
    nodes = sorted(map(node, places.split()), key=lambda n: n.order)
    return NamedNodes(name, tuple(nodes), description)


def quote_closing() -> Circuit:
    """The circuit of Gao et al. 2025, Figure 4, moved into a small model."""
    return circuit_of(
        {
            "opened_double": "L0.mlp.in[5]",
            "opened_single": "L0.mlp.in[7]",
            "sees_double": ("L0.mlp.neuron[3]", "fires on an opening double quote"),
            "sees_single": ("L0.mlp.neuron[9]", "fires on an opening single quote"),
            "is_quote": "L0.mlp.out[8] L2.attn.in[8]",
            "kind": ("L0.mlp.out[4] L2.attn.in[4]", "positive on double, negative on single"),
            "match": "L2.attn.q[5] L2.attn.k[5]",
            "carry": "L2.attn.v[7]",
            "answer": "L2.attn.out[11]",
        },
        {
            ("L0.mlp.in[5]", "L0.mlp.neuron[3]"): 1.9,
            ("L0.mlp.in[7]", "L0.mlp.neuron[9]"): 2.1,
            ("L0.mlp.neuron[3]", "L0.mlp.out[8]"): 0.8,
            ("L0.mlp.neuron[3]", "L0.mlp.out[4]"): 1.2,
            ("L0.mlp.neuron[9]", "L0.mlp.out[8]"): 0.7,
            ("L0.mlp.neuron[9]", "L0.mlp.out[4]"): -1.1,
            ("L2.attn.in[8]", "L2.attn.k[5]"): 0.9,
            ("L2.attn.in[4]", "L2.attn.v[7]"): 1.4,
            ("L2.attn.v[7]", "L2.attn.out[11]"): 2.2,
        },
        name="quote_closing",
        description="Close a string literal with the quote that opened it.",
        embedded=(5, 7),
        unembedded=(11,),
    )


def unlisted_weights() -> Circuit:
    """A circuit that lists no edges, with a group of several nodes at one place."""
    return circuit_of(
        {
            "brackets": "L0.attn.in[1] L0.attn.in[2]",
            "open": "L0.attn.v[6]",
            "depth": ("L0.attn.out[3] L1.mlp.in[3]", "grows with nesting"),
            "deep": "L1.mlp.neuron[0]",
        },
        {
            ("L0.attn.in[1]", "L0.attn.v[6]"): 0.5,
            ("L0.attn.in[2]", "L0.attn.v[6]"): 0.25,
            ("L0.attn.v[6]", "L0.attn.out[3]"): -1.0,
            ("L1.mlp.in[3]", "L1.mlp.neuron[0]"): 0.125,
        },
        name="bracket_counting",
        listed=False,
        embedded=(1, 2),
    )


def wide() -> Circuit:
    """More keys than fit side by side on a page, which meet a constant query."""
    keys = [f"L0.attn.k[{i}]" for i in range(8)]
    groups = {f"key_{i}": key for i, key in enumerate(keys)}
    groups |= {"read": "L0.attn.in[1]", "value": "L0.attn.v[1]", "say": "L0.attn.out[11]"}
    weights = {("L0.attn.in[1]", key): 1.0 - i for i, key in enumerate(keys) if i != 1}
    weights |= {("L0.attn.in[1]", "L0.attn.v[1]"): 1.0, ("L0.attn.v[1]", "L0.attn.out[11]"): 1.0}
    circuit = circuit_of(groups, weights, name="wide", embedded=(1,), unembedded=(11,))
    place = Place(0, "attn.q")
    constant = {place: torch.linspace(-1, 1, CONFIG.width(place))}
    values = AblationValues("mean", dict(circuit.ablation.values) | constant)
    return replace(circuit, ablation=values)


def many_layers() -> Circuit:
    """57 nodes over three layers, with channels that are written and read several times."""
    weights: dict[tuple[str, str], float] = {}
    groups: dict[str, str] = {}
    for layer in range(CONFIG.n_layer):
        reads, written = range(1, 5), 5 + layer
        groups |= {f"read_{layer}_{c}": f"L{layer}.attn.in[{c}]" for c in reads}
        groups[f"asks_{layer}"] = f"L{layer}.attn.q[1]"
        groups |= {f"key_{layer}_{c}": f"L{layer}.attn.k[{c}]" for c in (1, 2, 5)}
        groups |= {f"value_{layer}_{c}": f"L{layer}.attn.v[{c}]" for c in (3, 6)}
        groups[f"moved_{layer}"] = f"L{layer}.attn.out[{written}] L{layer}.mlp.in[{written}]"
        groups[f"seen_{layer}"] = f"L{layer}.mlp.in[{layer + 1}]"
        groups |= {f"neuron_{layer}_{n}": f"L{layer}.mlp.neuron[{n}]" for n in range(4)}
        groups |= {f"wrote_{layer}_{c}": f"L{layer}.mlp.out[{c}]" for c in (layer + 1, 11)}
        for i, channel in enumerate(reads):
            for target in ("q[1]", "k[1]", "k[2]", "k[5]", "v[3]", "v[6]")[i : i + 3]:
                weights[f"L{layer}.attn.in[{channel}]", f"L{layer}.attn.{target}"] = 0.5 * i - 0.7
        weights[f"L{layer}.attn.v[3]", f"L{layer}.attn.out[{written}]"] = 0.9
        weights[f"L{layer}.attn.v[6]", f"L{layer}.attn.out[{written}]"] = -1.1
        for n in range(4):
            source = (written, layer + 1)[n % 2]
            weights[f"L{layer}.mlp.in[{source}]", f"L{layer}.mlp.neuron[{n}]"] = 1.0 - n
            target = (layer + 1, 11)[n // 2]
            weights[f"L{layer}.mlp.neuron[{n}]", f"L{layer}.mlp.out[{target}]"] = n - 1.5
    return circuit_of(groups, weights, name="many_layers", embedded=(1, 2, 3, 4), unembedded=(11,))


def many_heads() -> Circuit:
    """Five heads of one layer, each of which reads a channel of its own."""
    config = CONFIG.model_copy(update={"n_head": 5})
    sizes = (1, 1, 2, 1, 3)
    values = [[f"L0.attn.v[{4 * head + c}]" for c in range(n)] for head, n in enumerate(sizes)]
    groups = {f"head_{head}": " ".join(nodes) for head, nodes in enumerate(values)}
    groups |= {f"read_{head}": f"L0.attn.in[{head}]" for head in range(5)}
    weights = {(f"L0.attn.in[{head}]", v): 1.0 for head, nodes in enumerate(values) for v in nodes}
    weights |= {(nodes[0], "L0.attn.out[11]"): -1.0 for nodes in values}
    return circuit_of(
        groups | {"say": "L0.attn.out[11]"},
        weights,
        name="many_heads",
        embedded=range(5),
        unembedded=(11,),
        config=config,
    )


def evidence_on(circuit: Circuit) -> Evidence:
    """Invented evidence: a snippet or two for every node, and a pair of prompts."""
    snippets = {
        node: (
            Snippet("x = f(", '"' if i % 2 else "\n    ", "hello world", 1.5 - i % 4),
            Snippet("print(", "'", "hello", 0.25 + i),
        )[: 1 + i % 2]
        for i, node in enumerate(circuit.nodes)
    }
    predictions = (
        Prediction('x = f("hello', (0.62, 0.01), (0.9, 0.002)),
        Prediction("x = f('hello", (0.05, 0.44), (0.0004, 0.88)),
    )
    return Evidence(
        circuit=circuit.name,
        model_sha256=circuit.model.sha256,
        task="single_double_quote",
        snippets=snippets,
        example=Example(('"', "'"), (1, 2), predictions),
    )


def crowd(n: int) -> Circuit:
    """`n` neurons without a weight between them, over all layers."""
    neurons = (f"L{i % CONFIG.n_layer}.mlp.neuron[{i // CONFIG.n_layer}]" for i in range(n))
    return circuit_of({"many": (" ".join(neurons), "one of many")}, name="crowd")


def report_on(circuit: Circuit, *claims: ClaimResult) -> Report:
    """A report on `circuit` with these claims."""
    score = RunScore(loss=0.1, accuracy=1.0)
    return Report(
        verdict=worst_verdict(claim.verdict for claim in claims),
        spec=SpecIdentity(name=circuit.name),
        model=ModelIdentity(
            name=circuit.model.name,
            sha256=circuit.model.sha256,
            reference_sha256=circuit.model.reference_sha256,
        ),
        task=TaskIdentity(name="single_double_quote", sha256="2" * 64, pairs=512),
        seed=0,
        level=0.05,
        ablation=circuit.ablation.kind,
        sizes=Sizes(
            nodes=len(circuit.nodes), edges=None if circuit.edges is None else len(circuit.edges)
        ),
        claims=claims,
        baseline=Baseline(full=score, keep=score, drop=score, empty=score),
    )


def claim(kind: str, verdict: str, **changed: Any) -> ClaimResult:
    """A claim with invented numbers."""
    values: dict[str, Any] = {
        "name": kind,
        "kind": kind,
        "verdict": verdict,
        "metric": "loss",
        "estimate": 0.138,
        "interval": (0.121, 0.155),
        "comparison": "<=",
        "threshold": 0.16,
        "n": 512,
        "exact": False,
        "level": 0.05,
    }
    return ClaimResult(**(values | changed))
