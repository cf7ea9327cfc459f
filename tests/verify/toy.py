"""A transformer made by hand, small enough to know what every claim about it must come to.

It reads whether an `a` or a `b` stood at the beginning and answers `A` or `B`. Attention is
uniform, so it averages: channel 0 says "a", 1 says "b"; value channel 0 takes their difference,
attention writes it to channel 2, and the unembedding reads it there. Fillers after the first word
add noise to channel 3, which value channel 1 adds to the answer, and dilute the average. All
reference means are 0.
"""

from __future__ import annotations

import random

import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.language.load import parse_text
from circuitspec.language.spec import Spec
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, all_places
from circuitspec.model.reference_means import ReferenceMeans
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.task import Pair, Task

WORDS = ("a", "b", "A", "B", *(f"f{index}" for index in range(10)))

CONFIG = ModelConfig(
    n_layer=1,
    d_model=4,
    n_head=1,
    d_head=2,
    d_mlp=2,
    vocab_size=len(WORDS),
    n_ctx=16,
    norm="none",
    activation="relu",
    sink=False,
)

NODES = """
  node is_a   = L0.attn.in[0]
  node is_b   = L0.attn.in[1]
  node carry  = L0.attn.v[0]
  node answer = L0.attn.out[2]
"""

EDGES = """
  edge is_a, is_b -> carry -> answer
"""


def toy_transformer(*, gain: float = 12.0, noise: float = 1.0) -> Transformer:
    """The transformer described above.

    Args:
        gain: of the signal; the greater, the surer its answers.
        noise: of the fillers.
    """
    model = Transformer(CONFIG).requires_grad_(False).eval()
    for parameter in model.parameters():
        parameter.zero_()
    model.embed[0, 0] = model.embed[1, 1] = 1.0
    model.embed[4:, 3] = torch.linspace(-1.0, 1.0, len(WORDS) - 4)
    value, out = model.matrix(Place(0, "attn.v")), model.matrix(Place(0, "attn.out"))
    value.weight[0, :2] = torch.tensor([1.0, -1.0])
    value.weight[1, 3] = 1.0
    out.weight[2] = torch.tensor([gain, noise])
    model.unembed[2, 2], model.unembed[3, 2] = 1.0, -1.0
    return model


def toy_model(transformer: Transformer | None = None) -> Model:
    """`transformer`, or a fresh one, with its words and with means of 0."""
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="a"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    means = {place: torch.zeros(CONFIG.width(place)) for place in all_places(CONFIG.n_layer)}
    return Model(
        name="toy",
        transformer=toy_transformer() if transformer is None else transformer,
        tokenizer=tokenizer,
        reference=ReferenceMeans(means, "nothing", 1, "0" * 64),
        sha256="1" * 64,
        reference_sha256="2" * 64,
    )


def toy_task(pairs: int = 40, *, exact: bool = False, swapped: int = 0) -> Task:
    """Pairs of one to three fillers; the last `swapped` have their answers the wrong way round."""
    words = random.Random(0)
    verifying = []
    for index in range(pairs):
        fillers = " ".join(words.choices(WORDS[4:], k=words.randint(1, 3)))
        answers = ("A", "B") if index < pairs - swapped else ("B", "A")
        verifying.append(Pair((f"a {fillers}", f"b {fillers}"), answers, "toy", ()))
    return Task("first_word", "Say which word came first.", (), tuple(verifying), exact)


def toy_spec(claims: str = "", *, nodes: str = NODES, edges: str = "", settings: str = "") -> Spec:
    """A spec of the circuit, or of `nodes` and `edges`, with claims one per line."""
    statements = "  model toy\n  task first_word\n  ablate mean over pretraining\n" + settings
    lines = "".join(f"  expect {line}\n" for line in claims.splitlines())
    text = f"circuitspec 1\ncircuit toy {{\n{statements}{nodes}{edges}{lines}}}\n"
    (spec,) = parse_text(text).unwrap().circuits
    return spec


def toy_circuit(spec: Spec, model: Model | None = None) -> Circuit:
    """What the spec compiles to."""
    compiled = compile_spec(spec, toy_model() if model is None else model)
    assert compiled.circuit is not None, compiled.diagnostics
    return compiled.circuit
