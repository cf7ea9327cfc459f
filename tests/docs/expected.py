"""Diagnostics as they are written beside the lines of an example, and as they are found.

    edge match -> kind   # error: [unknown-name] "no node is called `kind`"

A comment alone on its line speaks of the next line that is something else. The text, if there is
one, is part of the message. A block without such comments has no mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from circuitspec.circuit.bind import bind_spec
from circuitspec.diagnostics import Diagnostic
from circuitspec.language import parse_text
from docs.completion import Whole

_COMMENT = re.compile(
    r'#\s*(?P<severity>error|warning):\s*\[(?P<code>[a-z0-9-]+)\](?:\s+"(?P<text>[^\n]*)")?\s*$'
)
_LOOKS_LIKE_ONE = re.compile(r"#\s*(error|warning)\b")


@dataclass(frozen=True, order=True)
class Expected:
    """A diagnostic that a line should get."""

    line: int
    severity: str
    code: str
    text: str

    def fits(self, found: Expected) -> bool:
        """Whether `found` is this one."""
        same = (self.line, self.severity, self.code) == (found.line, found.severity, found.code)
        return same and self.text in found.text

    def __str__(self) -> str:
        return f"line {self.line}: {self.severity}: [{self.code}] {self.text}".rstrip()


def expected(text: str) -> list[Expected]:
    """What the comments of a block say, by its own line numbers.

    Raises:
        ValueError: a comment that means to be one of these and is not.
    """
    waiting: list[re.Match[str]] = []
    found: list[Expected] = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _COMMENT.search(line)
        if match is None and _LOOKS_LIKE_ONE.search(line):
            raise ValueError(f"line {number} is not `# error: [code]`, nor with a text: {line}")
        if match is not None:
            waiting.append(match)
        if line[: match.start() if match else None].strip():
            found.extend(
                Expected(number, m["severity"], m["code"], m["text"] or "") for m in waiting
            )
            waiting.clear()
    if waiting:
        raise ValueError("a comment that expects a diagnostic has no line after it")
    return found


def found(whole: Whole) -> list[Expected]:
    """What `circuitspec check` says of a file, by the line numbers of the block."""
    return sorted(
        Expected(
            1 if diagnostic.span is None else diagnostic.span.line - whole.lines_before,
            diagnostic.severity,
            str(diagnostic.code),
            diagnostic.message,
        )
        for diagnostic in _check(whole.text)
    )


def differences(wanted: list[Expected], got: list[Expected]) -> Iterator[str]:
    """How the two differ, one line for each."""
    left = list(got)
    for want in wanted:
        fitting = next((one for one in left if want.fits(one)), None)
        if fitting is None:
            yield f"missing    {want}"
        else:
            left.remove(fitting)
    yield from (f"unexpected {one}" for one in left)


def _check(text: str) -> Iterator[Diagnostic]:
    result = parse_text(text)
    yield from result.diagnostics
    for spec in result.file.circuits if result.file is not None else ():
        yield from bind_spec(spec).diagnostics
