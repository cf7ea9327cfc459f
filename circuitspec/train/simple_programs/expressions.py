"""Expressions of the simple programs: values, calls, f-strings, lists of lists, conditions."""

from __future__ import annotations

from circuitspec.train.simple_programs import words
from circuitspec.train.simple_programs.draw import Draw


def atom(draw: Draw) -> str:
    """A name, a number or a string."""
    kind = draw.integer(0, 5)
    if kind < 3:
        return draw.name()
    return draw.number() if kind < 5 else draw.string(1)


def value(draw: Draw) -> str:
    """The right side of an assignment."""
    match draw.integer(0, 12):
        case 0 | 1:
            return draw.number()
        case 2:
            return draw.string()
        case 3:
            return draw.pick(("True", "False", "None"))
        case 4:
            return call(draw)
        case 5:
            return f"{draw.name()}.{draw.name()}"
        case 6:
            return f"{draw.name()}[{draw.pick((draw.number(), draw.string(1), 'i'))}]"
        case 7:
            return f"{draw.name()} {draw.pick('+-*')} {draw.pick((draw.name(), draw.number()))}"
        case 8:
            return flat_list(draw)
        case 9:
            return nested_list(draw)
        case 10:
            return dictionary(draw)
        case 11:
            return f"len({draw.named(words.PLURALS)})"
        case _:
            return draw.name()


def call(draw: Draw) -> str:
    """A call of a function or method, with plain or keyword arguments."""
    function = draw.named(words.FUNCTIONS)
    if draw.chance(0.4):
        function = f"{draw.name()}.{function}"
    match draw.integer(0, 4):
        case 0:
            arguments = ""
        case 1:
            arguments = draw.string()
        case 2:
            arguments = f"{draw.name()}, {atom(draw)}"
        case 3:
            arguments = f"{draw.name()}={atom(draw)}"
        case _:
            arguments = atom(draw)
    return f"{function}({arguments})"


def printed(draw: Draw) -> str:
    """What is printed: a string, an f-string, a name, or several."""
    match draw.integer(0, 7):
        case 0 | 1:
            return draw.string()
        case 2:
            return f"{label(draw)}, {draw.name()}"
        case 3:
            return draw.name()
        case 4:
            return f"{draw.name()}, {draw.pick((label, f_string))(draw)}"
        case _:
            return f_string(draw)


def f_string(draw: Draw) -> str:
    """A string with names in it."""
    quote = draw.pick("'\"")
    return f"f{quote}{_colon(draw)}{{{_shown(draw)}}}{_more(draw)}{quote}"


def label(draw: Draw) -> str:
    """A plain string that ends as those before a name do: `"total: "`."""
    quote = draw.pick("'\"")
    return f"{quote}{_colon(draw)}{quote}"


def _colon(draw: Draw) -> str:
    return draw.phrase(2) + draw.pick((": ", ": ", " ", " = ", "=", ":"))


def _shown(draw: Draw) -> str:
    return draw.name() if draw.chance(0.8) else f"self.{draw.name()}"


def _more(draw: Draw) -> str:
    match draw.integer(0, 3):
        case 0:
            return f" {draw.phrase(2)}"
        case 1:
            return f"{draw.pick((', ', ' ', ' and '))}{draw.phrase(1)} {{{_shown(draw)}}}"
        case _:
            return ""


def flat_list(draw: Draw) -> str:
    """A list of a few numbers, names or strings."""
    return f"[{_row(draw, draw.integer(1, 6))}]"


def nested_list(draw: Draw) -> str:
    """A list of lists, which closes with `]]`."""
    if draw.chance(0.25):
        return f"[{_row(draw, draw.integer(1, 3))}, [{_row(draw, draw.integer(1, 4))}]]"
    length = draw.integer(1, 4)
    rows = ", ".join(f"[{_row(draw, length)}]" for _ in range(draw.integer(1, 4)))
    return f"[{rows}]"


def _row(draw: Draw, length: int) -> str:
    match draw.integer(0, 4):
        case 0 | 1 | 2:
            return ", ".join(draw.number() for _ in range(length))
        case 3:
            return ", ".join(draw.name() for _ in range(length))
        case _:
            return ", ".join(draw.string(1) for _ in range(length))


def dictionary(draw: Draw) -> str:
    """A dictionary with strings for keys."""
    entries = ", ".join(f"{draw.string(1)}: {atom(draw)}" for _ in range(draw.integer(1, 4)))
    return f"{{{entries}}}"


def string_list(draw: Draw) -> str:
    """A list that begins as dictionaries do, with a string."""
    first = [draw.string(1)]
    return f"[{', '.join(first + [atom(draw) for _ in range(draw.integer(1, 5))])}]"


def condition(draw: Draw) -> str:
    """What an `if` or `while` asks; most often whether something equals something."""
    name = draw.name() if draw.chance(0.7) else f"{draw.pick(('self', draw.name()))}.{draw.name()}"
    match draw.integer(0, 9):
        case 0 | 1 | 2:
            return f"{name} == {atom(draw)}"
        case 3 | 4:
            return f"{name} == {draw.pick(('True', 'False'))}"
        case 5:
            return f"{name} {draw.pick('<>')} {draw.number()}"
        case 6:
            return f"{name} in {draw.named(words.PLURALS)}"
        case 7:
            return f"not {name}"
        case _:
            return name


def ternary(draw: Draw) -> str:
    """A choice in one line: `a if b else c`."""
    first = draw.pick((atom, atom, call, value))(draw)
    asked = draw.name() if draw.chance(0.4) else condition(draw)
    return f"{first} if {asked} else {atom(draw)}"


def lambda_function(draw: Draw) -> str:
    """A function in one line, of one or two arguments."""
    name = draw.name()
    arguments = name if draw.chance(0.75) else f"{name}, {draw.name()}2"
    body = draw.pick(
        (
            f"{name} {draw.pick('+-*')} {draw.number()}",
            f"{name}.{draw.name()}",
            f"{name}[{draw.integer(0, 3)}]",
            f"len({name})",
            name,
        )
    )
    return f"lambda {arguments}: {body}"
