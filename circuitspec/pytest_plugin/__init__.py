"""`pytest specs/`: every claim of every `.circ` file is a test.

    specs/quote_closing.circ::quote_closing::check        places, weights, signs; no run
    specs/quote_closing.circ::quote_closing::sufficient   one per claim
    specs/quote_closing.circ::quote_closing::strict       with --circ-strict: all that this adds

pytest loads this module in every run of everybody who has circuitspec installed, so nothing is
imported here but pytest and what comes with Python: collectors and the language wait for the first
`.circ` file, torch for the first claim that is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from circuitspec.pytest_plugin.collectors import CircFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options, all of which begin with `--circ-`."""
    group = parser.getgroup("circuitspec", "specs of circuits (circuitspec)")
    group.addoption(
        "--circ-model",
        metavar="NAME",
        help="hold all .circ files against this model, a shipped name or a folder, whatever they "
        "say themselves",
    )
    group.addoption(
        "--circ-check-only",
        action="store_true",
        help="check .circ files as far as possible without a run, and skip their claims",
    )
    group.addoption(
        "--circ-allow-inconclusive",
        action="store_true",
        help="count claims that the data do not decide as expected failures, not as failures",
    )
    group.addoption(
        "--circ-strict",
        action="store_true",
        help="hold every circuit against the strict battery as well, which takes minutes each the "
        "first time; what it adds to the claims is one more test, `strict`",
    )
    parser.addini("circ_model", "default of --circ-model; a folder is relative to the rootdir")
    parser.addini(
        "circ_files",
        "patterns of the files to collect; those named on the command line are collected anyway",
        type="args",
        default=["*.circ"],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes `-m circuit` known.

    Raises:
        pytest.UsageError: options that contradict each other.
    """
    if config.getoption("circ_strict") and config.getoption("circ_check_only"):
        raise pytest.UsageError("--circ-strict judges claims, --circ-check-only leaves them alone")
    config.addinivalue_line(
        "markers", "circuit: a claim of a .circ file, or the check of a circuit"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CircFile | None:
    """A `.circ` file that is asked for, by its path or by a pattern."""
    if file_path.suffix != ".circ":
        return None
    patterns = parent.config.getini("circ_files")
    if parent.session.isinitpath(file_path) or any(map(file_path.match, patterns)):
        from circuitspec.pytest_plugin.collectors import CircFile

        return CircFile.from_parent(parent, path=file_path)
    return None


def pytest_report_collectionfinish(
    config: pytest.Config, items: Sequence[pytest.Item]
) -> str | None:
    """What is judged against which model; nothing where no circuit was collected."""
    ours = [item for item in items if item.get_closest_marker("circuit")]
    if not ours:
        return None
    from circuitspec.pytest_plugin.items import summary

    return summary(config, ours)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how many claims were left alone; without `-rs` pytest would give no reason."""
    skipped = terminalreporter.getreports("skipped")
    if not skipped:
        return
    from circuitspec.pytest_plugin.failure import NOT_JUDGED

    n = sum(NOT_JUDGED in report.longreprtext for report in skipped)
    if n:
        from circuitspec.diagnostics.wording import counted

        terminalreporter.line(f"circuitspec: {counted(n, 'claim')} {NOT_JUDGED}", yellow=True)
