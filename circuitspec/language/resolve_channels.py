"""Residual channels: `channel 460 from L0.mlp to L10.attn`, and the order of a forward pass."""

from __future__ import annotations

import re
from typing import Literal, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.wording import near_miss
from circuitspec.language import syntax
from circuitspec.language.resolve_names import check_repeated
from circuitspec.language.resolve_places import layer_number, resolve_indices
from circuitspec.language.selections import Block, ChannelPath, Sublayer

_BLOCK = re.compile(r"L(\d+)\.(attn|mlp)")
_LAYER = re.compile(r"[Ll](\d+)(\.|$)")

_ADVICE = {
    "from": "a channel starts where it is written: at `embed`, `L0.attn`, `L0.mlp` and so on",
    "to": "a channel ends where it is read: at `L0.attn`, `L0.mlp` and so on, or at `final`",
}

_Ends = list[tuple[syntax.Word, Sublayer]]


def resolve_channel(channel: syntax.Channel, problems: list[Diagnostic]) -> ChannelPath | None:
    """The path of one or more channels, or nothing and an addition to `problems`."""
    before = len(problems)
    indices = resolve_indices(channel.indices, problems)
    writes = _ends(channel.writes, "from", problems)
    reads = _ends(channel.reads, "to", problems)
    if writes:
        last_written, last_write = max(writes, key=lambda end: end[1].order)
        for word, read in reads:
            if read.order <= last_write.order:
                problems.append(_backwards(word, read, last_written, last_write))
    if indices is None or len(problems) > before:
        return None
    return ChannelPath(
        indices=indices,
        writes=tuple(block for _, block in writes),
        reads=tuple(block for _, block in reads),
        span=channel.span,
    )


def _ends(
    words: tuple[syntax.Word, ...], side: Literal["from", "to"], problems: list[Diagnostic]
) -> _Ends:
    check_repeated(words, "block", problems)
    ends = [(word, _block(word, side, problems)) for word in words]
    return [(word, block) for word, block in ends if block is not None]


def _block(
    word: syntax.Word, side: Literal["from", "to"], problems: list[Diagnostic]
) -> Sublayer | None:
    wrong_end = {"from": "final", "to": "embed"}[side]
    if word.text == wrong_end:
        does = "writes to" if side == "from" else "reads from"
        problems.append(
            Diagnostic(
                code=Code.INVALID_PATH,
                message=f"`{word.text}` never {does} the residual stream",
                span=word.span,
                label=f"a channel cannot {'start' if side == 'from' else 'end'} here",
                help=_ADVICE[side],
            )
        )
        return None
    if word.text in ("embed", "final"):
        return Sublayer(layer=None, block=cast("Block", word.text), span=word.span)
    if match := _BLOCK.fullmatch(word.text):
        layer = layer_number(match[1], word.span.part(0, match.end(1)), problems)
        block = cast("Block", match[2])
        return None if layer is None else Sublayer(layer=layer, block=block, span=word.span)
    problems.append(_not_a_block(word, side))
    return None


def _not_a_block(word: syntax.Word, side: Literal["from", "to"]) -> Diagnostic:
    in_layer = _LAYER.match(word.text)
    candidates = ["embed" if side == "from" else "final"]
    if in_layer is not None:
        candidates += [f"L{in_layer[1]}.attn", f"L{in_layer[1]}.mlp"]
    inside = [candidate for candidate in candidates if word.text.startswith(f"{candidate}.")]
    meant = inside[0] if inside else near_miss(word.text, candidates)
    return Diagnostic(
        code=Code.INVALID_PATH,
        message=f"a channel cannot go {side} `{word.text}`",
        span=word.span,
        label="expected a block such as `L0.attn` or `L0.mlp`",
        help=f"did you mean `{meant}`?" if meant is not None else _ADVICE[side],
    )


def _backwards(
    word: syntax.Word, read: Sublayer, written: syntax.Word, write: Sublayer
) -> Diagnostic:
    same = read == write
    return Diagnostic(
        code=Code.READS_BEFORE_WRITTEN,
        message=f"`{read}` reads before it writes itself"
        if same
        else f"`{read}` reads before `{write}` has written",
        span=word.span,
        label="read here",
        secondary=((written.span, "written only later"),),
        help="name a block that comes later" if same else f"did you mean `from {read} to {write}`?",
        notes=("the order is embed, L0.attn, L0.mlp, L1.attn, L1.mlp, ..., final",),
    )
