"""The gallery as Markdown: what a command knows between two marks, what a person says around it.

A page that is there keeps everything outside the marks, so that words written after looking at a
circuit outlive the next run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from circuitspec.gallery.row import Row, Side
from circuitspec.gallery.strict_table import strict_counts, strict_lines
from circuitspec.report.report import Report
from circuitspec.report.text import render_report

BEGIN = "<!-- From here to the end mark, `circuitspec gallery` writes this page. -->"
END = "<!-- The end of what `circuitspec gallery` writes. -->"

_UNWRITTEN = "<!-- What does it compute? `circuitspec inspect` shows; say it here. -->"


_STRICT = (
    "What [a hostile reviewer would ask](../explanation/strict.md), added to the claims of the "
    "spec by `circuitspec verify --strict`"
)


class PageError(Exception):
    """A page whose marks are damaged; `str()` of it is for the user."""


def circuit_page(
    row: Row,
    report: Report,
    spec_text: str,
    picture: str | None,
    old: str | None,
    strict: Report | None = None,
) -> str:
    """The page of one circuit.

    Args:
        spec_text: the file that it is from.
        picture: the drawing's file name; None where nothing could draw.
        old: the page as it is, if there is one.
        strict: what became of it under the strict battery, if that was asked.

    Raises:
        PageError: `old` has one of the marks without the other.
    """
    lines: list[str] = []
    if picture is not None:
        lines += [f"[![The circuit {row.name}]({picture})]({picture})", ""]
    lines += [*_sizes(row), "", "## Verdicts", "", "```text"]
    lines += [render_report(report).rstrip("\n"), "```", ""]
    if strict is not None:
        lines += ["## Under the strict battery", "", f"{_STRICT}: **{strict.verdict}**.", ""]
        lines += ["```text", render_report(strict).rstrip("\n"), "```", ""]
    lines += ["## The spec", "", "```circ", spec_text.rstrip("\n"), "```"]
    start = f"# {row.name}\n\n{row.description}\n\n{_UNWRITTEN}\n"
    return _within_marks(lines, old, start)


def index_page(rows: Sequence[Row], pictures: Mapping[str, str], old: str | None) -> str:
    """The page with the table of all circuits.

    Args:
        pictures: file names of small drawings, by the names of their circuits.

    Raises:
        PageError: as `circuit_page`.
    """
    start = "# Gallery\n\nCircuits that were found, verified and drawn.\n"
    shown = [
        f"[![The circuit {row.name}]({pictures[row.name]})]({row.name}.md)"
        for row in rows
        if row.name in pictures
    ]
    return _within_marks([*_table(rows), *([""] if shown else []), *shown], old, start)


def strict_page(reports: Mapping[str, Report], old: str | None) -> str:
    """The page with what became of every claim of every circuit under the strict battery.

    Args:
        reports: by the names of the circuits' pages.

    Raises:
        PageError: as `circuit_page`.
    """
    start = "# The gallery under the strict battery\n\n"
    return _within_marks([strict_counts(reports.values()), "", *strict_lines(reports)], old, start)


def _within_marks(lines: Iterable[str], old: str | None, start: str) -> str:
    written = "\n".join([BEGIN, "", *lines, "", END])
    if old is None:
        return f"{start}\n{written}\n"
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin and END not in old:
        return f"{old.rstrip()}\n\n{written}\n"
    if not begin or not end:
        raise PageError("has one of the two marks between which it is written, and not the other")
    return f"{before}{written}{after}"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    head = ["circuit", "model", "claims confirmed", "nodes", "edges"]
    head += ["loss, whole model", "alone", "without it", "right, alone"]
    baseline = any(row.baseline is not None for row in rows)
    if baseline:
        head += ["attribution: nodes", "edges", "loss, alone", "without"]
    yield _cells(head)
    yield _cells("---" for _ in head)
    for row in rows:
        cells = [f"[{row.name}]({row.name}.md)", row.model, f"{row.confirmed} of {row.claims}"]
        cells += [*_size(row.circuit), _number(row.full), *_losses(row.circuit)]
        cells.append("" if row.accuracy is None else f"{row.accuracy:.1%}")
        if baseline:
            other = row.baseline
            cells += ["", "", "", ""] if other is None else [*_size(other), *_losses(other)]
        yield _cells(cells)


def _sizes(row: Row) -> Iterator[str]:
    yield _cells(("", "nodes", "edges", "loss alone, nats", "loss without it"))
    yield _cells("---" for _ in range(5))
    yield _cells(("this circuit", *_size(row.circuit), *_losses(row.circuit)))
    if row.baseline is not None:
        yield _cells(
            (
                "as many best-attributed nodes as do as well on the finding pairs",
                *_size(row.baseline),
                *_losses(row.baseline),
            )
        )
    yield _cells(("the whole model", "", "", _number(row.full), ""))


def _size(side: Side) -> tuple[str, str]:
    return f"{side.nodes:,}", "" if side.edges is None else f"{side.edges:,}"


def _losses(side: Side) -> tuple[str, str]:
    return _number(side.keep), _number(side.drop)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
