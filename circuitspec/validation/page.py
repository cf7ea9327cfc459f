"""Pages about validation: Markdown that a command writes as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table; columns after the first are aligned to the right."""
    marks = ["---", *("--:" for _ in head[1:])]
    return [_row(head), _row(marks), *map(_row, rows)]


def page(title: str, *parts: str | Iterable[str]) -> str:
    """A page: paragraphs, and lines that belong together such as those of a table."""
    blocks = [f"# {title}", *(p if isinstance(p, str) else "\n".join(p) for p in parts)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"
