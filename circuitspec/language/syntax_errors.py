"""From Lark's exceptions to one diagnostic that says what was found and what was expected.

Lark raises one of two exceptions for the same kind of mistake, depending on what its lexer tried
last. Both are reduced to an offset and a `Context`; what stands at the offset is then read anew
from the text, so that the two cannot lead to different messages.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Source, Span
from circuitspec.diagnostics.wording import listed
from circuitspec.language.claim_forms import unknown_relation
from circuitspec.language.expectations import KEYWORDS, Context, Swallowed
from circuitspec.language.later import later_claim, later_syntax
from circuitspec.language.syntax_hints import Mistake, hint, misspelt_before
from circuitspec.language.terminals import PATH, STRING
from circuitspec.language.words import (
    CLAIMS,
    LATER,
    LATER_IN_NODES,
    PLAIN_CLAIMS,
    STATEMENTS,
)

_STRING = re.compile(STRING)
_REST_OF_LINE = re.compile(r"[^\n\r]*")
_FOUND = re.compile(
    rf"{PATH}|[0-9][A-Za-z0-9_]*|[-=~]+>|[<>=!]=|\.\.|//|/\*|.",
    re.DOTALL,
)
_LONGEST_SHOWN = 40


def syntax_diagnostic(error: UnexpectedInput, source: Source) -> Diagnostic:
    """The diagnostic for the mistake at which the parser gave up."""
    offset = _offset(error)
    context = _context(error)
    if _at_end(error):
        return _unexpected("", source.span(offset, offset), context, source)
    if source.text.startswith('"', offset) and not _STRING.match(source.text, offset):
        return _unterminated_string(source, offset)
    match = _STRING.match(source.text, offset) or _FOUND.match(source.text, offset)
    found = match[0] if match is not None else ""
    span = source.span(offset, offset + len(found))
    return _later_language(found, span, context, source) or _unexpected(
        found, span, context, source
    )


def statement_start(error: UnexpectedInput) -> int | None:
    """Where the statement begins in which the parser gave up; None if it was not inside of one."""
    context = _context(error)
    if context.last("_LBRACE") is None:
        return None
    if context.between_statements and context.swallowed is None:
        return None if _at_end(error) else _offset(error)
    unfinished = context.statement_start
    return None if unfinished is None else unfinished.start_pos


def _at_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _offset(error: UnexpectedInput) -> int:
    match error:
        case UnexpectedToken(token=Token(type="$END") as token):
            # At the end of the text, Lark gives the start of the last token as the position.
            return token.end_pos or 0
        case UnexpectedToken(token=Token(start_pos=int(start))):
            return start
        case UnexpectedCharacters(pos_in_stream=int(start)):
            return start
    raise error


def _context(error: UnexpectedInput) -> Context:
    assert isinstance(error, UnexpectedToken | UnexpectedCharacters)
    parser = error.interactive_parser
    values = parser.parser_state.value_stack
    return Context(
        accepts=frozenset(parser.accepts()),  # type: ignore[no-untyped-call]
        shifted=tuple(value for value in values if isinstance(value, Token)),
    )


def _unterminated_string(source: Source, offset: int) -> Diagnostic:
    rest = _REST_OF_LINE.match(source.text, offset)
    end = offset + len(rest[0].rstrip()) if rest is not None else offset + 1
    return Diagnostic(
        code=Code.UNTERMINATED_STRING,
        message="this string does not end on its line",
        span=source.span(offset, end),
        label='no `"` closes it',
        help=r'add the closing `"`; a quote inside of a string is written `\"`, '
        r"a line break `\n`",
    )


def _later_language(found: str, span: Span, context: Context, source: Source) -> Diagnostic | None:
    """A diagnostic for words that a later version of the language will know."""
    if context.statement == "expect":
        if found in LATER:
            return later_claim(found, span)
        if context.previous in LATER:
            return later_claim(context.previous, _token_span(context.previous, source))
    if context.statement in ("node", "outside") and found in LATER_IN_NODES:
        return later_syntax(found, span, "leave it out for now; a node holds for every position")
    return None


def _unexpected(found: str, span: Span, context: Context, source: Source) -> Diagnostic:
    if context.swallowed is not None:
        return _swallowed(context.swallowed, source)
    mistake = Mistake(found, span.start, source.text, context)
    misspelt = misspelt_before(mistake)
    if misspelt is not None:
        token, meant = misspelt
        return Diagnostic(
            code=Code.SYNTAX,
            message=f"expected `{meant}`, found `{token}`",
            span=_token_span(token, source),
            help=f"did you mean `{meant}`?",
        )
    if (wrong := _wrong_claim(mistake, source)) is not None:
        return wrong
    expected = listed(context.expected(on_new_line=mistake.on_new_line))
    diagnostic = Diagnostic(
        code=Code.SYNTAX,
        message=f"expected {expected}, found {_phrase(found)}",
        span=span,
        help=hint(mistake),
    )
    opened = context.last("_CIRCUIT")
    if "_RBRACE" in context.accepts and opened is not None and found in ("", "circuit"):
        return replace(
            diagnostic,
            message=f"expected `}}`, found {_phrase(found)}",
            secondary=((_token_span(opened, source), "this circuit is not closed"),),
            help="close the circuit with `}`",
        )
    if mistake.unclosed is not None:
        bracket = _token_span(mistake.unclosed, source)
        return replace(diagnostic, secondary=((bracket, "opened here"),))
    closed = context.previous
    if closed is not None and closed.type == "_RBRACE" and found in STATEMENTS:
        span = _token_span(closed, source)
        return replace(diagnostic, secondary=((span, "the circuit ends here"),))
    return diagnostic


def _wrong_claim(mistake: Mistake, source: Source) -> Diagnostic | None:
    """A mistake in the second word of a claim, which the parser has taken for a name."""
    match mistake.context.names_of_claim:
        case (claim, word) if claim in PLAIN_CLAIMS:
            return Diagnostic(
                code=Code.SYNTAX,
                message=f"expected `:`, found {_phrase(word)}",
                span=_token_span(word, source),
                help=f"write `:` before `{word}`",
            )
        case (claim, word) if claim not in CLAIMS:
            return unknown_relation(word, _token_span(word, source))
    return None


def _swallowed(swallowed: Swallowed, source: Source) -> Diagnostic:
    """Something is missing, and the word that begins the next statement was taken for it."""
    before, wanted = swallowed.before, swallowed.wanted
    return Diagnostic(
        code=Code.SYNTAX,
        message=f"expected {wanted}, found the word `{swallowed.word}`",
        span=_token_span(swallowed.word, source),
        secondary=((_token_span(before, source), "this is not finished"),),
        help="go on with the list, or delete the `,`"
        if before.type == "_COMMA"
        else f"write {wanted} after `{before}`",
    )


def _token_span(token: Token, source: Source) -> Span:
    # Lark leaves positions open for tokens that a program makes; ours come from the lexer.
    return source.span(token.start_pos or 0, token.end_pos or 0)


def _phrase(found: str) -> str:
    """How a message names what stood there."""
    if not found:
        return "the end of the file"
    if found.startswith('"'):
        return "a string"
    if found in KEYWORDS.values():
        return f"the word `{found}`"
    if found.isascii() and found.isprintable():
        return f"`{found if len(found) <= _LONGEST_SHOWN else found[:_LONGEST_SHOWN] + '...'}`"
    name = unicodedata.name(found, "an unnamed character")
    shown = f"`{found}`, " if found.isprintable() else ""
    return f"{shown}U+{ord(found):04X} {name}"
