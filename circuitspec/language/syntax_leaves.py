"""The leaves of our syntax tree: numbers, words and strings of Lark's parse tree.

Numbers and strings are read here, so mistakes inside of them are found here: they are collected,
and a harmless value stands in so that the rest can be built.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import cast

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


# Methods are named for the rules that they build, and documented by the grammar.
# ruff: noqa: D102


@v_args(inline=True, meta=True)
class LeafBuilder(Transformer[Token, syntax.File]):
    """Builds numbers and words of the syntax tree of one source.

    Attributes:
        diagnostics: the mistakes found inside of numbers and strings.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.diagnostics: list[Diagnostic] = []
        self._source = source

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
