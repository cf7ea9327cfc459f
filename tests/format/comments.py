"""Comments as the lexer of the grammar finds them, which is not how the formatter does."""

from __future__ import annotations

from functools import cache

from lark import Lark, Token

from circuitspec.document.values import normal_comment
from circuitspec.language.grammar import grammar_text

_found: list[Token] = []


@cache
def _parser() -> Lark:
    def note(token: Token) -> Token:
        _found.append(token)
        return token

    return Lark(
        grammar_text(), parser="lalr", lexer="contextual", lexer_callbacks={"COMMENT": note}
    )


def lexed_comments(text: str) -> list[str]:
    """All comments of a text, without the spaces that the formatter may change."""
    _found.clear()
    _parser().parse(text)
    return [normal_comment(str(token)) for token in _found]
