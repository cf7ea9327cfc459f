"""Places: where in a transformer a node can sit, and which weight matrix feeds it.

A *node* is one element of an activation at one of these places (Gao et al. 2025, appendix A.5).
Every weight matrix between places is named by the place that it computes: the matrix behind
`L0.attn.q` maps `L0.attn.in` to `L0.attn.q`. So "edge" needs no name of its own: it is an entry
`[target index, source index]` of the matrix of its target's place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from circuitspec.language.selections import LAYER_PARTS as LAYER_PARTS
from circuitspec.language.selections import LayerPart as LayerPart
from circuitspec.language.selections import Part as Part

# Which place a weight matrix reads, by the place that it computes. `attn.out` reads the values
# after they were mixed over positions by the attention pattern.
SOURCE_PART: dict[Part, LayerPart] = {
    "attn.q": "attn.in",
    "attn.k": "attn.in",
    "attn.v": "attn.in",
    "attn.out": "attn.v",
    "mlp.neuron": "mlp.in",
    "mlp.out": "mlp.neuron",
}


@dataclass(frozen=True, slots=True)
class Place:
    """An activation of the model: a part of a layer, or `embed` or `final` (layer None)."""

    layer: int | None
    part: Part

    def __post_init__(self) -> None:
        if (self.layer is None) != (self.part in ("embed", "final")):
            raise ValueError(f"part {self.part!r} does not go with layer {self.layer!r}")

    def __str__(self) -> str:
        return self.part if self.layer is None else f"L{self.layer}.{self.part}"

    @property
    def order(self) -> tuple[int, int]:
        """Sorts places in the order in which a forward pass computes them."""
        if self.layer is None:
            return (-1, 0) if self.part == "embed" else (1 << 30, 0)
        return (self.layer, LAYER_PARTS.index(self.part))

    @property
    def source(self) -> Place | None:
        """The place that this place's weight matrix reads; None where no matrix computes it."""
        part = SOURCE_PART.get(self.part)
        return None if part is None else Place(self.layer, part)


EMBED = Place(None, "embed")
FINAL = Place(None, "final")


def layer_places(n_layer: int) -> Iterator[Place]:
    """The eight places of each layer, in forward order: the default scope of a spec."""
    for layer in range(n_layer):
        for part in LAYER_PARTS:
            yield Place(layer, part)


def all_places(n_layer: int) -> Iterator[Place]:
    """Every place of a model, in forward order, `embed` and `final` included."""
    yield EMBED
    yield from layer_places(n_layer)
    yield FINAL


def matrix_places(n_layer: int) -> Iterator[Place]:
    """The places that a weight matrix computes: where edges end."""
    return (place for place in layer_places(n_layer) if place.source is not None)


def parse_place(text: str) -> Place:
    """The inverse of `str(place)`.

    Raises:
        ValueError: `text` names no place.
    """
    if text in ("embed", "final"):
        return Place(None, text)  # type: ignore[arg-type]
    head, _, part = text.partition(".")
    if head[:1] != "L" or not head[1:].isdecimal() or part not in LAYER_PARTS:
        raise ValueError(f"{text!r} names no place")
    return Place(int(head[1:]), part)
