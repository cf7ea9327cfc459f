"""Lark's parse tree turned into our syntax tree.

Numbers and strings are read here, so mistakes inside of them are found here: they are collected,
and a harmless value stands in so that the rest can be built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Literal, TypeAlias, cast

from lark import Token, Transformer, v_args
from lark.tree import Meta

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source, Span
from circuitspec.language import syntax
from circuitspec.language.selections import LARGEST_INDEX
from circuitspec.language.values import is_control

_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_ESCAPE = re.compile(r"\\.")
_Comparison: TypeAlias = Literal["<=", ">="]


# Methods are named for the rules that they build, and documented by the grammar.
# ruff: noqa: D102


@v_args(inline=True, meta=True)
class SyntaxBuilder(Transformer[Token, syntax.File]):
    """Builds the syntax tree of one source from the leaves up; method names are rule names.

    Attributes:
        diagnostics: the mistakes found inside of numbers and strings.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.diagnostics: list[Diagnostic] = []
        self._source = source

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

    def level(self, meta: Meta, value: syntax.Number) -> syntax.Level:
        return syntax.Level(self._span(meta), value)

    def node(
        self, meta: Meta, name: Token, *rest: syntax.Place | syntax.Channel | Token | None
    ) -> syntax.Node:
        *selections, description = rest
        return syntax.Node(
            self._span(meta),
            self._word(name),
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

    def expect(self, meta: Meta, claim: Token, body: syntax.Bound | syntax.Cost) -> syntax.Expect:
        return syntax.Expect(self._span(meta), self._word(claim), body)

    def bound(
        self, meta: Meta, metric: Token, comparison: Token, threshold: syntax.Number
    ) -> syntax.Bound:
        return syntax.Bound(
            self._span(meta),
            self._word(metric),
            cast("_Comparison", str(comparison)),
            self._token_span(comparison),
            threshold,
        )

    def cost(
        self, meta: Meta, unit: Token, comparison: Token, threshold: syntax.Number
    ) -> syntax.Cost:
        return syntax.Cost(
            self._span(meta),
            self._word(unit),
            cast("_Comparison", str(comparison)),
            self._token_span(comparison),
            threshold,
        )

    def number(self, meta: Meta, value: Token, percent: Token | None) -> syntax.Number:
        span = self._token_span(value)
        try:
            number = Decimal(value) / (1 if percent is None else 100)
            if not isfinite(float(number)):
                raise OverflowError
        except ArithmeticError:
            self._too_large(span)
            number = Decimal(0)
        return syntax.Number(self._span(meta), number, percent is not None)

    def _span(self, meta: Meta) -> Span:
        return self._source.span(meta.start_pos, meta.end_pos)

    def _token_span(self, token: Token) -> Span:
        # Lark leaves positions open for tokens that a program makes; ours come from the lexer.
        return self._source.span(cast("int", token.start_pos), cast("int", token.end_pos))

    def _optional(self, token: Token | None) -> syntax.Word | None:
        return None if token is None else self._word(token)

    def _word(self, token: Token) -> syntax.Word:
        span = self._token_span(token)
        return syntax.Word(span, self._string(token) if token.type == "STRING" else str(token))

    def _integer(self, token: Token) -> syntax.Integer:
        span = self._token_span(token)
        # Python itself refuses to convert thousands of digits.
        digits = token.lstrip("0") or "0"
        if len(digits) >= len(str(LARGEST_INDEX)):
            self._too_large(span)
            digits = "0"
        return syntax.Integer(span, int(digits))

    def _too_large(self, span: Span) -> None:
        self.diagnostics.append(
            Diagnostic(
                code=Code.NUMBER_TOO_LARGE,
                message="this number is too large",
                span=span,
                label="more than any model or threshold needs",
                help="check its digits",
            )
        )

    def _string(self, token: Token) -> str:
        body_at = self._token_span(token).start + 1
        body = token[1:-1]

        for at, character in enumerate(body, start=body_at):
            if is_control(character):
                self._control_character(character, self._source.span(at, at + 1))

        def unescape(match: re.Match[str]) -> str:
            if match[0][1] not in _ESCAPES:
                at = body_at + match.start()
                self._invalid_escape(match[0], self._source.span(at, at + 2))
            return _ESCAPES.get(match[0][1], "")

        text = _ESCAPE.sub(unescape, body)
        return "".join(character for character in text if not is_control(character))

    def _control_character(self, character: str, span: Span) -> None:
        self.diagnostics.append(
            Diagnostic(
                code=Code.CONTROL_CHARACTER,
                message=f"the control character U+{ord(character):04X} cannot be in a string",
                span=span,
                label="invisible here",
                help="delete it",
            )
        )

    def _invalid_escape(self, escape: str, span: Span) -> None:
        self.diagnostics.append(
            Diagnostic(
                code=Code.INVALID_ESCAPE,
                message=f"`{escape}` means nothing in a string",
                span=span,
                label="unknown escape",
                help=r"write `\\` for a backslash; the other escapes are `\"`, `\n` and `\t`",
            )
        )


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
