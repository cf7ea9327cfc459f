"""Circuits for claims of faithfulness: a small random one, and a planted leak through the norm."""

from __future__ import annotations

import random

import torch
from support.circuits import circuit_of
from support.small_models import TWO_LAYERS, model_of, random_transformer
from verify.toy import CONFIG, WORDS, toy_model, toy_spec

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.claims.measure import Measurements, quiet
from circuitspec.claims.trial import Trial
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.task import Pair, Task

RANDOM_NODES = """
  node reads  = L0.attn.in[0, 2, 3]
  node key    = L0.h1.k[0]
  node query  = L0.h1.q[2]
  node value  = L0.h0.v[1]
  node writes = L0.attn.out[1, 4]
  node hears  = L1.mlp.in[1, 4, 5]
  node neuron = L1.mlp.neuron[0, 3, 7]
  node says   = L1.mlp.out[2, 6]
  node later  = L1.h1.v[0]
"""


def random_circuit(*, edges: str = "", seed: int = 3) -> Circuit:
    """Some nodes of a random model with norms and sinks; it does nothing sensible."""
    model = model_of(random_transformer(TWO_LAYERS, seed=seed))
    return circuit_of(model, RANDOM_NODES + edges)


def random_pairs(count: int, *, seed: int = 0) -> Task:
    """Pairs of two to five words, of two templates by their length."""
    draw = random.Random(seed)
    pairs = []
    for _ in range(count):
        rest = " ".join(draw.choices([f"w{i}" for i in range(1, 7)], k=draw.randint(1, 4)))
        template = "short" if len(rest.split()) < 3 else "long"
        pairs.append(Pair((f"w1 {rest}", f"w2 {rest}"), ("w5", "w6"), template, ()))
    return Task("words", "any words", (), tuple(pairs))


def trial_on(circuit: Circuit, task: Task, **settings: object) -> Trial:
    """The circuit against the task."""
    return Trial(Measurements(circuit, task, 0, quiet), **settings)  # type: ignore[arg-type]


LEAK = """
  node is_a   = L0.attn.in[0]
  node is_b   = L0.attn.in[1]
  node small  = L0.attn.v[0]
  node answer = L0.attn.out[2]
"""
WHOLE = LEAK + "  node large = L0.attn.v[1]\n"


def leaking_transformer() -> Transformer:
    """The toy with a norm before the unembedding, and a large constant in front of it.

    Two value channels carry the signal, `small` by 1/2 and `large` by 11.5. The MLP writes a
    constant of 10 to channel 3, which makes the norm divide by 5 and more. Where it is ablated, the
    norm divides by next to nothing, so that `small` alone gives the right answers loud and clear.
    """
    config = CONFIG.model_copy(update={"norm": "rms"})
    model = Transformer(config).requires_grad_(False).eval()
    for name, parameter in model.named_parameters():
        if not name.endswith("norm.weight"):
            parameter.zero_()
    model.embed[0, 0] = model.embed[1, 1] = 1.0
    # What the last token says of itself stands apart, so that its norm is always the same.
    model.embed[4:, 3] = 1.0
    value, out = model.matrix(Place(0, "attn.v")), model.matrix(Place(0, "attn.out"))
    value.weight[0, :2] = value.weight[1, :2] = torch.tensor([0.5, -0.5])
    out.weight[2] = torch.tensor([0.5, 11.5])
    model.matrix(Place(0, "mlp.out")).bias[3] = 10.0
    model.unembed[2, 2], model.unembed[3, 2] = 3.0, -3.0
    return model


def leaking_circuit(nodes: str = LEAK) -> Circuit:
    """Some nodes of the same."""
    compiled = compile_spec(toy_spec(nodes=nodes), toy_model(leaking_transformer()))
    assert compiled.circuit is not None, compiled.diagnostics
    return compiled.circuit


def fixed_length_task(count: int = 40) -> Task:
    """`a` or `b` and two fillers."""
    draw = random.Random(1)
    pairs = []
    for _ in range(count):
        rest = " ".join(draw.choices(WORDS[4:], k=2))
        pairs.append(Pair((f"a {rest}", f"b {rest}"), ("A", "B"), "toy", ()))
    return Task("first_word", "Say which word came first.", (), tuple(pairs))
