"""As much of a TextMate engine as our grammar needs, so that it can be tested without Node.

The patterns of the grammar are tried with Python's `re`: they stay within what both engines read
alike. `npm test` in `editors/vscode` runs the same grammar under the engine that editors use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Rule = dict[str, Any]
Grammar = dict[str, Any]


def patterns(node: object) -> Iterator[str]:
    """Every regular expression in a grammar."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("match", "begin", "end", "while"):
                yield value
            else:
                yield from patterns(value)
    elif isinstance(node, list):
        for item in node:
            yield from patterns(item)


def scopes(grammar: Grammar, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each character of a text with its scopes, the outermost first."""
    engine = _Engine(grammar)
    for line in text.splitlines(keepends=True):
        yield from zip(line, engine.line(line), strict=True)


class _Engine:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._open: list[Rule] = []

    def line(self, line: str) -> list[tuple[str, ...]]:
        """The scopes of each character of a line, the next one of the text."""
        marks: list[tuple[str, ...]] = [()] * len(line)
        body = line.rstrip("\r\n")
        at = 0
        while at <= len(body):
            if self._open:
                at = self._inside(self._open[-1], body, at, marks)
            else:
                at = self._outside(self._grammar["patterns"], body, at, marks, len(body))
        return marks

    def _rules(self, listed: list[Rule]) -> Iterator[Rule]:
        for rule in listed:
            if "include" in rule:
                yield from self._rules([self._grammar["repository"][rule["include"][1:]]])
            elif "match" in rule or "begin" in rule:
                yield rule
            else:
                yield from self._rules(rule["patterns"])

    def _first(
        self, listed: list[Rule], body: str, at: int, end: int
    ) -> tuple[Rule, re.Match[str]] | None:
        found = [
            (rule, match)
            for rule in self._rules(listed)
            if (match := re.compile(rule.get("match", rule.get("begin"))).search(body, at, end))
        ]
        return min(found, key=lambda pair: pair[1].start(), default=None)

    def _outside(self, listed: list[Rule], body: str, at: int, marks: Any, end: int) -> int:
        found = self._first(listed, body, at, end)
        if found is None:
            return end + 1
        rule, match = found
        assert match.end() > match.start(), f"an empty match of {rule}"
        self._mark(rule, match, marks, "captures" if "match" in rule else "beginCaptures")
        if "begin" in rule:
            self._open.append(rule)
        return match.end()

    def _inside(self, rule: Rule, body: str, at: int, marks: Any) -> int:
        names = tuple(opened["name"] for opened in self._open if "name" in opened)
        end = re.compile(rule["end"]).search(body, at)
        inner = self._first(rule.get("patterns", []), body, at, len(body))
        if inner is not None and (end is None or inner[1].start() < end.start()):
            found, match = inner
            assert match.end() > match.start(), f"an empty match of {found}"
            self._fill(marks, at, match.start(), names)
            key = "captures" if "match" in found else "beginCaptures"
            self._mark(found, match, marks, key, outer=names)
            if "begin" in found:
                self._open.append(found)
            return match.end()
        if end is None:
            self._fill(marks, at, len(body), names)
            return len(body) + 1
        self._fill(marks, at, end.start(), names)
        self._open.pop()
        outer = tuple(opened["name"] for opened in self._open if "name" in opened)
        self._mark(rule, end, marks, "endCaptures", outer=outer)
        return end.end() if end.end() < len(body) else len(body) + 1

    def _mark(
        self, rule: Rule, match: re.Match[str], marks: Any, key: str, outer: tuple[str, ...] = ()
    ) -> None:
        def named(name: str) -> str:
            return re.sub(r"\$(\d)", lambda number: match[int(number[1])], name)

        whole = (*outer, named(rule["name"])) if "name" in rule else outer
        self._fill(marks, *match.span(), whole)
        for number, capture in rule.get(key, {}).items():
            start, end = match.span(int(number))
            if start == -1:
                continue
            if "name" in capture:
                self._fill(marks, start, end, (*whole, named(capture["name"])))
            while "patterns" in capture and start < end:
                start = self._outside(capture["patterns"], match.string, start, marks, end)

    @staticmethod
    def _fill(marks: Any, start: int, end: int, names: tuple[str, ...]) -> None:
        marks[start:end] = [names] * (end - start)
