"""Elements of a model's activations: indices, places, and the ways to select by them.

These say what the author wrote; how wide a place is, and how many heads it has, is the model's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, Field, model_validator

from circuitspec.diagnostics.source import Span
from circuitspec.language.values import Value, Where

LayerPart: TypeAlias = Literal[
    "attn.in",
    "attn.q",
    "attn.k",
    "attn.v",
    "attn.out",
    "mlp.in",
    "mlp.neuron",
    "mlp.out",
]
Part: TypeAlias = LayerPart | Literal["embed", "final"]
HeadPart: TypeAlias = Literal["attn.q", "attn.k", "attn.v"]
Block: TypeAlias = Literal["attn", "mlp", "embed", "final"]

LAYER_PARTS: tuple[LayerPart, ...] = get_args(LayerPart)
PARTS: tuple[Part, ...] = (*LAYER_PARTS, "embed", "final")
HEAD_PARTS: tuple[HeadPart, ...] = get_args(HeadPart)

LARGEST_INDEX = 10**18
"""Layers, heads and indices stay below this, so that the length of any range is a machine int."""

Number = Annotated[int, Field(ge=0, lt=LARGEST_INDEX)]


class IndexRange(Value):
    """The indices from `first` to `last`, both included; a single index has them equal."""

    first: Number
    last: Number
    span: Where = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the range {self.first}..{self.last} runs backwards")
        return self

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


def index_ranges(indices: Iterable[int]) -> tuple[IndexRange, ...]:
    """The fewest ranges, in order, that hold these indices."""

    def runs() -> Iterator[tuple[int, int]]:
        first = last = None
        for index in sorted(set(indices)):
            if first is None or last is None:
                first = last = index
            elif index == last + 1:
                last = index
            else:
                yield first, last
                first = last = index
        if first is not None and last is not None:
            yield first, last

    return tuple(IndexRange(first=first, last=last) for first, last in runs())


def overlap(ranges: Iterable[IndexRange]) -> tuple[IndexRange, IndexRange] | None:
    """The lowest two ranges that share an index, in order; found without expanding them.

    The lowest index that they share is the first of the second.
    """
    in_order = sorted(ranges, key=lambda r: (r.first, r.last))
    return next((pair for pair in pairwise(in_order) if pair[1].first <= pair[0].last), None)


def _check_indices(ranges: tuple[IndexRange, ...]) -> tuple[IndexRange, ...]:
    twice = overlap(ranges)
    if twice is not None:
        raise ValueError(f"index {twice[1].first} is listed twice")
    return ranges


Indices = Annotated[tuple[IndexRange, ...], Field(min_length=1), AfterValidator(_check_indices)]


class PlaceRef(Value):
    """An activation of the model, such as `L0.mlp.in`; `embed` and `final` have no layer."""

    layer: Number | None
    part: Part

    @model_validator(mode="after")
    def _layer_fits_part(self) -> Self:
        if (self.layer is None) != (self.part in ("embed", "final")):
            raise ValueError(f"{self.part} {'needs a' if self.layer is None else 'has no'} layer")
        return self

    def __str__(self) -> str:
        return self.part if self.layer is None else f"L{self.layer}.{self.part}"


class Sublayer(Value):
    """A block that reads from or writes to the residual stream: `L0.attn`, `L0.mlp`, an end."""

    layer: Number | None
    block: Block
    span: Where = None

    @model_validator(mode="after")
    def _layer_fits_block(self) -> Self:
        if (self.layer is None) != (self.block in ("embed", "final")):
            raise ValueError(f"{self.block} {'needs a' if self.layer is None else 'has no'} layer")
        return self

    def __str__(self) -> str:
        return self.block if self.layer is None else f"L{self.layer}.{self.block}"

    @property
    def written(self) -> PlaceRef:
        """The place where this block's write can be seen."""
        match self.block:
            case "attn":
                return PlaceRef(layer=self.layer, part="attn.out")
            case "mlp":
                return PlaceRef(layer=self.layer, part="mlp.out")
            case "embed":
                return PlaceRef(layer=None, part="embed")
            case "final":
                raise ValueError("`final` is only read")

    @property
    def read(self) -> PlaceRef:
        """The place where what this block reads can be seen."""
        match self.block:
            case "attn":
                return PlaceRef(layer=self.layer, part="attn.in")
            case "mlp":
                return PlaceRef(layer=self.layer, part="mlp.in")
            case "final":
                return PlaceRef(layer=None, part="final")
            case "embed":
                raise ValueError("`embed` is only written")

    @property
    def order(self) -> tuple[int, int]:
        """Where the block stands in the forward pass; a later block has a greater one."""
        match self.block:
            case "embed":
                return (-1, 0)
            case "final":
                return (LARGEST_INDEX, 0)
            case "attn" | "mlp":
                assert self.layer is not None
                return (self.layer, 0 if self.block == "attn" else 1)


class Selection(Value):
    """Elements of one place: `L0.mlp.in[205]`, or `L10.h82.v[7]` by head.

    Attributes:
        place: where the elements are.
        head: if given, `indices` count channels inside that head of q, k or v.
        indices: which elements.
        layer_span: where the `L10` stands.
        head_span: where the `h82` stands.
    """

    kind: Literal["selection"] = "selection"
    place: PlaceRef
    head: Number | None = None
    indices: Indices
    span: Where = None
    layer_span: Where = None
    head_span: Where = None

    @model_validator(mode="after")
    def _head_fits_part(self) -> Self:
        if self.head is not None and self.place.part not in HEAD_PARTS:
            raise ValueError(f"{self.place} has no heads")
        return self


class QkPair(Value):
    """A query channel together with the key channel that it meets: `L10.h82.qk[1]`.

    Attributes:
        head: if given, `indices` count channels inside that head; otherwise they are flat.
        layer_span: where the `L10` stands.
        head_span: where the `h82` stands.
    """

    kind: Literal["qk"] = "qk"
    layer: Number
    head: Number | None = None
    indices: Indices
    span: Where = None
    layer_span: Where = None
    head_span: Where = None

    def places(self) -> tuple[PlaceRef, PlaceRef]:
        """The query's place and the key's."""
        return PlaceRef(layer=self.layer, part="attn.q"), PlaceRef(layer=self.layer, part="attn.k")


class ChannelPath(Value):
    """A residual channel from where it is written to where it is read.

    `channel 460 from L0.mlp to L10.attn` is the write `L0.mlp.out[460]` and the read
    `L10.attn.in[460]`. Every read comes after every write.
    """

    kind: Literal["channel"] = "channel"
    indices: Indices
    writes: Annotated[tuple[Sublayer, ...], Field(min_length=1)]
    reads: Annotated[tuple[Sublayer, ...], Field(min_length=1)]
    span: Where = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        for ends in (self.writes, self.reads):
            if len(set(ends)) < len(ends):
                raise ValueError("a block is listed twice")
        if any(write.block == "final" for write in self.writes):
            raise ValueError("`final` is only read")
        if any(read.block == "embed" for read in self.reads):
            raise ValueError("`embed` is only written")
        # A block reads before it writes, so a path from a block to itself is also backwards.
        if max(w.order for w in self.writes) >= min(r.order for r in self.reads):
            raise ValueError("a read comes before a write")
        return self


AnySelection: TypeAlias = Annotated[Selection | QkPair | ChannelPath, Field(discriminator="kind")]


def places_of(selection: AnySelection) -> Iterator[tuple[PlaceRef, Span | None]]:
    """The places that a selection speaks of, and where it does; the query stands for its key."""
    match selection:
        case Selection():
            yield selection.place, selection.span
        case QkPair():
            yield selection.places()[0], selection.span
        case ChannelPath():
            yield from ((write.written, write.span) for write in selection.writes)
            yield from ((read.read, read.span) for read in selection.reads)
