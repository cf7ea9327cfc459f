"""`circuitspec validate coverage`: how often intervals are wrong, by simulation, on a page."""

from __future__ import annotations

import sys
from pathlib import Path

from circuitspec.cli.exits import FALSE_CLAIM
from circuitspec.cli.progress import progress_bar
from circuitspec.files import write_whole
from circuitspec.validation.coverage import simulate
from circuitspec.validation.coverage_cases import all_cases
from circuitspec.validation.coverage_page import page, unexpected


def validate_coverage(out: Path, *, seed: int, runs: int) -> int:
    """Simulate, write the page, and return the exit code."""
    cases = all_cases()
    with progress_bar("simulating") as tell:
        rates = list(simulate(cases, runs, seed, tell))
    write_whole(out, page(rates, seed))
    print(f"wrote {out}: {len(rates)} simulations", file=sys.stderr)
    wrong = unexpected(rates)
    for rate in wrong:
        print(f"{rate.kind}, {rate.what}: wrong {rate.share:.1%} of the time, not {rate.level:.1%}")
    return FALSE_CLAIM if wrong else 0
