"""The gallery under the strict battery: a table of what became of every claim of every circuit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from circuitspec.diagnostics.wording import counted
from circuitspec.language.words import REST, WHOLE
from circuitspec.report.report import VERDICTS, ClaimResult, Report, Verdict

SIGNS: dict[Verdict, str] = {
    "confirmed": "✓",
    "inconclusive": "?",
    "vacuous": "∅",
    "refuted": "✗",
    "error": "!",
}

_OWN = ("sufficient", "necessary", "minimal")


def strict_lines(reports: Mapping[str, Report]) -> Iterator[str]:
    """The lines of the page: how often each claim holds, and a table with a column per circuit.

    Args:
        reports: by the names of the circuits' pages.
    """
    yield from _summary(reports.values())
    yield ""
    columns = {name: _by_label(report) for name, report in reports.items()}
    labels = list(dict.fromkeys(label for cells in columns.values() for label in cells))
    yield _row(("claim", *(f"[{name}]({name}.md)" for name in columns)))
    yield _row("---" for _ in range(len(columns) + 1))
    yield _row(("**verdict**", *(f"**{report.verdict}**" for report in reports.values())))
    for label in labels:
        yield _row((label, *(cells.get(label, "") for cells in columns.values())))
    yield ""
    yield (
        "✓ confirmed, ? inconclusive, ∅ vacuous, ✗ refuted, ! not measured; in brackets what is "
        "only reported and decides nothing. The number is what was measured."
    )


def _summary(reports: Iterable[Report]) -> Iterator[str]:
    """A row per claim that decides: how often it came to which verdict, and what was measured."""
    by_label: dict[str, list[ClaimResult]] = {}
    for report in reports:
        for claim in report.claims:
            by_label.setdefault(label_of(claim), []).append(claim)
    given = {claim.verdict for claims in by_label.values() for claim in claims}
    shown = [verdict for verdict in SIGNS if verdict in given]
    yield _row(("claim", *shown, "measured"))
    yield _row(("---", *("--:" for _ in shown), "---"))
    for label, claims in by_label.items():
        verdicts = [claim.verdict for claim in claims]
        counts = (str(verdicts.count(v) or "") for v in shown)
        yield _row((label, *counts, _range(claims)))


def _range(claims: Iterable[ClaimResult]) -> str:
    values = sorted(claim.estimate for claim in claims if claim.estimate is not None)
    if not values:
        return ""
    ends = list(dict.fromkeys(f"{end:.3g}" for end in (values[0], values[-1])))
    return " to ".join(ends)


def strict_counts(reports: Iterable[Report]) -> str:
    """How many of the circuits pass, and of their claims: a sentence."""
    found = list(reports)
    verdicts = [report.verdict for report in found]
    claims = [claim.verdict for report in found for claim in report.claims]
    each = ", ".join(f"{claims.count(v)} {v}" for v in VERDICTS if v in claims)
    return (
        f"Of {len(found)} circuits, {verdicts.count('confirmed')} have every claim confirmed. "
        f"Of their {counted(len(claims), 'claim')}: {each}."
    )


def label_of(claim: ClaimResult) -> str:
    """What a claim is about, in words that claims of several circuits share: no names of nodes."""
    subject = claim.statement.rpartition(":")[0]
    match claim.kind:
        case "swapping" | "exchanging" | "resampling":
            what = subject.split()[1].rstrip(",")
            return f"{claim.kind} {what if what in (WHOLE, REST) else 'nodes'}"
        case "faithful" | "sufficient" | "necessary":
            return f"{subject}: {claim.metric}"
        case "minimal":
            return f"minimal: {claim.unit}"
        case "predicts":
            return "predictions"
        case "fires" | "separates" | "signed" | "constant" | "attends":
            return "roles"
        case _:
            return subject


def _by_label(report: Report) -> dict[str, str]:
    cells: dict[str, list[str]] = {}
    for claim in report.claims:
        cells.setdefault(label_of(claim), []).append(_cell(claim))
    for claim in report.reported:
        cells.setdefault(label_of(claim), []).append(f"({_cell(claim)})")
    return {label: _joined(found) for label, found in cells.items()}


def _joined(cells: list[str]) -> str:
    if len(cells) <= 2:
        return ", ".join(cells)
    signs = [cell[:1] for cell in cells]
    return ", ".join(f"{signs.count(sign)} {sign}" for sign in SIGNS.values() if sign in signs)


def _cell(claim: ClaimResult) -> str:
    sign = SIGNS[claim.verdict]
    return sign if claim.estimate is None else f"{sign} {claim.estimate:.3g}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
