"""What stands on the right of a node's `=`: elements of a place or a head, and qk pairs.

Which places a model has is fixed by the language, so a misspelt one is found here; how many layers
it has, and how wide they are, is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.selections import (
    LARGEST_INDEX,
    LAYER_PARTS,
    IndexRange,
    Part,
    PlaceRef,
    QkPair,
    Selection,
    overlap,
)

_LAYER_PARTS = [*LAYER_PARTS, "attn.qk"]
_HEAD_PARTS = ("q", "k", "v", "qk")
_PLACE = re.compile(rf"L(\d+)\.({'|'.join(map(re.escape, _LAYER_PARTS))})")
_HEAD_PART = re.compile(rf"L(\d+)\.(?P<head>h(\d+))\.({'|'.join(_HEAD_PARTS)})")
_WHOLE_HEAD = re.compile(r"L\d+\.h\d+")
_IN_LAYER = re.compile(r"([Ll]|((transformer|model)\.)?(blocks?|layers?|h)\.)(?P<layer>\d+)\.")
"""A layer as it is written here, or as PyTorch code names its blocks."""
_HEAD_IN_ATTENTION = re.compile(r"attn\.(?=h\d+(\.|$))")

_HEAD_WORDS = {"query": "q", "queries": "q", "key": "k", "keys": "k", "value": "v", "values": "v"}

_HOOKS = {"act_in": "in", "post_act": "neuron", "resid_delta": "out"}
"""What OpenAI's code calls some of the places, for those who come from there."""


@dataclass(frozen=True)
class _Target:
    """What a path names: a part of a layer or of a head, or the ends of the model."""

    layer: int | None
    head: int | None
    part: Part | Literal["attn.qk"]
    layer_span: Span | None = None
    head_span: Span | None = None


def resolve_place(place: syntax.Place, problems: list[Diagnostic]) -> Selection | QkPair | None:
    """The elements that `L0.mlp.in[3]` names, or nothing and an addition to `problems`."""
    if place.indices is None and _WHOLE_HEAD.fullmatch(place.path.text):
        problems.append(_missing_index(place))
        return None
    target = _target(place.path, problems)
    if place.indices is None:
        if target is not None:
            problems.append(_missing_index(place))
        return None
    indices = resolve_indices(place.indices, problems)
    if target is None or indices is None:
        return None
    if target.part == "attn.qk":
        assert target.layer is not None
        return QkPair(
            layer=target.layer,
            head=target.head,
            indices=indices,
            span=place.span,
            layer_span=target.layer_span,
            head_span=target.head_span,
        )
    return Selection(
        place=PlaceRef(layer=target.layer, part=target.part),
        head=target.head,
        indices=indices,
        span=place.span,
        layer_span=target.layer_span,
        head_span=target.head_span,
    )


def resolve_indices(
    ranges: tuple[syntax.Range, ...], problems: list[Diagnostic]
) -> tuple[IndexRange, ...] | None:
    """The indices that `[3, 5..7]` lists; ranges are compared, never expanded."""
    backwards = [r for r in ranges if r.last.value < r.first.value]
    for r in backwards:
        problems.append(
            Diagnostic(
                code=Code.REVERSED_RANGE,
                message=f"the range {r.first.value}..{r.last.value} ends before it starts",
                span=r.span,
                label="runs backwards",
                help=f"write `{r.last.value}..{r.first.value}`",
            )
        )
    if backwards:
        return None
    indices = tuple(IndexRange(first=r.first.value, last=r.last.value, span=r.span) for r in ranges)
    twice = overlap(indices)
    if twice is not None:
        problems.append(_duplicate_index(*twice))
        return None
    return indices


def layer_number(digits: str, span: Span, problems: list[Diagnostic]) -> int | None:
    """The number of a layer or a head, unless it has too many digits."""
    significant = digits.lstrip("0") or "0"
    if len(significant) < len(str(LARGEST_INDEX)):
        return int(significant)
    problems.append(
        Diagnostic(
            code=Code.NUMBER_TOO_LARGE,
            message="the number of this layer or head is too large",
            span=span,
            label="no model has as many",
            help="check its digits",
        )
    )
    return None


def _target(path: syntax.Word, problems: list[Diagnostic]) -> _Target | None:
    if path.text in ("embed", "final"):
        return _Target(None, None, cast("Part", path.text))
    if match := _PLACE.fullmatch(path.text):
        layer_span = path.span.part(0, match.end(1))
        layer = layer_number(match[1], layer_span, problems)
        part = cast("Part | Literal['attn.qk']", match[2])
        return None if layer is None else _Target(layer, None, part, layer_span)
    if match := _HEAD_PART.fullmatch(path.text):
        layer_span, head_span = path.span.part(0, match.end(1)), path.span.part(*match.span("head"))
        layer = layer_number(match[1], layer_span, problems)
        head = layer_number(match[3], head_span, problems)
        part = cast("Part | Literal['attn.qk']", f"attn.{match[4]}")
        if layer is None or head is None:
            return None
        return _Target(layer, head, part, layer_span, head_span)
    problems.append(_unknown_place(path))
    return None


def _unknown_place(path: syntax.Word) -> Diagnostic:
    return Diagnostic(
        code=Code.UNKNOWN_PLACE,
        message=f"there is no place `{path.text}`",
        span=path.span,
        label="not a place in a model",
        help=_place_advice(path.text),
    )


def _place_advice(path: str) -> str:
    """The place that was probably meant, or the places that go on from what is right."""
    prefix = _IN_LAYER.match(path)
    if prefix is None:
        meant = near_miss(path, ("embed", "final"))
        if meant is not None:
            return f"did you mean `{meant}`?"
        if path in _LAYER_PARTS:
            return f"say in which layer, as in `L0.{path}`"
        return "places are written like `L0.mlp.in[205]`, `L10.h82.q[1]` or `embed[3]`"
    layer = f"L{prefix['layer']}"
    rest = _HEAD_IN_ATTENTION.sub("", path[prefix.end() :])
    if re.match(r"h\d+", rest):
        number, _, part = rest.partition(".")
        head = f"{layer}.{number}"
        part = _HEAD_WORDS.get(part, part)
        if part in _HEAD_PARTS:
            return f"did you mean `{head}.{part}`?"
        return f"a head has {quoted([f'{head}.{part}' for part in _HEAD_PARTS], 'and')}"
    block, _, part = rest.partition(".")
    if block in ("attn", "mlp") and part in _HOOKS:
        return f"OpenAI's `{part}` is called `{layer}.{block}.{_HOOKS[part]}` here"
    if rest in _LAYER_PARTS and prefix[1] == "l":
        return f"layers are written with a capital `L`: `{layer}.{rest}`"
    if rest in _LAYER_PARTS:
        return f"did you mean `{layer}.{rest}`?"
    # Other code's names that are only like ours may mean something else.
    meant = near_miss(rest, _LAYER_PARTS) if part and prefix[1] in ("L", "l") else None
    if meant is not None:
        return f"did you mean `{layer}.{meant}`?"
    inside = [known for known in _LAYER_PARTS if known.startswith(f"{block}.")] or _LAYER_PARTS
    owner = "a layer" if inside is _LAYER_PARTS else f"`{layer}.{block}`"
    return f"{owner} has {quoted([f'{layer}.{known}' for known in inside], 'and')}"


def _missing_index(place: syntax.Place) -> Diagnostic:
    path = place.path.text
    if _WHOLE_HEAD.fullmatch(path):
        path, label = f"{path}.v", "a whole head"
    else:
        label = "a whole place"
    return Diagnostic(
        code=Code.MISSING_INDEX,
        message=f"`{place.path.text}` does not say which elements",
        span=place.span,
        label=f"{label}, which a node cannot be yet",
        help=f"write one index, `{path}[3]`, a list, `{path}[3, 8]`, or a range, `{path}[3..7]`",
    )


def _duplicate_index(lower: IndexRange, upper: IndexRange) -> Diagnostic:
    assert lower.span is not None
    assert upper.span is not None
    earlier, later = sorted((lower.span, upper.span), key=lambda span: span.start)
    index = upper.first
    whole = IndexRange(first=lower.first, last=max(lower.last, upper.last))
    return Diagnostic(
        code=Code.DUPLICATE_INDEX,
        message=f"index {index} is listed twice",
        span=later,
        label=f"{index} again",
        secondary=((earlier, "first listed here"),),
        help="delete one of the two" if len(whole) == 1 else f"write `{whole}` for both",
    )
