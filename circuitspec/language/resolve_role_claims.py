"""Claims about the role of one node: where it fires, what it separates, its sign, its attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language import syntax
from circuitspec.language.claim_forms import (
    ATTENDS,
    CONSTANT,
    FIRES,
    SEPARATES,
    SIGNED,
    ClaimForm,
)
from circuitspec.language.claim_words import DATA, RUNS, SPOTS, Data, Run, Spot
from circuitspec.language.claims import Attends, Constant, Fires, Separates, Signed
from circuitspec.language.resolve_bounds import resolve_bound
from circuitspec.language.resolve_names import check_repeated, check_text, known_word

RoleClaim = Fires | Separates | Signed | Constant | Attends

_ANSWERS = "answers"
_STATES = ("positive", "negative", "constant")
_Spot = Spot | tuple[str, ...]


def resolve_role(
    statement: syntax.Expect, written: syntax.Role, problems: list[Diagnostic]
) -> RoleClaim | None:
    """A claim about a node, whose name is for the caller to look up."""
    before = len(problems)
    run, over = resolve_run(written.run, problems), _data(written.over, problems)
    claim: RoleClaim | None
    match written:
        case syntax.FiresOn() | syntax.FiresInside():
            claim = _fires(statement, written, run, over, problems)
        case syntax.Separates():
            claim = _separates(statement, written, run, over, problems)
        case syntax.State():
            claim = _state(statement, written, run, over, problems)
        case syntax.Attends():
            claim = _attends(statement, written, run, over, problems)
        case _:
            raise AssertionError(f"no relation in {written}")
    return claim if len(problems) == before else None


def resolve_run(word: syntax.Word | None, problems: list[Diagnostic]) -> Run | None:
    """Where something is looked at; None is everywhere, and also what is left of a mistake."""
    known = None if word is None else known_word(word, RUNS, "run", problems)
    return cast("Run | None", known)


def resolve_spot(word: syntax.Word, problems: list[Diagnostic]) -> Spot | None:
    """A position by its name."""
    return cast("Spot | None", known_word(word, SPOTS, "position", problems))


def _data(word: syntax.Word | None, problems: list[Diagnostic]) -> Data | None:
    known = None if word is None else known_word(word, DATA, "set of prompts", problems)
    return cast("Data | None", known)


def _tokens(words: Sequence[syntax.Word], problems: list[Diagnostic]) -> tuple[str, ...]:
    for word in words:
        check_text(word, "token", "write the text of a token", problems)
    check_repeated(words, "token", problems)
    return tuple(word.text for word in words)


def _threshold(
    form: ClaimForm, statement: syntax.Expect, problems: list[Diagnostic]
) -> float | None:
    bound = resolve_bound(form, statement.body, problems)
    return None if bound is None else bound.threshold


def _fires(
    statement: syntax.Expect,
    written: syntax.FiresOn | syntax.FiresInside,
    run: Run | None,
    over: Data | None,
    problems: list[Diagnostic],
) -> Fires | None:
    before = len(problems)
    tokens: tuple[str, ...] = ()
    inside: tuple[str, str] | None = None
    if isinstance(written, syntax.FiresOn):
        tokens = _tokens(written.tokens, problems)
    else:
        for word in (written.first, written.last):
            check_text(word, "token", "write the text of a token", problems)
        inside = (written.first.text, written.last.text)
    threshold = _threshold(FIRES, statement, problems)
    if threshold is None or len(problems) > before:
        return None
    return Fires(
        node=written.node.text,
        tokens=tokens,
        inside=inside,
        run=run,
        over=over,
        threshold=threshold,
        span=statement.span,
    )


def _separates(
    statement: syntax.Expect,
    written: syntax.Separates,
    run: Run | None,
    over: Data | None,
    problems: list[Diagnostic],
) -> Separates | None:
    before = len(problems)
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    if isinstance(written.what, syntax.Word):
        known_word(written.what, (_ANSWERS,), "group", problems)
        if over == "text" and written.over is not None:
            problems.append(_only_task(written.over, "answers are the task's"))
    else:
        first, second = _tokens(written.what, problems), _tokens(written.others, problems)
        problems += _on_both_sides(written.what, written.others)
    threshold = _threshold(SEPARATES, statement, problems)
    if threshold is None or len(problems) > before:
        return None
    return Separates(
        node=written.node.text,
        first=first,
        second=second,
        run=run,
        over=over,
        threshold=threshold,
        span=statement.span,
    )


def _on_both_sides(first: Sequence[syntax.Word], second: Sequence[syntax.Word]) -> list[Diagnostic]:
    sides = {word.text: word.span for word in first}
    return [
        Diagnostic(
            code=Code.INVALID_CLAIM,
            message="a token cannot be on both sides",
            span=word.span,
            label="also what it is separated from",
            secondary=((sides[word.text], "here it is on the other side"),),
            help="delete it on one side",
        )
        for word in second
        if word.text in sides
    ]


def _only_task(over: syntax.Word, why: str) -> Diagnostic:
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"this cannot be looked at over `{over.text}`: {why}",
        span=over.span,
        label="only the task has this",
        help="write `over task`, or leave it out",
    )


def _state(
    statement: syntax.Expect,
    written: syntax.State,
    run: Run | None,
    over: Data | None,
    problems: list[Diagnostic],
) -> Signed | Constant | None:
    state = known_word(written.state, _STATES, "state", problems)
    if state is None:
        return None
    if state == "constant":
        if written.tokens:
            span = written.tokens[0].span.to(written.tokens[-1].span)
            problems.append(
                Diagnostic(
                    code=Code.INVALID_CLAIM,
                    message="`constant` is claimed of all positions, not of some tokens",
                    span=span,
                    label="these positions alone",
                    help="leave out `on` and the tokens",
                )
            )
        threshold = _threshold(CONSTANT, statement, problems)
        if threshold is None:
            return None
        return Constant(
            node=written.node.text, run=run, over=over, threshold=threshold, span=statement.span
        )
    tokens = _tokens(written.tokens, problems)
    threshold = _threshold(SIGNED, statement, problems)
    if threshold is None or not all(tokens):
        return None
    return Signed(
        node=written.node.text,
        sign=cast("Literal['positive', 'negative']", state),
        tokens=tokens,
        run=run,
        over=over,
        threshold=threshold,
        span=statement.span,
    )


def _attends(
    statement: syntax.Expect,
    written: syntax.Attends,
    run: Run | None,
    over: Data | None,
    problems: list[Diagnostic],
) -> Attends | None:
    before = len(problems)
    source, target = (_end(end, problems) for end in (written.source, written.target))
    if over == "text" and written.over is not None and "difference" in (source, target):
        problems.append(_only_task(written.over, "only the prompts of a task differ"))
    threshold = _threshold(ATTENDS, statement, problems)
    if threshold is None or source is None or target is None or len(problems) > before:
        return None
    return Attends(
        node=written.node.text,
        source=source,
        target=target,
        run=run,
        over=over,
        threshold=threshold,
        span=statement.span,
    )


def _end(
    written: syntax.Word | tuple[syntax.Word, ...], problems: list[Diagnostic]
) -> _Spot | None:
    if isinstance(written, syntax.Word):
        return resolve_spot(written, problems)
    return _tokens(written, problems)
