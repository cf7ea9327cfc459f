"""A model with a circuit planted in it, and the task that this circuit does.

Head 0 copies the kind of the quote that it attends to into channel 2, which alone moves the
logits of `w1` and `w2`. Head 1 and the MLP are noise that touches neither.
"""

from __future__ import annotations

import torch
from tokenizers import Tokenizer

from circuitspec.circuit.nodes import Node
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model
from circuitspec.model.places import Place
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.model.tokenizer import train_tokenizer
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Pair, Task
from circuitspec.tasks.tokens import tokenize_pairs
from support.small_models import random_transformer, word_tokenizer

KIND, IS_QUOTE, ANSWER = 0, 1, 2

PLANTED = frozenset(
    {
        Node(Place(0, "attn.in"), KIND),
        Node(Place(0, "attn.in"), IS_QUOTE),
        Node(Place(0, "attn.q"), 0),
        Node(Place(0, "attn.k"), 0),
        Node(Place(0, "attn.v"), 0),
        Node(Place(0, "attn.out"), ANSWER),
    }
)


def planted_model() -> Model:
    """The model that does `quote_task`; its reference means are those of all its prompts."""
    task = quote_task()
    return _plant(word_tokenizer(12), quotes=(1, 2), task=task)


def planted_python_model() -> Model:
    """The same for the shipped task `single_double_quote`, with a tokenizer that reads Python."""
    task = load_task("single_double_quote")
    tokenizer = train_tokenizer((text for pair in task.finding for text in pair.prompts), 300)
    quotes = (tokenizer.token_to_id('"'), tokenizer.token_to_id("'"))
    return _plant(tokenizer, quotes=quotes, task=task)


def _plant(tokenizer: Tokenizer, *, quotes: tuple[int, int], task: Task) -> Model:
    config = ModelConfig(
        n_layer=1,
        d_model=8,
        n_head=2,
        d_head=2,
        d_mlp=6,
        vocab_size=tokenizer.get_vocab_size(),
        n_ctx=64,
        norm="none",
        sink=False,
    )
    transformer = random_transformer(config, seed=1)
    weights = transformer.state_dict()
    double, single = quotes
    signal = [KIND, IS_QUOTE, ANSWER]
    for name in ("embed", "unembed"):
        weights[name][:, signal] = 0.0
    weights["embed"][double, [KIND, IS_QUOTE]] = torch.tensor([1.0, 1.0])
    weights["embed"][single, [KIND, IS_QUOTE]] = torch.tensor([-1.0, 1.0])
    # The answers' logits depend on channel 2 alone.
    weights["unembed"][[double, single]] = 0.0
    weights["unembed"][double, ANSWER], weights["unembed"][single, ANSWER] = 4.0, -4.0
    attention = "layers.0.attn"
    for part in "qkv":
        weights[f"{attention}.{part}.weight"][:, signal] = 0.0
        weights[f"{attention}.{part}.weight"][:2] = 0.0
        weights[f"{attention}.{part}.bias"][:2] = 0.0
    weights[f"{attention}.q.bias"][0] = 3.0
    weights[f"{attention}.k.weight"][0, IS_QUOTE] = 3.0
    weights[f"{attention}.v.weight"][0, KIND] = 1.0
    weights[f"{attention}.out.weight"][:, :2] = 0.0
    weights[f"{attention}.out.weight"][signal] = 0.0
    weights[f"{attention}.out.bias"][ANSWER] = 0.0
    weights[f"{attention}.out.weight"][ANSWER, 0] = 1.0
    weights["layers.0.mlp.in.weight"][:, signal] = 0.0
    weights["layers.0.mlp.out.weight"][signal] = 0.0
    weights["layers.0.mlp.out.bias"][ANSWER] = 0.0
    transformer.load_state_dict(weights)
    batches = tokenize_pairs(task.finding, tokenizer)
    tokens = (batch.tokens.flatten(0, 1) for batch in batches)
    reference = measure_reference_means(transformer, tokens, source="the finding pairs")
    return Model("planted", transformer, tokenizer, reference, "0" * 64, "0" * 64)


def quote_task() -> Task:
    """Say again which of `w1` and `w2` came first in the prompt."""

    def pair(first: int, second: int) -> Pair:
        tail = f"w{first} w{second}"
        return Pair((f"w1 {tail}", f"w2 {tail}"), ("w1", "w2"), "quote tail", (tail,))

    pairs = [pair(first, second) for first in range(3, 12) for second in range(3, 12)]
    return Task("quotes", "say the quote again", tuple(pairs[::2]), tuple(pairs[1::2]))
