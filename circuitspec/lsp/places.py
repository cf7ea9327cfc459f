"""Completion of places: what can follow `L`, `L0.`, `L0.h` and so on, in a given model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from circuitspec.language.selections import LAYER_PARTS
from circuitspec.lsp.plain_places import IN_WORDS, PAIRS, width_in_words
from circuitspec.lsp.suggestions import Suggestion
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place

_IN_LAYER = re.compile(r"L([0-9]+)\.(.*)")
_IN_HEAD = re.compile(r"h([0-9]+)\..*")
_BLOCK = re.compile(r"L([0-9]+)\.(attn|mlp)")
_HEAD_PARTS = {
    "q": "the queries of this head",
    "k": "the keys of this head",
    "v": "the values of this head",
    "qk": PAIRS,
}
_BLOCKS = {"attn": "attention", "mlp": "the MLP"}


def places(typed: str, config: ModelConfig | None) -> Iterator[Suggestion]:
    """The places that what is typed may become, one step at a time.

    Args:
        typed: what there is of the place so far; the suggestions replace it.
        config: of the model; None if it cannot be had, and then no layer or head is listed.
    """
    in_layer = _IN_LAYER.fullmatch(typed)
    if in_layer is None:
        yield from _layers(config)
        for end in ("embed", "final"):
            yield _place(end, IN_WORDS[end], None if config is None else config.d_model)
        return
    layer, rest = in_layer.groups()
    if config is not None and int(layer) >= config.n_layer:
        return
    in_head = _IN_HEAD.fullmatch(rest)
    if in_head is not None:
        if config is None or int(in_head[1]) < config.n_head:
            width = None if config is None else config.d_head
            for part, words in _HEAD_PARTS.items():
                yield _place(f"L{layer}.h{in_head[1]}.{part}", words, width)
        return
    for part in LAYER_PARTS:
        width = None if config is None else config.width(Place(int(layer), part))
        yield _place(f"L{layer}.{part}", IN_WORDS[part], width)
    yield _place(f"L{layer}.attn.qk", PAIRS, None if config is None else config.d_attn)
    yield from _heads(layer, config)


def writers(config: ModelConfig | None) -> Iterator[Suggestion]:
    """The blocks that can write a channel."""
    yield Suggestion(label="embed", kind="place", detail="the embedding")
    yield from _blocks(range(1 if config is None else config.n_layer))


def readers(written: Iterable[str], config: ModelConfig | None) -> Iterator[Suggestion]:
    """The blocks that can read a channel, all of them after those that have written it."""
    found = map(_BLOCK.fullmatch, written)
    last = max(((int(block[1]), block[2]) for block in found if block), default=(0, ""))
    layers = range(last[0], last[0] + 2 if config is None else config.n_layer)
    # The names of a layer's two blocks are in the order in which they run.
    done = [f"L{last[0]}.{block}" for block in _BLOCKS if block <= last[1]]
    yield from (block for block in _blocks(layers) if block.label not in done)
    yield Suggestion(label="final", kind="place", detail="the unembedding")


def _blocks(layers: Iterable[int]) -> Iterator[Suggestion]:
    for layer in layers:
        for block, words in _BLOCKS.items():
            yield Suggestion(
                label=f"L{layer}.{block}", kind="place", detail=f"{words} in layer {layer}"
            )


def _layers(config: ModelConfig | None) -> Iterator[Suggestion]:
    for layer in range(1 if config is None else config.n_layer):
        yield Suggestion(
            label=f"L{layer}.", kind="place", detail=f"a place in layer {layer}", goes_on=True
        )


def _heads(layer: str, config: ModelConfig | None) -> Iterator[Suggestion]:
    for head in range(1 if config is None else config.n_head):
        yield Suggestion(
            label=f"L{layer}.h{head}.",
            kind="place",
            detail=f"the channels of head {head}",
            goes_on=True,
        )


def _place(label: str, words: str, width: int | None) -> Suggestion:
    return Suggestion(
        label=label,
        kind="place",
        detail=words if width is None else width_in_words(width),
        documentation=words,
        text=f"{label}[",
        snippet=f"{label}[${{1:0}}]",
    )
