"""The syntax tree of claims and predictions, built from Lark's parse tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from lark import Token, v_args
from lark.tree import Meta

from circuitspec.diagnostics.source import Span
from circuitspec.language import syntax
from circuitspec.language.syntax_leaves import LeafBuilder

_Comparison: TypeAlias = Literal["<=", ">="]


@dataclass(frozen=True)
class _Stretch:
    """The two tokens between which a node fires."""

    first: syntax.Word
    last: syntax.Word


# Methods are named for the rules that they build, and documented by the grammar.
# ruff: noqa: D102


@v_args(inline=True, meta=True)
class ClaimBuilder(LeafBuilder):
    """Builds claims from the leaves up; method names are rule names."""

    def expect(
        self, meta: Meta, claim: syntax.Plain | syntax.Phrase, body: syntax.Bound | syntax.Cost
    ) -> syntax.Expect:
        return syntax.Expect(self._span(meta), claim, body)

    def predict(self, meta: Meta, text: Token, task: Token, body: syntax.Bound) -> syntax.Predict:
        return syntax.Predict(self._span(meta), self._word(text), self._word(task), body)

    def plain(self, meta: Meta, word: Token) -> syntax.Plain:
        return syntax.Plain(self._span(meta), self._word(word))

    def against(self, meta: Meta, word: Token, control: Token) -> syntax.Against:
        return syntax.Against(self._span(meta), self._word(word), self._word(control))

    def interchange(
        self,
        meta: Meta,
        word: Token,
        names: tuple[syntax.Word, ...],
        at: Token | None,
        answer: Token,
        run: Token | None,
    ) -> syntax.Interchange:
        return syntax.Interchange(
            self._span(meta),
            self._word(word),
            names,
            self._optional(at),
            cast("Literal['flips', 'keeps']", str(answer)),
            self._token_span(answer),
            self._optional(run),
        )

    def fires(
        self,
        meta: Meta,
        node: Token,
        what: tuple[syntax.Word, ...] | _Stretch,
        run: Token | None,
        over: Token | None,
    ) -> syntax.FiresOn | syntax.FiresInside:
        role = self._role(meta, node, run, over)
        if isinstance(what, _Stretch):
            return syntax.FiresInside(*role, what.first, what.last)
        return syntax.FiresOn(*role, what)

    def inside(self, _meta: Meta, first: Token, last: Token) -> _Stretch:
        return _Stretch(self._word(first), self._word(last))

    def separates(
        self, meta: Meta, node: Token, *rest: Token | tuple[syntax.Word, ...] | None
    ) -> syntax.Separates:
        what, *others, run, over = rest
        role = self._role(meta, node, cast("Token | None", run), cast("Token | None", over))
        if isinstance(what, Token):
            return syntax.Separates(*role, self._word(what), ())
        first, second = cast("list[tuple[syntax.Word, ...]]", [what, *others])
        return syntax.Separates(*role, first, second)

    def state(
        self,
        meta: Meta,
        node: Token,
        state: Token,
        tokens: tuple[syntax.Word, ...] | None,
        run: Token | None,
        over: Token | None,
    ) -> syntax.State:
        role = self._role(meta, node, run, over)
        return syntax.State(*role, self._word(state), tokens or ())

    def attends(
        self,
        meta: Meta,
        node: Token,
        source: syntax.Word | tuple[syntax.Word, ...],
        target: syntax.Word | tuple[syntax.Word, ...],
        run: Token | None,
        over: Token | None,
    ) -> syntax.Attends:
        return syntax.Attends(*self._role(meta, node, run, over), source, target)

    def spot(
        self, _meta: Meta, spot: Token | tuple[syntax.Word, ...]
    ) -> syntax.Word | tuple[syntax.Word, ...]:
        return self._word(spot) if isinstance(spot, Token) else spot

    def tokens(self, _meta: Meta, *words: Token) -> tuple[syntax.Word, ...]:
        return tuple(map(self._word, words))

    names = tokens

    def _role(
        self, meta: Meta, node: Token, run: Token | None, over: Token | None
    ) -> tuple[Span, syntax.Word, syntax.Word | None, syntax.Word | None]:
        """What all claims about roles begin with."""
        return self._span(meta), self._word(node), self._optional(run), self._optional(over)

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
