"""Claims for people: what became of each, what that rests on, and why, in aligned columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TypeAlias

from circuitspec.report.report import ClaimResult, PartResult, UnitCost

Row: TypeAlias = tuple[str, ...]
"""Cells: verdict, what, estimate, interval, and at which level or of how many draws. A row of two
is a sentence, which may be longer than its column; a row of one is a heading."""

WEAKEST = 3
"""How many of the cheapest nodes or edges are shown of a claim of minimality."""

MOST_PARTS = 6
"""How many of the measurements that a claim rests on are shown, unless more of them fail."""

MOST_FAILING = 12
"""How many are shown of a refuted claim, whose failing measurements say where it fails."""

_INDENT = "  "
_CELLS = 5
_LONGEST = 56
"""A longer statement takes several lines."""
_SENTENCE = 88
# `swapping a, b, c, d, e, f`: a list of names that nobody would read.
_MANY_NAMES = re.compile(r"(?<=^swapping )(\w+, ){5,}\w+|(?<=^exchanging )(\w+, ){5,}\w+")
_WORD = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+')


def claim_rows(claim: ClaimResult) -> Iterator[Row]:
    """The claim, why it is vacuous or an error, what it rests on, and what else was found."""
    yield from _statement(claim)
    if claim.reason is not None:
        yield from _sentence(claim.reason)
    if claim.counterexample is not None:
        example = claim.counterexample
        yield "", f"{_INDENT}worst is pair {example.pair}, loss {example.loss:.3g}:"
        for prompt in example.prompts:
            yield "", _INDENT * 2 + repr(prompt)
    yield from _units(claim)
    yield from _parts(claim)
    if claim.attainable_p is not None:
        yield from _sentence(f"so few draws can give no p below {claim.attainable_p:.2g}")
    for fact in claim.facts:
        yield from _sentence(fact)


def columns(rows: Iterable[Row]) -> list[str]:
    """The rows as lines with their cells aligned."""
    known = list(rows)
    table = [row for row in known if len(row) == _CELLS]
    widths = [max((len(row[i]) for row in table), default=0) for i in range(_CELLS)]
    widths[0] = max((len(row[0]) for row in known if len(row) > 1), default=0)
    return [
        row[0]
        if len(row) == 1
        else "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=False)).rstrip()
        for row in known
    ]


def level_text(level: float) -> str:
    """The confidence that goes with a level: `at 95%`."""
    return f"at {100 * (1 - level):.3g}%"


def interval_text(bounds: tuple[float, float] | None) -> str:
    """`[0.131, 0.136]`, or nothing."""
    return "" if bounds is None else f"[{bounds[0]:.3g}, {bounds[1]:.3g}]"


def others_text(count: int) -> str:
    """What is said of the units of a claim of minimality that are not shown."""
    return f"the other {count} cost{'s' if count == 1 else ''} no less"


def about(claim: ClaimResult) -> str:
    """What a claim is about: its statement without the bound; what costs are of, `minimal`."""
    if claim.unit is not None:
        return claim.kind
    bound = f": {claim.metric} {claim.comparison} {claim.threshold:g}"
    return claim.statement.removesuffix(bound)


def fails(part: PartResult, claim: ClaimResult) -> bool:
    """Whether a measurement lies on the wrong side of its claim's threshold."""
    if claim.comparison == "<=":
        return part.estimate > claim.threshold
    return part.estimate < claim.threshold


def _statement(claim: ClaimResult) -> Iterator[Row]:
    level = "" if claim.exact or claim.level is None else level_text(claim.level)
    if claim.drawn != "pairs" and claim.estimate is not None:
        level = ", ".join(filter(None, (level, f"{claim.n} {claim.drawn}")))
    interval = "exact" if claim.exact and claim.interval else interval_text(claim.interval)
    estimate = "" if claim.estimate is None else f"{claim.estimate:.3g}"
    *first, last = _lines(_MANY_NAMES.sub(_shortened, claim.statement))
    verdict: str = claim.verdict
    for line in first:
        yield verdict, line
        verdict = ""
    yield verdict, last, estimate, interval, level


def _shortened(names: re.Match[str]) -> str:
    first, *others = names[0].split(", ")
    return f"{first} and {len(others)} more"


def _lines(statement: str) -> list[str]:
    """A statement in lines that end between its words, and never inside of a string."""
    lines: list[str] = []
    for word in _WORD.findall(statement):
        if lines and len(lines[-1]) + 1 + len(word) <= _LONGEST:
            lines[-1] += f" {word}"
        else:
            lines.append(_INDENT * bool(lines) + word)
    return lines or [""]


def _units(claim: ClaimResult) -> Iterator[Row]:
    """The cheapest nodes or edges of a claim of minimality."""

    def cost(unit: UnitCost) -> float:
        return unit.cost

    for unit in sorted(claim.details, key=cost)[:WEAKEST]:
        bounds = "" if claim.exact else interval_text(unit.interval)
        yield "", _INDENT + unit.name, f"{unit.cost:.3g}", bounds, ""
    others = len(claim.details) - WEAKEST
    if others > 0:
        yield "", _INDENT + others_text(others)


def parts_against(claim: ClaimResult) -> tuple[PartResult, ...]:
    """The measurements that speak most against a claim, in the order that they were made in; of a
    refuted one, all that fail unless they are very many."""
    least = claim.comparison == ">="
    against = sorted(claim.parts, key=lambda part: part.estimate if least else -part.estimate)
    failing = sum(fails(part, claim) for part in claim.parts)
    most = max(MOST_PARTS, min(failing, MOST_FAILING)) if claim.verdict == "refuted" else MOST_PARTS
    shown = against[:most]
    return tuple(part for part in claim.parts if part in shown)


def _parts(claim: ClaimResult) -> Iterator[Row]:
    shown = parts_against(claim)
    for part in shown:
        bounds = "" if claim.exact else interval_text(part.interval)
        same = (part.n, part.unit) == (claim.n, claim.drawn)
        drawn = "" if same else f"{part.n} {part.unit}"
        yield "", _INDENT + part.what, f"{part.estimate:.3g}", bounds, drawn
    others = len(claim.parts) - len(shown)
    if others > 0:
        yield "", f"{_INDENT}and {others} more, none of which says more against it"


def _sentence(text: str) -> Iterator[Row]:
    for line in wrap(text, _SENTENCE, break_long_words=False, break_on_hyphens=False):
        yield "", _INDENT + line
