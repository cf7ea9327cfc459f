"""One statement of a syntax tree as a statement of a `Document`, with the comments inside of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from circuitspec.diagnostics.source import Source
from circuitspec.document.claim_statements import written_claim, written_prediction
from circuitspec.document.comments import Comment, CommentQueue
from circuitspec.document.parts import Channels, Elements, channels
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
from circuitspec.document.values import normal_comment
from circuitspec.language import syntax

_DIGITS = re.compile(r"[-+.0-9eE]+")

_Written = TypeVar("_Written", bound=syntax.Syntax)
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class StatementReader:
    """Turns statements into those of a document, taking their comments out of the queue."""

    source: Source
    comments: CommentQueue

    def read(self, written: syntax.Statement, following: int) -> list[Statement | str]:
        """A statement, and the comments that get lines of their own before and after it.

        Args:
            following: offset of what comes after the statement.
        """
        above = self.comments.before(_first_item(written).span.start)
        statement = self._statement(written)
        after = self.comments.before(written.span.end)
        after += self.comments.on_line(written.span.end_line, following)
        if after and not after[0].alone:
            comment = normal_comment(after.pop(0).text)
            statement = statement.model_copy(update={"comment": comment})
        return [*(c.text for c in above), statement, *(c.text for c in after)]

    def _statement(self, written: syntax.Statement) -> Statement:
        match written:
            case syntax.Model(value=value):
                return ModelStatement(model=value.text)
            case syntax.Task(value=value):
                return TaskStatement(task=value.text)
            case syntax.Ablate(kind=kind, over=over):
                return AblateStatement(ablate=kind.text, over=None if over is None else over.text)
            case syntax.Scope(places=places):
                return ScopeStatement(scope=self._list(places, _text))
            case syntax.Calibrate(numbers=numbers):
                return CalibrateStatement(calibrate=self._list(numbers, _text))
            case syntax.Level(value=number, over=over):
                return LevelStatement(
                    level=self._amount(number), over=None if over is None else over.text
                )
            case syntax.Also(ablations=ablations):
                return AlsoStatement(also=self._list(ablations, _text))
            case syntax.Report(ablations=ablations):
                return ReportStatement(report=self._list(ablations, _text))
            case syntax.Node():
                return self._node(written)
            case syntax.Edge():
                return self._edge(written)
            case syntax.Expect():
                return written_claim(written, self._amount(written.body.threshold))
            case syntax.Predict():
                return written_prediction(written, self._amount(written.body.threshold))

    def _node(self, written: syntax.Node) -> NodeStatement | OutsideStatement:
        description = written.description
        end = 0 if description is None else description.span.start
        selections = self._list(written.selections, self._selection, end)
        said = None if description is None else description.text
        name = written.name.text
        if isinstance(written, syntax.Outside):
            return OutsideStatement(outside=name, selections=selections, description=said)
        return NodeStatement(node=name, selections=selections, description=said)

    def _selection(self, written: syntax.Place | syntax.Channel) -> Elements | Channels:
        if isinstance(written, syntax.Place):
            indices = written.indices
            return Elements(
                place=written.path.text,
                indices=None if indices is None else self._list(indices, _index),
            )
        return channels(
            self._list(written.indices, _index, written.writes[0].span.start),
            self._list(written.writes, _text, written.reads[0].span.start),
            self._list(written.reads, _text),
        )

    def _edge(self, written: syntax.Edge) -> EdgeStatement:
        starts = [hop[0].span.start for hop in written.hops]
        sources = self._list(written.sources, _text, starts[0])
        first, *further = (
            self._list(hop, _target, end)
            for hop, end in zip(written.hops, [*starts[1:], 0], strict=True)
        )
        return EdgeStatement(edge=sources, to=first, then=tuple(further))

    def _list(
        self, written: Sequence[_Written], item: Callable[[_Written], _Item], end: int = 0
    ) -> tuple[_Item | str, ...]:
        """The items of a list, each followed by its comments.

        Args:
            end: where comments no longer belong to the last item; by default, at its start.
        """
        items: list[_Item | str] = []
        starts = [part.span.start for part in written]
        for part, following in zip(written, [*starts[1:], end], strict=True):
            items.append(item(part))
            items.extend(_lines(self.comments.before(following)))
        return tuple(items)

    def _amount(self, written: syntax.Number) -> str:
        # Between the digits and the `%` there may be anything that means nothing, even comments.
        digits = _DIGITS.match(self.source.text, written.span.start)
        assert digits is not None
        return digits[0] + ("%" if written.percent else "")


def _first_item(written: syntax.Statement) -> syntax.Syntax:
    """What comments inside of a statement can follow at the earliest."""
    match written:
        case syntax.Model(value=value) | syntax.Task(value=value) | syntax.Level(value=value):
            return value
        case syntax.Ablate(kind=kind):
            return kind
        case syntax.Scope(places=(first, *_)) | syntax.Calibrate(numbers=(first, *_)):
            return first
        case syntax.Also(ablations=(first, *_)) | syntax.Report(ablations=(first, *_)):
            return first
        case syntax.Node(selections=(first, *_)):
            return first
        case syntax.Edge(sources=(first, *_)):
            return first
        case syntax.Expect(claim=claim):
            return claim
        case syntax.Predict(text=text):
            return text
    raise AssertionError(f"a list without items in {written}")


def _lines(comments: Sequence[Comment]) -> list[str]:
    """Comments as they stand in a list; the first may have a line of its own like the others."""
    texts = [comment.text for comment in comments]
    return ["", *texts] if comments and comments[0].alone else texts


def _text(word: syntax.Word) -> str:
    return word.text


def _index(written: syntax.Range) -> int | tuple[int, int]:
    first, last = written.first.value, written.last.value
    return first if first == last else (first, last)


def _target(written: syntax.Target) -> Target | str:
    if written.sign is None:
        return written.path.text
    return Target(node=written.path.text, sign=written.sign)
