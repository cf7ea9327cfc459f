"""Statements of a `Document` as words: the pieces between which a line may be broken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from circuitspec.document.claim_pieces import phrase, plain_claim, prediction
from circuitspec.document.claims import CostClaim, MetricClaim, Prediction
from circuitspec.document.layout import Piece
from circuitspec.document.parts import Channels, Elements
from circuitspec.document.statements import (
    AblateStatement,
    AlsoStatement,
    CalibrateStatement,
    EdgeStatement,
    LevelStatement,
    ModelStatement,
    NodeStatement,
    OutsideStatement,
    ReportStatement,
    ScopeStatement,
    Statement,
    Target,
    TaskStatement,
)
from circuitspec.document.values import bare, is_line
from circuitspec.language.claim_text import literal


@dataclass(frozen=True, slots=True)
class Words:
    """A statement in words, before anything is aligned.

    Attributes:
        keyword: the word that begins it.
        name: what its neighbours are aligned by: the name of a node, or `sufficient:`; nothing for
            a claim of several words.
        groups: the rest; the selections of a node, the sources and then the targets of each arrow
            of an edge, what stands before and after the colon of a claim of several words, one
            group for all others.
        description: in quotes, or "".
        comment: what stands at the end of the statement's last line.
        below: comments that get lines of their own after the statement.
    """

    keyword: str
    name: str
    groups: tuple[tuple[Piece, ...], ...]
    description: str
    comment: str
    below: tuple[str, ...]


def in_words(statement: Statement) -> Words:
    """A statement in words."""
    keyword, name, groups = _split(statement)
    description: str | None = None
    if isinstance(statement, NodeStatement | OutsideStatement):
        description = statement.description
    comments: tuple[str, ...] = (statement.comment,) if statement.comment else ()
    if description is None:
        # What follows the last piece of all follows the statement.
        last = groups[-1][-1]
        groups[-1][-1] = Piece(last.text)
        comments = _joined(last.comments, comments)
    comment, below = (comments[0], comments[1:]) if comments else ("", ())
    return Words(
        keyword=keyword,
        name=name,
        groups=tuple(map(tuple, groups)),
        description="" if description is None else literal(description),
        comment=comment,
        below=below,
    )


def _split(statement: Statement) -> tuple[str, str, list[list[Piece]]]:
    """The keyword of a statement, what its neighbours are aligned by, and the rest."""
    match statement:
        case ModelStatement(model=text):
            return "model", "", [[Piece(bare(text))]]
        case TaskStatement(task=text):
            return "task", "", [[Piece(bare(text))]]
        case AblateStatement(ablate=kind, over=over):
            return "ablate", "", [[Piece(kind if over is None else f"{kind} over {over}")]]
        case ScopeStatement(scope=places):
            return "scope", "", [_list(places)]
        case CalibrateStatement(calibrate=numbers):
            return "calibrate", "", [_list(numbers)]
        case LevelStatement(level=level, over=over):
            return "level", "", [[Piece(level if over is None else f"{level} over {over}")]]
        case AlsoStatement(also=ablations):
            return "also", "", [_list(ablations)]
        case ReportStatement(report=ablations):
            return "report", "", [_list(ablations)]
        case NodeStatement(node=name, selections=selections):
            return "node", name, _selections(selections)
        case OutsideStatement(outside=name, selections=selections):
            return "outside", name, _selections(selections)
        case EdgeStatement(edge=sources, to=targets, then=further):
            hops = (targets, *further)
            return "edge", "", [_list(sources), *(_list(hop) for hop in hops)]
        case MetricClaim(expect=kind) | CostClaim(expect=kind):
            return "expect", f"{kind}:", [[plain_claim(statement)]]
        case Prediction():
            return "predict", "", prediction(statement)
        case _:
            return "expect", "", phrase(statement)


def _selections(items: Iterable[Elements | Channels | str]) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    for item in items:
        if isinstance(item, str):
            groups[-1][-1] = _followed(groups[-1][-1], item)
            continue
        if groups:
            groups[-1][-1] = _suffixed(groups[-1][-1], ",")
        groups.append(_elements(item) if isinstance(item, Elements) else _channels(item))
    return groups


def _elements(elements: Elements) -> list[Piece]:
    if elements.indices is None:
        return [Piece(elements.place)]
    return _bracketed(f"{elements.place}[", elements.indices)


def _channels(channels: Channels) -> list[Piece]:
    single = sum(not is_line(item) for item in channels.channel) == 1
    pieces = (
        _list(channels.channel, "channel ") if single else _bracketed("channel [", channels.channel)
    )
    pieces += _list(channels.writes, "from ")
    pieces += _list(channels.reads, "to ")
    return pieces


def _bracketed(start: str, indices: Iterable[int | tuple[int, int] | str]) -> list[Piece]:
    pieces = _list(indices, start)
    pieces[-1] = _suffixed(pieces[-1], "]")
    return pieces


def _list(items: Iterable[int | tuple[int, int] | Target | str], start: str = "") -> list[Piece]:
    """The items with commas between them; `start` goes before the first."""
    pieces: list[Piece] = []
    for item in items:
        if isinstance(item, str) and is_line(item):
            pieces[-1] = _followed(pieces[-1], item)
        elif pieces:
            pieces[-1] = _suffixed(pieces[-1], ",")
            pieces.append(Piece(_item(item)))
        else:
            pieces.append(Piece(start + _item(item)))
    return pieces


def _item(item: int | tuple[int, int] | Target | str) -> str:
    match item:
        case (first, last):
            return f"{first}..{last}"
        case Target(node=node, sign=sign):
            return f"{node} : {sign}"
        case _:
            return str(item)


def _suffixed(piece: Piece, suffix: str) -> Piece:
    return replace(piece, text=piece.text + suffix)


def _followed(piece: Piece, comment: str) -> Piece:
    return replace(piece, comments=_joined(piece.comments, (comment,)))


def _joined(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Comments of one piece after others of it: that they have lines of their own is clear then."""
    return before + tuple(comment for comment in after if comment or not before)
