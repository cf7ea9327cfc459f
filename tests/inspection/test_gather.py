"""The values of nodes on a text are those of a run of the model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.small_models import random_transformer

from circuitspec.circuit.nodes import Node
from circuitspec.inspection.gather import gather_values
from circuitspec.inspection.texts import Document, Text, text_of_documents
from circuitspec.model.places import all_places
from inspection.test_wiring import PLAIN, Watch, node, small_model

WORDS = " ".join(f"w{(7 * i + i * i) % 7}" for i in range(40))


def text(most: int = 1000) -> Text:
    documents = [Document("words.txt", WORDS)]
    return text_of_documents("words", documents, small_model().tokenizer, window=6, most=most)


def test_every_node_is_as_in_a_plain_run() -> None:
    model, words = small_model(), text()
    nodes = [Node(p, i) for p in all_places(2) for i in range(model.config.width(p))][::-1]
    values = gather_values(model.transformer, words, nodes)
    assert words.sequences[-1] == (36, 40)
    for first, last in words.sequences:
        watch = Watch()
        model.transformer(torch.from_numpy(words.ids[None, first:last]), watch)
        for row, at in zip(values, nodes, strict=True):
            run = watch.values[at.place][0, :, at.index].numpy()
            assert np.allclose(row[first:last], run, atol=1e-6), at


def test_the_run_ends_where_nobody_asks_on() -> None:
    model = small_model()
    model.transformer.layers[1].forward = None  # type: ignore[method-assign,assignment]
    assert gather_values(model.transformer, text(), [node("L0.mlp.out", 1)]).shape == (1, 40)
    with pytest.raises(TypeError):
        gather_values(model.transformer, text(), [node("L1.attn.in", 1)])


def test_progress_ends_with_all_tokens() -> None:
    seen: list[tuple[int, int]] = []
    gather_values(
        small_model().transformer,
        text(),
        [node("embed", 0)],
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(36, 40), (40, 40)]


def test_a_value_that_is_not_finite_is_no_value() -> None:
    transformer = random_transformer(PLAIN, seed=0)
    transformer.state_dict()["embed"][4] = 1e10
    transformer.state_dict()["layers.0.attn.q.weight"][1] = 1e38
    with pytest.raises(FloatingPointError, match=r"no finite value at L0\.attn\.q\[1\]"):
        gather_values(transformer, text(), [node("embed", 1), node("L0.attn.q", 1)])
