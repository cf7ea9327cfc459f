"""Selections and places in plain words, with how wide they are in a given model."""

from __future__ import annotations

from collections.abc import Sequence

from circuitspec.diagnostics.wording import listed
from circuitspec.language.selections import (
    AnySelection,
    ChannelPath,
    IndexRange,
    Part,
    PlaceRef,
    QkPair,
    Selection,
    Sublayer,
)
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place

IN_WORDS: dict[Part, str] = {
    "attn.in": "what attention reads, after the norm",
    "attn.q": "the queries of all heads, side by side",
    "attn.k": "the keys of all heads, side by side",
    "attn.v": "the values of all heads, side by side",
    "attn.out": "what attention writes to the residual stream",
    "mlp.in": "what the MLP reads, after the norm",
    "mlp.neuron": "the neurons of the MLP, after the activation function",
    "mlp.out": "what the MLP writes to the residual stream",
    "embed": "what the embedding writes to the residual stream",
    "final": "the residual stream before the last norm",
}
"""What each place is."""

PAIRS = "pairs of a query channel and the key channel that it meets"
"""What the places that end in `qk` are."""

_ELEMENTS_OF: dict[Part, str] = {
    "attn.in": "channel {} of what attention reads in layer {}",
    "attn.q": "channel {} of the queries of layer {}",
    "attn.k": "channel {} of the keys of layer {}",
    "attn.v": "channel {} of the values of layer {}",
    "attn.out": "channel {} of what attention writes in layer {}",
    "mlp.in": "channel {} of what the MLP reads in layer {}",
    "mlp.neuron": "neuron {} of layer {}",
    "mlp.out": "channel {} of what the MLP writes in layer {}",
    "embed": "channel {} of the embedding",
    "final": "channel {} of the final residual stream",
}
_IN_HEAD: dict[Part, str] = {"attn.q": "query", "attn.k": "key", "attn.v": "value"}
_BLOCKS = {
    "attn": "attention in layer {}",
    "mlp": "the MLP in layer {}",
    "embed": "the embedding",
    "final": "the unembedding",
}

_MOST_SHOWN = 8


def selection_in_words(selection: AnySelection, config: ModelConfig | None) -> str:
    """`channel 5 of the key of head 18 in layer 0; one of 16 in this head, 512 in L0.attn.k`.

    Args:
        config: of the model; None if it cannot be had, and then no widths are given.
    """
    indices = _indices(selection.indices)
    match selection:
        case Selection(head=None, place=place):
            words = _ELEMENTS_OF[place.part].format(indices, place.layer)
        case Selection(head=head, place=place):
            part = _IN_HEAD[place.part]
            words = f"channel {indices} of the {part} of head {head} in layer {place.layer}"
        case QkPair(head=head, layer=layer):
            words = f"channel {indices} of the query {_of_head(head, layer)}, and of the key "
            words += "that it meets"
        case ChannelPath(writes=writes, reads=reads):
            words = f"channel {indices} of the residual stream, written by {_blocks(writes)} "
            words += f"and read by {_blocks(reads)}"
    count = sum(len(r) for r in selection.indices)
    if count > 1:
        unit = words.partition(" ")[0]
        words = f"{unit}s{words.removeprefix(unit)}"
    if config is None:
        return words
    return f"{words}; {'one' if count == 1 else f'{count:,}'} of {_whole(selection, config)}"


def place_in_words(selection: Selection | QkPair) -> str:
    """What a selection selects from: `the key channels of head 18`."""
    match selection:
        case Selection(head=None, place=place):
            return IN_WORDS[place.part]
        case Selection(head=head, place=place):
            return f"the {_IN_HEAD[place.part]} channels of head {head}"
        case QkPair(head=None):
            return PAIRS
        case QkPair(head=head):
            return f"{PAIRS} in head {head}"


def width_in_words(width: int) -> str:
    """`512 elements, 0 to 511`."""
    return f"{width:,} elements, 0 to {width - 1}" if width > 1 else "1 element, 0"


def width_of(selection: Selection | QkPair, config: ModelConfig) -> int | None:
    """How many elements there are to select from; None if a model has no such layer or head."""
    place = selection.place if isinstance(selection, Selection) else selection.places()[0]
    if (place.layer or 0) >= config.n_layer or (selection.head or 0) >= config.n_head:
        return None
    return _width(place, config) if selection.head is None else config.d_head


def _width(place: PlaceRef, config: ModelConfig) -> int:
    return config.width(Place(place.layer, place.part))


def _whole(selection: AnySelection, config: ModelConfig) -> str:
    """What a selection is a part of."""
    match selection:
        case ChannelPath():
            return f"{config.d_model:,}"
        case Selection(place=place, head=head):
            name = str(place)
        case QkPair(head=head):
            place, _ = selection.places()
            name = f"L{selection.layer}.attn.qk"
    whole = f"{_width(place, config):,} in {name}"
    return whole if head is None else f"{config.d_head:,} in this head, {whole}"


def _of_head(head: int | None, layer: int) -> str:
    return f"of layer {layer}" if head is None else f"of head {head} in layer {layer}"


def _indices(ranges: Sequence[IndexRange]) -> str:
    shown = [str(r.first) if len(r) == 1 else f"{r.first} to {r.last}" for r in ranges]
    if len(shown) > _MOST_SHOWN:
        shown[_MOST_SHOWN - 1 :] = [f"{len(shown) - _MOST_SHOWN + 1} more"]
    return listed(shown, "and")


def _blocks(blocks: Sequence[Sublayer]) -> str:
    return listed([_BLOCKS[block.block].format(block.layer) for block in blocks], "and")
