"""Lark's parse tree turned into our syntax tree: files, circuits, settings, nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias, cast

from lark import Token, v_args
from lark.tree import Meta

from circuitspec.language import syntax
from circuitspec.language.claim_syntax import ClaimBuilder

_NodePart: TypeAlias = syntax.Place | syntax.Channel | Token | None


# Methods are named for the rules that they build, and documented by the grammar.
# ruff: noqa: D102


@v_args(inline=True, meta=True)
class SyntaxBuilder(ClaimBuilder):
    """Builds the syntax tree of one source from the leaves up; method names are rule names."""

    def start(self, meta: Meta, header: syntax.Header, *circuits: syntax.Circuit) -> syntax.File:
        return syntax.File(self._span(meta), header, circuits)

    def header(self, meta: Meta, version: Token) -> syntax.Header:
        return syntax.Header(self._span(meta), self._integer(version))

    def circuit(
        self, meta: Meta, name: Token, description: Token | None, *statements: syntax.Statement
    ) -> syntax.Circuit:
        return syntax.Circuit(
            self._span(meta), self._word(name), self._optional(description), statements
        )

    def model(self, meta: Meta, value: Token) -> syntax.Model:
        return syntax.Model(self._span(meta), self._word(value))

    def task(self, meta: Meta, value: Token) -> syntax.Task:
        return syntax.Task(self._span(meta), self._word(value))

    def ablate(self, meta: Meta, kind: Token, over: Token | None) -> syntax.Ablate:
        return syntax.Ablate(self._span(meta), self._word(kind), self._optional(over))

    def scope(self, meta: Meta, *places: Token) -> syntax.Scope:
        return syntax.Scope(self._span(meta), tuple(map(self._word, places)))

    def calibrate(self, meta: Meta, *numbers: Token) -> syntax.Calibrate:
        return syntax.Calibrate(self._span(meta), tuple(map(self._word, numbers)))

    def level(self, meta: Meta, value: syntax.Number, over: Token | None) -> syntax.Level:
        return syntax.Level(self._span(meta), value, self._optional(over))

    def also(self, meta: Meta, *ablations: Token) -> syntax.Also:
        return syntax.Also(self._span(meta), tuple(map(self._word, ablations)))

    def report(self, meta: Meta, *ablations: Token) -> syntax.Report:
        return syntax.Report(self._span(meta), tuple(map(self._word, ablations)))

    def node(self, meta: Meta, name: Token, *rest: _NodePart) -> syntax.Node:
        return syntax.Node(self._span(meta), self._word(name), *self._declared(rest))

    def outside(self, meta: Meta, name: Token, *rest: _NodePart) -> syntax.Outside:
        return syntax.Outside(self._span(meta), self._word(name), *self._declared(rest))

    def _declared(
        self, parts: Sequence[_NodePart]
    ) -> tuple[tuple[syntax.Place | syntax.Channel, ...], syntax.Word | None]:
        """What a name stands for, and its description."""
        *selections, description = parts
        return (
            tuple(_joined_channels(cast("list[syntax.Place | syntax.Channel]", selections))),
            self._optional(cast("Token | None", description)),
        )

    def place(
        self, meta: Meta, path: Token, indices: tuple[syntax.Range, ...] | None
    ) -> syntax.Place:
        return syntax.Place(self._span(meta), self._word(path), indices)

    def channel(
        self,
        meta: Meta,
        which: syntax.Range | tuple[syntax.Range, ...],
        writes: tuple[syntax.Word, ...],
        read: Token,
    ) -> syntax.Channel:
        indices = (which,) if isinstance(which, syntax.Range) else which
        return syntax.Channel(self._span(meta), indices, writes, (self._word(read),))

    def writes(self, _meta: Meta, *paths: Token) -> tuple[syntax.Word, ...]:
        return tuple(map(self._word, paths))

    def indices(self, _meta: Meta, *ranges: syntax.Range) -> tuple[syntax.Range, ...]:
        return ranges

    def range(self, meta: Meta, first: Token, last: Token | None) -> syntax.Range:
        start = self._integer(first)
        return syntax.Range(self._span(meta), start, start if last is None else self._integer(last))

    def edge(
        self, meta: Meta, sources: tuple[syntax.Word, ...], *hops: tuple[syntax.Target, ...]
    ) -> syntax.Edge:
        return syntax.Edge(self._span(meta), sources, hops)

    sources = writes

    def targets(self, _meta: Meta, *targets: syntax.Target) -> tuple[syntax.Target, ...]:
        return targets

    def target(self, meta: Meta, path: Token, sign: Token | None) -> syntax.Target:
        value = None if sign is None else cast("Literal['+', '-']", str(sign))
        return syntax.Target(self._span(meta), self._word(path), value)


def _joined_channels(
    selections: list[syntax.Place | syntax.Channel],
) -> Iterator[syntax.Place | syntax.Channel]:
    """Give each channel the places without indices that follow it: they are further reads."""
    channel: syntax.Channel | None = None
    for selection in selections:
        if channel is not None and isinstance(selection, syntax.Place) and not selection.indices:
            span = channel.span.to(selection.span)
            reads = (*channel.reads, selection.path)
            channel = syntax.Channel(span, channel.indices, channel.writes, reads)
            continue
        if channel is not None:
            yield channel
            channel = None
        if isinstance(selection, syntax.Channel):
            channel = selection
        else:
            yield selection
    if channel is not None:
        yield channel
