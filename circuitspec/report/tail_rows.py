"""The worst that the circuit and the model do, for people: percentiles, worst pair and template."""

from __future__ import annotations

from collections.abc import Iterator

from circuitspec.report.report import LossTail, Report

_TITLES = ("90%", "95%", "99%", "worst pair", "worst template")
_WIDTHS = (9, 9, 9, 12, 16)


def tail_rows(report: Report) -> Iterator[str]:
    """Lines under one another; none where it was not measured.

    loss of      90%      95%      99%  worst pair  worst template
    full      0.0211    0.031   0.0582       0.112          0.0229
    keep      0.0985    0.143    0.192       0.197           0.163
    """
    if report.tails is None:
        return
    tails = {"full": report.tails.full, "keep": report.tails.keep}
    known = {name: tail for name, tail in tails.items() if tail is not None}
    if known:
        yield "loss of " + _cells(_TITLES)
        for name, tail in known.items():
            yield name.ljust(8) + _cells(_numbers(tail))


def _numbers(tail: LossTail) -> tuple[str, ...]:
    numbers = (tail.p90, tail.p95, tail.p99, tail.worst, tail.worst_template_loss)
    shown = [f"{number:.3g}" for number in numbers]
    # Of one template that is the mean, which stands above already.
    return (*shown[:-1], shown[-1] if tail.templates > 1 else "-")


def _cells(cells: tuple[str, ...]) -> str:
    return "".join(cell.rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
