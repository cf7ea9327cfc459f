"""A `Spec` as canonical text, the inverse of reading it.

Whatever the parser can read, this writes so that reading it back gives an equal `Spec`. Columns of
one kind of statement are aligned, and what is the default is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from circuitspec.language.header import HEADER
from circuitspec.language.spec import (
    DEFAULT_LEVEL,
    DEFAULT_SCOPE,
    Ablation,
    AnySelection,
    ChannelPath,
    Claim,
    EdgeDecl,
    IndexRange,
    Minimal,
    NodeDecl,
    QkPair,
    Selection,
    Spec,
    SpecFile,
)

_WIDTH = 100
_INDENT = "  "
_BARE = re.compile(r"[A-Za-z0-9_./:-]+")
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t"})


def print_file(file: SpecFile | Spec) -> str:
    """The text of a file with these circuits, or with this one."""
    circuits = (file,) if isinstance(file, Spec) else file.circuits
    blocks = [HEADER, *map(_circuit, circuits)]
    return "\n\n".join(blocks) + "\n"


def _circuit(spec: Spec) -> str:
    sections: list[Iterable[str]] = [
        [_string(spec.description)] if spec.description else [],
        _settings(spec),
        _nodes(spec.nodes),
        _edges(spec.edges),
        _claims(spec.claims),
    ]
    body = "\n\n".join(
        "\n".join(_INDENT + line for line in lines) for lines in map(list, sections) if lines
    )
    return f"circuit {spec.name} {{\n{body}\n}}"


def _settings(spec: Spec) -> Iterator[str]:
    yield f"model   {_word(spec.model)}"
    yield f"task    {_word(spec.task)}"
    yield f"ablate  {_ablation(spec.ablation)}"
    if spec.scope != DEFAULT_SCOPE:
        yield f"scope   {', '.join(spec.scope)}"
    if spec.level != DEFAULT_LEVEL:
        yield f"level   {_percent(spec.level)}"


def _ablation(ablation: Ablation) -> str:
    return ablation.kind if ablation.over is None else f"{ablation.kind} over {ablation.over}"


def _nodes(nodes: Sequence[NodeDecl]) -> Iterator[str]:
    widest = max(len(node.name) for node in nodes)
    for node in nodes:
        head = f"node {node.name:{widest}} = "
        indent = len(_INDENT) + len(head)
        pieces = list(_pieces(node.selections))
        if node.description:
            pieces.append(" " + _string(node.description))
        yield head + _wrap(pieces, indent)


def _pieces(selections: Sequence[AnySelection]) -> Iterator[str]:
    """The parts of a node's right side between which a line may be broken."""
    for number, selection in enumerate(selections, start=1):
        *most, last = _selection(selection)
        yield from most
        yield last if number == len(selections) else f"{last},"


def _selection(selection: AnySelection) -> Iterator[str]:
    match selection:
        case Selection(head=None):
            yield from _indexed(str(selection.place), selection.indices)
        case Selection():
            part = selection.place.part.removeprefix("attn.")
            place = f"L{selection.place.layer}.h{selection.head}.{part}"
            yield from _indexed(place, selection.indices)
        case QkPair():
            head = "attn" if selection.head is None else f"h{selection.head}"
            yield from _indexed(f"L{selection.layer}.{head}.qk", selection.indices)
        case ChannelPath():
            yield from _channel(selection)


def _channel(path: ChannelPath) -> Iterator[str]:
    if len(path.indices) == 1:
        yield f"channel {path.indices[0]}"
    else:
        yield from _indexed("channel ", path.indices)
    yield f"from {', '.join(map(str, path.writes))}"
    yield f"to {', '.join(map(str, path.reads))}"


def _indexed(place: str, indices: Sequence[IndexRange]) -> Iterator[str]:
    *most, last = map(str, indices)
    opening = f"{place}["
    for index in most:
        yield f"{opening}{index},"
        opening = ""
    yield f"{opening}{last}]"


def _edges(edges: Sequence[EdgeDecl]) -> Iterator[str]:
    # Only neighbours are gathered, since the order of edges is part of what the file says.
    for source, group in groupby(edges, key=lambda edge: edge.source):
        *most, last = map(_target, group)
        head = f"edge {source} -> "
        pieces = [*(f"{target}," for target in most), last]
        yield head + _wrap(pieces, len(_INDENT) + len(head))


def _target(edge: EdgeDecl) -> str:
    return str(edge.target) if edge.sign is None else f"{edge.target} : {edge.sign}"


def _claims(claims: Sequence[Claim]) -> Iterator[str]:
    if not claims:
        return
    widest = max(len(claim.kind) for claim in claims) + 1
    for claim in claims:
        head = f"expect {claim.kind + ':':{widest}} "
        if isinstance(claim, Minimal):
            yield f"{head}every {claim.unit} costs >= {_number(claim.cost)}"
        else:
            percent = claim.metric == "accuracy"
            threshold = _percent(claim.threshold) if percent else _number(claim.threshold)
            yield f"{head}{claim.metric} {claim.comparison} {threshold}"


def _wrap(pieces: Sequence[str], indent: int) -> str:
    """The pieces with spaces between them, on as many lines as they need."""
    lines: list[str] = []
    for piece in pieces:
        joined = f"{lines[-1]} {piece}" if lines else piece
        if lines and indent + len(joined) > _WIDTH:
            lines.append(piece.lstrip())
        else:
            lines[-1:] = [joined]
    return ("\n" + " " * indent).join(lines)


def _word(text: str) -> str:
    return text if _BARE.fullmatch(text) else _string(text)


def _string(text: str) -> str:
    return f'"{text.translate(_ESCAPED)}"'


def _number(value: float) -> str:
    """The shortest digits that read back as this number, without an exponent where it can be."""
    text = repr(value)
    return _plain(Decimal(text)) if 1e-9 <= value < 1e16 or value == 0 else text


def _percent(share: float) -> str:
    percent = Decimal(repr(share)) * 100
    return f"{_plain(percent) if share >= 1e-9 or share == 0 else percent}%"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
