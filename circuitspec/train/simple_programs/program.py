"""Whole simple programs: functions, classes and scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.train.simple_programs import expressions as ex
from circuitspec.train.simple_programs import words
from circuitspec.train.simple_programs.draw import Draw, Lines, indented
from circuitspec.train.simple_programs.statements import (
    body,
    collect_block,
    lambda_line,
    simple_line,
    statement,
)


def simple_programs(seed: int, further: Sequence[str] = ()) -> Iterator[str]:
    """Valid Python programs without end, of some hundred characters each.

    They are short, varied and repetitive, as the simple part of the data of Gao et al. 2025
    (appendix A.6) is said to be. Every construct that the shipped tasks ask about is frequent, and
    what comes next in it can be told from what came before: a name that began as a set is added
    to, with two loop variables one enumerates, arguments after one with a default have defaults.
    Both quotes are used at random. Same seed, same programs.

    Args:
        further: names to draw besides those of `words`.
    """
    draw = Draw(seed, further)
    while True:
        yield _program(draw)


def _program(draw: Draw) -> str:
    draw.start_program()
    parts: list[Lines] = []
    if draw.chance(0.25):
        modules = draw.distinct(words.MODULES, draw.integer(1, 2))
        parts.append([f"import {module}" for module in modules])
    for _ in range(draw.integer(1, 3)):
        match draw.integer(0, 9):
            case 0 | 1 | 2 | 3 | 4:
                parts.append(_function(draw))
            case 5 | 6:
                parts.append(_class(draw))
            case _:
                parts.append(_script(draw))
    return "\n\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _script(draw: Draw) -> Lines:
    lines: Lines = []
    for _ in range(draw.integer(2, 5)):
        lines += collect_block(draw, 2) if draw.chance(0.15) else statement(draw, 2)
        if draw.chance(0.25):
            lines.append("")
    if lines[-1] == "":
        lines.pop()
    return lines


def _function(draw: Draw) -> Lines:
    head = f"def {draw.named(words.FUNCTIONS)}({_arguments(draw, method=False)}):"
    return [head, *indented(_function_body(draw))]


def _arguments(draw: Draw, *, method: bool) -> str:
    """All arguments have defaults, or none has."""
    names = draw.names(draw.integer(0, 4))
    if draw.chance(0.4):
        names = [f"{name}={_default(draw)}" for name in names]
    return ", ".join(["self", *names] if method else names)


def _default(draw: Draw) -> str:
    if draw.chance(0.6):
        return "None"
    return draw.pick(("True", "False", draw.number(), draw.string(1)))


def _function_body(draw: Draw) -> Lines:
    lines: Lines = []
    if draw.chance(0.15):
        lines.append(f'"""{draw.phrase().capitalize()}."""')
    match draw.integer(0, 5):
        case 0 | 1:
            lines += collect_block(draw, 2)
        case 2:
            return [*lines, *_answering(draw)]
        case _:
            for _ in range(draw.integer(1, 3)):
                lines += statement(draw, 2)
    if draw.chance(0.15):
        lines.append("")
    return [*lines, _return(draw)] if draw.chance(0.75) else lines


def _answering(draw: Draw) -> Lines:
    """A function that says yes or no."""
    yes, no = draw.pick((("True", "False"), ("True", "False"), ("False", "True")))
    lines: Lines = [simple_line(draw)] if draw.chance(0.4) else []
    for _ in range(draw.integer(1, 2)):
        lines += [f"if {ex.condition(draw)}:", f"    return {yes}"]
    return [*lines, f"return {no}"]


def _return(draw: Draw) -> str:
    match draw.integer(0, 7):
        case 0 | 1:
            return f"return {draw.pick(('True', 'True', 'False'))}"
        case 2:
            return f"return {ex.value(draw)}"
        case 3:
            return f"return {ex.ternary(draw)}"
        case 4:
            return f"return {draw.pick((ex.string_list, ex.dictionary, ex.nested_list))(draw)}"
        case 5:
            return f"return {draw.pick((ex.f_string, ex.label))(draw)}"
        case _:
            return f"return {draw.name()}"


def _class(draw: Draw) -> Lines:
    names = draw.names(draw.integer(2, 7))
    base = f"({draw.pick(words.CLASSES)})" if draw.chance(0.2) else ""
    arguments = list(names)
    if draw.chance(0.3):
        arguments = [f"{name}={_default(draw)}" for name in names]
    order = draw.distinct(names, len(names)) if draw.chance(0.3) else names
    init = [f"self.{name} = {name}" for name in order]
    if draw.chance(0.3):
        init.insert(draw.integer(0, len(init)), f"self.{draw.name()} = {ex.value(draw)}")
    lines = [f"class {draw.pick(words.CLASSES)}{base}:"]
    lines += indented([f"def __init__(self, {', '.join(arguments)}):", *indented(init)])
    for _ in range(draw.integer(0, 2)):
        head = f"def {draw.named(words.FUNCTIONS)}({_arguments(draw, method=True)}):"
        lines += ["", *indented([head, *indented(_method_body(draw, names))])]
    return lines


def _method_body(draw: Draw, names: list[str]) -> Lines:
    match draw.integer(0, 4):
        case 0:
            return [f"return self.{draw.pick(names)}"]
        case 1:
            return [f"self.{draw.pick(names)} = {ex.value(draw)}"]
        case 2:
            return [lambda_line(draw), *body(draw, 1, 2)]
        case _:
            return _function_body(draw)
