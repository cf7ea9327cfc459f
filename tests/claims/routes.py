"""A transformer made by hand with two separate ways to one answer, and tasks for it.

It says `A` after prompts that begin with `a`, and not after others. Embedding channels 0 and 4 both
say "a"; attention is uniform and averages them into value channels 0 and 1, which are written to
channels 2 and 6, less a constant. Either way alone is a circuit of three nodes, and the logit of
`A` reads both. All nonzero weights of a parameter are equal, so that to redraw them changes
nothing. Ablation is by zero.
"""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.language.claims import Claim
from circuitspec.language.load import parse_text
from circuitspec.language.spec import Spec
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model
from circuitspec.model.held_out import HeldOut
from circuitspec.model.places import Place, all_places
from circuitspec.model.reference_means import ReferenceMeans
from circuitspec.model.transformer import Transformer
from circuitspec.report.report import ClaimResult
from circuitspec.tasks.task import Pair, Task
from circuitspec.verdict.judge import Resources, verify_circuit

WORDS = ("a", "b", "A", "B", "red", "green", *(f"f{index}" for index in range(10)))

CONFIG = ModelConfig(
    n_layer=1,
    d_model=8,
    n_head=1,
    d_head=2,
    d_mlp=2,
    vocab_size=len(WORDS),
    n_ctx=16,
    norm="none",
    activation="relu",
    sink=False,
)

FIRST_WAY = """
  node begins = L0.attn.in[0]
  node carry  = L0.attn.v[0]
  node answer = L0.attn.out[2]
"""


def routes_model(
    *, second: bool = True, red: tuple[float, float] = (0.0, 0.0), text: bool = True
) -> Model:
    """The model.

    Args:
        second: whether the second way reaches the answer.
        red: what the logit of the word `red` reads of channels 2 and 6.
        text: whether it comes with held-out text, of random words.
    """
    transformer = Transformer(CONFIG).requires_grad_(False).eval()
    for parameter in transformer.parameters():
        parameter.zero_()
    a, answer, word, other = (WORDS.index(word) for word in ("a", "A", "red", "green"))
    transformer.embed[a, [0, 4]] = 1.0
    value, out = transformer.matrix(Place(0, "attn.v")), transformer.matrix(Place(0, "attn.out"))
    value.weight[0, 0] = value.weight[1, 4] = 1.0
    out.weight[2, 0] = out.weight[6, 1] = 24.0
    out.bias[[2, 6]] = -4.0
    transformer.unembed[answer, 2] = 1.0
    transformer.unembed[answer, 6] = 1.0 if second else 0.0
    # Channels 3 and 7 are never written to: words that read them can be asked for, and not said.
    transformer.unembed[word, [2, 6]] = torch.tensor(red)
    transformer.unembed[word, [3, 7]] = 1.0
    transformer.unembed[other, 3] = 1.0
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="b"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    means = {place: torch.zeros(CONFIG.width(place)) for place in all_places(CONFIG.n_layer)}
    tokens = np.random.default_rng(0).integers(len(WORDS), size=(40, 12))
    return Model(
        name="routes",
        transformer=transformer,
        tokenizer=tokenizer,
        reference=ReferenceMeans(means, "nothing", 1, "0" * 64),
        sha256="1" * 64,
        reference_sha256="2" * 64,
        held_out=HeldOut(tokens, "random words") if text else None,
    )


def routes_task(*, finding: int = 48, verifying: int = 48) -> Task:
    """Pairs that begin with `a` or `b`, and go on with one to three fillers; of two templates."""
    words = random.Random(0)

    def pairs(count: int) -> tuple[Pair, ...]:
        made = []
        for index in range(count):
            fillers = " ".join(words.choices(WORDS[6:], k=words.randint(1, 3)))
            template = f"template {index % 2}"
            made.append(Pair((f"a {fillers}", f"b {fillers}"), ("A", "B"), template, (fillers,)))
        return tuple(made)

    return Task("first_word", "Say A after a.", pairs(finding), pairs(verifying))


def routes_spec(claim: Claim | None = None, *, nodes: str = FIRST_WAY, edges: str = "") -> Spec:
    """The spec of the first way, or of `nodes` and `edges`, with one claim."""
    settings = "  model routes\n  task first_word\n  ablate zero\n"
    text = f"circuitspec 1\ncircuit routes {{\n{settings}{nodes}{edges}}}\n"
    (spec,) = parse_text(text).unwrap().circuits
    return spec if claim is None else spec.model_copy(update={"claims": (claim,)})


def routes_circuit(
    model: Model | None = None, *, nodes: str = FIRST_WAY, edges: str = "", name: str = "routes"
) -> Circuit:
    """What such a spec compiles to."""
    spec = routes_spec(nodes=nodes, edges=edges)
    compiled = compile_spec(spec, routes_model() if model is None else model)
    assert compiled.circuit is not None, compiled.diagnostics
    return replace(compiled.circuit, name=name)


def judged(
    claim: Claim,
    model: Model,
    task: Task | None = None,
    *,
    nodes: str = FIRST_WAY,
    edges: str = "",
    rivals: tuple[Circuit, ...] = (),
    seed: int = 0,
) -> ClaimResult:
    """What becomes of one claim."""
    spec = routes_spec(claim, nodes=nodes, edges=edges)
    circuit = routes_circuit(model, nodes=nodes, edges=edges)
    report = verify_circuit(
        spec,
        circuit,
        routes_task() if task is None else task,
        seed=seed,
        resources=Resources(rivals=rivals),
    )
    (result,) = report.claims
    return result
