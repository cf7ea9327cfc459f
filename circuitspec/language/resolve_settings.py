"""The statements that a circuit makes once: model, task, ablate, scope, calibrate, level, and the
further ablations of also and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import digits, near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.claim_words import ALTERNATIVES, Alternative
from circuitspec.language.resolve_alternatives import alternatives
from circuitspec.language.resolve_names import check_repeated, known_word
from circuitspec.language.spec import (
    CALIBRATION_NAMES,
    DEFAULT_LEVEL,
    DEFAULT_SCOPE,
    SCOPE_NAMES,
    UNITS,
    Ablation,
    Calibration,
    ScopeName,
    Unit,
)

_S = TypeVar(
    "_S",
    syntax.Model,
    syntax.Task,
    syntax.Ablate,
    syntax.Scope,
    syntax.Calibrate,
    syntax.Level,
    syntax.Also,
    syntax.Report,
)

_NEEDED = {
    syntax.Model: ("model", "a line such as `model python-small`"),
    syntax.Task: ("task", "a line such as `task single_double_quote`"),
    syntax.Ablate: ("ablate", "the line `ablate mean over pretraining`, or `ablate zero`"),
}
"""The word of each statement that a circuit must have, and an example of it."""


@dataclass(frozen=True)
class Settings:
    """What the settings of a circuit came to; `None` where there is an error.

    Attributes:
        scope: which places ablation may touch, the default if it is not stated.
        scope_span: where the scope is stated, if it is.
        calibration: `None` also where it is not stated.
        unit: what is drawn independently, pairs if it is not stated.
        also: further ablations that are judged.
        report: further ablations that are only reported.
    """

    model: syntax.Word | None
    task: syntax.Word | None
    ablation: Ablation | None
    scope: tuple[ScopeName, ...] | None
    scope_span: Span | None
    calibration: Calibration | None
    level: float
    unit: Unit
    also: tuple[Alternative, ...]
    report: tuple[Alternative, ...]


def resolve_settings(circuit: syntax.Circuit, problems: list[Diagnostic]) -> Settings:
    """The settings of a circuit; what is wrong with them is added to `problems`."""
    model = _only(circuit, syntax.Model, problems)
    task = _only(circuit, syntax.Task, problems)
    ablate = _only(circuit, syntax.Ablate, problems)
    scope = _only(circuit, syntax.Scope, problems)
    calibrate = _only(circuit, syntax.Calibrate, problems)
    level = _only(circuit, syntax.Level, problems)
    also = _only(circuit, syntax.Also, problems)
    report = _only(circuit, syntax.Report, problems)
    for kind, statement in ((syntax.Model, model), (syntax.Task, task)):
        if statement is not None and not statement.value.text:
            problems.append(_empty_name(statement.value, kind))
    return Settings(
        model=None if model is None else model.value,
        task=None if task is None else task.value,
        ablation=None if ablate is None else _ablation(ablate, problems),
        scope=DEFAULT_SCOPE if scope is None else _scope(scope, problems),
        scope_span=None if scope is None else scope.span,
        calibration=None if calibrate is None else _calibration(calibrate, problems),
        level=DEFAULT_LEVEL if level is None else _level(level.value, problems),
        unit="pairs" if level is None else _unit(level, problems),
        also=alternatives(also, ablate, None, problems),
        report=alternatives(report, ablate, also, problems),
    )


def _only(circuit: syntax.Circuit, kind: type[_S], problems: list[Diagnostic]) -> _S | None:
    """The one statement of a kind; more of them, or none where one is needed, are problems."""
    found = [statement for statement in circuit.statements if isinstance(statement, kind)]
    if not found:
        if kind in _NEEDED:
            word, example = _NEEDED[kind]
            problems.append(
                Diagnostic(
                    code=Code.MISSING_STATEMENT,
                    message=f"circuit `{circuit.name.text}` has no `{word}`",
                    span=circuit.name.span,
                    label=f"`{word}` is not stated",
                    help=f"add {example}",
                )
            )
        return None
    first, *more = found
    for statement in more:
        word = kind.__name__.lower()
        problems.append(
            Diagnostic(
                code=Code.REPEATED_STATEMENT,
                message=f"`{word}` is stated twice in one circuit",
                span=statement.span,
                label="stated again",
                secondary=((first.span, "first stated here"),),
                help="keep one of the two; "
                "for another setting, write another circuit in the same file",
            )
        )
    return first


def _empty_name(word: syntax.Word, kind: type[syntax.Model | syntax.Task]) -> Diagnostic:
    what, example = _NEEDED[kind]
    return Diagnostic(
        code=Code.EMPTY_NAME,
        message=f"the {what} has an empty name",
        span=word.span,
        label="nothing between the quotes",
        help=f"write {example}",
    )


def _ablation(ablate: syntax.Ablate, problems: list[Diagnostic]) -> Ablation | None:
    kind, over = ablate.kind.text, None if ablate.over is None else ablate.over.text
    if kind == "zero" and over is None:
        return Ablation(kind="zero")
    if kind == "mean" and over == "pretraining":
        return Ablation(kind="mean", over="pretraining")
    known = "write `ablate mean over pretraining` or `ablate zero`"
    wrong = ablate.kind
    meant = near_miss(kind, ("mean", "zero"))
    if kind == "mean" and ablate.over is None:
        message, label = "a mean is taken over some data", "over what?"
        known = "write `ablate mean over pretraining`"
    elif kind == "mean" and ablate.over is not None:
        wrong = ablate.over
        message = f"a mean over `{over}` is not known in this version of the language"
        label, known = "expected `pretraining`", "write `ablate mean over pretraining`"
    elif kind == "zero" and ablate.over is not None:
        wrong = ablate.over
        message, label = "zero is not taken over anything", "only a mean is"
        known = "write `ablate zero`"
    elif kind in ALTERNATIVES:
        message = f"`{kind}` is not the ablation of a circuit, but one of its further ones"
        label = "expected `mean` or `zero`"
        known = f"write `ablate mean over pretraining`, and `also {kind}` on a line of its own"
    else:
        message, label = f"there is no ablation `{kind}`", "expected `mean` or `zero`"
        if meant is not None:
            known = f"did you mean `{meant}`?"
    problems.append(
        Diagnostic(
            code=Code.UNKNOWN_ABLATION, message=message, span=wrong.span, label=label, help=known
        )
    )
    return None


def _scope(scope: syntax.Scope, problems: list[Diagnostic]) -> tuple[ScopeName, ...] | None:
    before = len(problems)
    for place in scope.places:
        if place.text not in SCOPE_NAMES:
            meant = near_miss(place.text, SCOPE_NAMES)
            problems.append(
                Diagnostic(
                    code=Code.UNKNOWN_SCOPE,
                    message=f"`{place.text}` is not a scope",
                    span=place.span,
                    label=f"expected {quoted(SCOPE_NAMES)}",
                    help=f"did you mean `{meant}`?"
                    if meant is not None
                    else "`layers` stands for the eight places inside of every layer",
                )
            )
    check_repeated(scope.places, "scope", problems)
    if len(problems) > before:
        return None
    return tuple(place.text for place in scope.places if place.text in SCOPE_NAMES)


def _calibration(calibrate: syntax.Calibrate, problems: list[Diagnostic]) -> Calibration | None:
    before = len(problems)
    for number in calibrate.numbers:
        if number.text not in CALIBRATION_NAMES:
            meant = near_miss(number.text, CALIBRATION_NAMES)
            problems.append(
                Diagnostic(
                    code=Code.UNKNOWN_CALIBRATION,
                    message=f"`{number.text}` is nothing that can be fitted to logits",
                    span=number.span,
                    label="expected `scale` or `scale, shift`",
                    help=f"did you mean `{meant}`?"
                    if meant is not None
                    else "write `calibrate scale` or `calibrate scale, shift`, or leave it out",
                )
            )
    check_repeated(calibrate.numbers, "number", problems)
    fitted = {number.text for number in calibrate.numbers}
    if fitted == {"shift"}:
        problems.append(
            Diagnostic(
                code=Code.UNKNOWN_CALIBRATION,
                message="a shift is fitted together with a scale",
                span=calibrate.numbers[0].span,
                label="alone",
                help="write `calibrate scale, shift`",
            )
        )
    if len(problems) > before:
        return None
    return Calibration(shift="shift" in fitted, span=calibrate.span)


def _unit(level: syntax.Level, problems: list[Diagnostic]) -> Unit:
    """What is drawn independently; a mistake counts as the default."""
    known = None if level.over is None else known_word(level.over, UNITS, "unit", problems)
    return cast("Unit", known or "pairs")


def _level(number: syntax.Number, problems: list[Diagnostic]) -> float:
    level = float(number.value)
    if 0 < level <= 0.5:
        return level
    if 0.5 < level < 1:
        # Whoever writes 95% has the confidence in mind, and not the chance of an error.
        meant = f"did you mean `level {digits(1 - number.value, percent=True)}`?"
    elif not number.percent and 0 < level <= 50:
        meant = f"did you mean `level {digits(number.value)}%`?"
    else:
        meant = f"write `level {DEFAULT_LEVEL:.0%}`"
    problems.append(
        Diagnostic(
            code=Code.INVALID_LEVEL,
            message="the level is a chance above 0 and at most 50%",
            span=number.span,
            label="out of this range",
            help=meant,
            notes=("it is the chance of a wrong verdict, not of a right one",)
            if 0.5 < level < 1
            else (),
        )
    )
    return DEFAULT_LEVEL
