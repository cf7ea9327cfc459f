"""Statements of the simple programs, one line or one small block each."""

from __future__ import annotations

from collections.abc import Callable

from circuitspec.train.simple_programs import expressions as ex
from circuitspec.train.simple_programs import words
from circuitspec.train.simple_programs.draw import Draw, Lines, indented


def simple_line(draw: Draw) -> str:
    """An assignment, a call or a print."""
    match draw.integer(0, 11):
        case 0 | 1:
            return f"{draw.name()} = {ex.value(draw)}"
        case 2:
            return f"self.{draw.name()} = {ex.value(draw)}"
        case 3:
            return f"{draw.name()} = {draw.pick(('True', 'False'))}"
        case 4 | 5:
            return f"print({ex.printed(draw)})"
        case 6:
            return ex.call(draw)
        case 7:
            return f"{draw.name()} = {ex.ternary(draw)}"
        case 8:
            return swap(draw)
        case 9:
            kind = draw.pick((ex.f_string, ex.label, ex.nested_list, ex.flat_list))
            return f"{draw.name()} = {kind(draw)}"
        case 10:
            kind = draw.pick((ex.dictionary, ex.string_list))
            return f"{draw.name()} = {kind(draw)}"
        case _:
            return f"{draw.name()} {draw.pick('+-')}= {draw.number()}"


def swap(draw: Draw) -> str:
    """Two names change their values."""
    first, second = draw.names(2)
    return f"{first}, {second} = {second}, {first}"


def lambda_line(draw: Draw) -> str:
    """A function in one line, named or handed on."""
    function = ex.lambda_function(draw)
    match draw.integer(0, 3):
        case 0:
            return f"{draw.named(words.PLURALS)}.sort(key={function})"
        case 1:
            return f"{draw.name()} = sorted({draw.named(words.PLURALS)}, key={function})"
        case _:
            return f"{draw.name()} = {function}"


def body(draw: Draw, depth: int, most: int = 3) -> Lines:
    """One to `most` statements; blocks among them while `depth` allows."""
    lines: Lines = []
    for _ in range(draw.integer(1, most)):
        lines += statement(draw, depth) if depth > 0 else [simple_line(draw)]
    return lines


def statement(draw: Draw, depth: int) -> Lines:
    """One statement, a block as often as not."""
    if depth <= 0 or draw.chance(0.45):
        return [simple_line(draw)]
    return draw.pick(_BLOCKS)(draw, depth - 1)


def if_block(draw: Draw, depth: int) -> Lines:
    """An `if`, with `elif` and `else` as often as not; later conditions ask of the same name."""
    lines = [f"if {ex.condition(draw)}:", *indented(body(draw, depth, 2))]
    if draw.chance(0.6):
        return lines
    name = draw.name()
    asks = draw.pick(("==", "==", ">", "<"))
    string = draw.chance(0.4)

    def value() -> str:
        return draw.string(1) if string else draw.number()

    lines = [f"if {name} {asks} {value()}:", *indented(body(draw, depth, 2))]
    for _ in range(draw.integer(0, 3)):
        lines += [f"elif {name} {asks} {value()}:", *indented(body(draw, depth, 2))]
    if draw.chance(0.75):
        lines += ["else:", *indented(body(draw, depth, 2))]
    return lines


def for_block(draw: Draw, depth: int) -> Lines:
    """A loop over numbers, over things, or over both."""
    things = draw.named(words.PLURALS)
    if draw.chance(0.15):
        things = f"{draw.pick(('self', draw.name()))}.{things}"
    match draw.integer(0, 9):
        case 0 | 1 | 2 | 3:
            last = draw.pick((draw.number(), f"len({things})", draw.name()))
            head = f"for {draw.named(words.COUNTERS)} in range({last}):"
        case 4 | 5 | 6:
            counter = draw.named(words.COUNTERS)
            head = f"for {counter}, {draw.name()} in enumerate({things}):"
        case _:
            head = f"for {draw.name()} in {things}:"
    return [head, *indented(body(draw, depth))]


def while_block(draw: Draw, depth: int) -> Lines:
    """A loop with a condition, or one that a `break` ends."""
    name = draw.name()
    match draw.integer(0, 4):
        case 0 | 1:
            inner = [*body(draw, depth), f"if {ex.condition(draw)}:", "    break"]
            return ["while True:", *indented(inner)]
        case 2:
            inner = [*body(draw, depth), f"{name} += 1"]
            return [f"while {name} < {draw.number()}:", *indented(inner)]
        case 3:
            return [f"while {name}:", *indented([*body(draw, depth), f"{name} -= 1"])]
        case _:
            return [f"while {ex.condition(draw)}:", *indented(body(draw, depth))]


def file_block(draw: Draw, depth: int) -> Lines:
    """A file is read or written: what its name says, the mode says."""
    reads = draw.chance(0.5)
    stem = draw.pick(words.STEMS_READ if reads else words.STEMS_WRITTEN)
    opened = f"{stem}.{draw.pick(words.ENDINGS)}"
    if draw.chance(0.15):
        opened = f"{draw.pick(words.WORDS)}/{opened}"
    path = draw.quoted(opened) if draw.chance(0.7) else draw.name()
    mode = f", {draw.quoted('r' if reads else 'w')}" if draw.chance(0.8) else ""
    function = "open" if draw.chance(0.8) else f"{draw.pick(('io', 'gzip', 'self'))}.open"
    file = draw.pick(("f", "file", "f", "out", "data"))
    use = (
        draw.pick((f"{draw.name()} = {file}.read()", f"{draw.name()} = json.load({file})"))
        if reads
        else f"{file}.write({draw.pick((draw.string(2), draw.name()))})"
    )
    after = body(draw, depth - 1, 2) if draw.chance(0.4) else []
    if draw.chance(0.55):
        return [f"with {function}({path}{mode}) as {file}:", *indented([use, *after])]
    return [f"{file} = {function}({path}{mode})", use, *after]


def collect_block(draw: Draw, depth: int) -> Lines:
    """A set, string, list or count that is begun, and gathered in some lines later."""
    collectors = draw.distinct_named(words.COLLECTORS, 2 if draw.chance(0.35) else 1)
    kinds = [draw.pick(("set", "set", "string", "string", "list", "count")) for _ in collectors]
    lines = [f"{x} = {_begin(draw, k)}" for x, k in zip(collectors, kinds, strict=True)]
    for _ in range(draw.integer(0, 6) if draw.chance(0.6) else 0):
        lines.append(simple_line(draw))
    for _ in range(draw.integer(1, 3)):
        gathered = [
            _gather(draw, x, k) for x, k in zip(collectors, kinds, strict=True) if draw.chance(0.8)
        ]
        if gathered and draw.chance(0.6):
            lines += _inside(draw, gathered)
        else:
            lines += gathered
        if draw.chance(0.3):
            lines += statement(draw, depth)
    return lines


def _begin(draw: Draw, kind: str) -> str:
    if kind == "string":
        return draw.pick(('""', "''"))
    return {"set": "set()", "list": "[]", "count": "0"}[kind]


def _gather(draw: Draw, collector: str, kind: str) -> str:
    match kind:
        case "set":
            return f"{collector}.add({ex.atom(draw)})"
        case "string":
            return f"{collector} += {draw.pick((draw.name(), draw.string(1), draw.string(1)))}"
        case "list":
            return f"{collector}.append({ex.atom(draw)})"
        case _:
            return f"{collector} += {draw.pick(('1', '1', draw.name()))}"


def _inside(draw: Draw, gathered: Lines) -> Lines:
    if draw.chance(0.3):
        gathered = [f"if {ex.condition(draw)}:", *indented(gathered)]
    if draw.chance(0.3):
        gathered = [simple_line(draw), *gathered]
    return [f"for {draw.name()} in {draw.named(words.PLURALS)}:", *indented(gathered)]


def try_block(draw: Draw, depth: int) -> Lines:
    """Something is tried, and an error is caught or raised."""
    error = draw.pick(words.ERRORS)
    caught = draw.pick(("pass", f"print({ex.printed(draw)})", f"raise {error}({draw.string()})"))
    return ["try:", *indented(body(draw, depth, 2)), f"except {error}:", f"    {caught}"]


def _lambda_block(draw: Draw, depth: int) -> Lines:
    return [lambda_line(draw)]


def _comment_block(draw: Draw, depth: int) -> Lines:
    return [f"# {draw.phrase()}", *statement(draw, depth)]


def _several_lists(draw: Draw, depth: int) -> Lines:
    names = draw.names(draw.integer(1, 3))
    kind = draw.pick((ex.nested_list, ex.nested_list, ex.flat_list))
    return [f"{name} = {kind(draw)}" for name in names]


def _several_swaps(draw: Draw, depth: int) -> Lines:
    return [swap(draw) for _ in range(draw.integer(1, 2))]


_BLOCKS: tuple[Callable[[Draw, int], Lines], ...] = (
    *(if_block, if_block, if_block, for_block, for_block, for_block, while_block, while_block),
    *(file_block, file_block, collect_block, collect_block, collect_block, collect_block),
    *(try_block, _lambda_block, _comment_block, _several_lists, _several_swaps),
)
