"""`circuitspec gallery`: every circuit verified, drawn and compared, on pages for the web."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.cli.exits import UserError
from circuitspec.cli.results import Results
from circuitspec.cli.verify import Judging, verified
from circuitspec.files import write_whole
from circuitspec.gallery.pages import PageError, circuit_page, index_page, strict_page

if TYPE_CHECKING:
    from circuitspec.circuit.bind import Bound
    from circuitspec.circuit.circuit import Circuit
    from circuitspec.gallery.row import Row, Side
    from circuitspec.language.spec import Spec
    from circuitspec.report.certificate import Certificate
    from circuitspec.report.report import Report
    from circuitspec.tasks.task import Task

INDEX = "index.md"
DATA = "gallery.json"
STRICT = "strict.md"


def write_gallery(
    paths: list[Path], out: Path, results: Results, *, baseline: bool, strict: bool
) -> int:
    """Write a page for each circuit below `paths`, and the table; returns the exit code.

    Args:
        baseline: measure how many best-attributed nodes do as well.
        strict: hold every circuit against the strict battery as well; else what an earlier run
            found of the same spec and model stays.

    Raises:
        UserError: a page that cannot be written, or whose marks are damaged.
    """
    from circuitspec.circuit.bind import bind_spec
    from circuitspec.gallery.row import Gallery, row_of

    outcome, code = verified(paths, Judging(out=out), results)
    rows: list[Row] = []
    small: dict[str, str] = {}
    known = _known(out / DATA)
    strictly: dict[str, Report] = {}
    for file in outcome.files:
        for circuit in file.circuits:
            report = circuit.certificate
            if report is None:
                continue
            # The stem of what was written for it, which no other circuit shares.
            name = Path(circuit.written[0]).name.removesuffix(".json")
            bound = bind_spec(circuit.spec)
            own, task = bound.circuit, bound.task
            assert own is not None  # else it could not have been verified
            assert task is not None
            other, key = _baseline(own, task, known) if baseline else (None, None)
            row = row_of(name, circuit.spec.description, report, other, key)
            rows.append(row)
            if _draw_small(own, task, out / f"{name}.compact.svg"):
                small[name] = f"{name}.compact.svg"
            picture = f"{name}.svg" if (out / f"{name}.svg").exists() else None
            page, text = out / f"{name}.md", file.source.text
            harder = _strictly(circuit.spec, bound, report, out / f"{name}.strict.json", run=strict)
            if harder is not None:
                strictly[name] = harder
            _write(page, lambda old: circuit_page(row, report, text, picture, old, harder))  # noqa: B023
    gallery = Gallery(rows=tuple(sorted(rows, key=lambda row: row.name)))
    _write(out / INDEX, lambda old: index_page(gallery.rows, small, old))
    if strictly:
        _write(out / STRICT, lambda old: strict_page(strictly, old))
    write_whole(out / DATA, gallery.model_dump_json(indent=2) + "\n")
    print(f"wrote {out / INDEX} and {len(rows)} pages", file=sys.stderr)
    return code


def _strictly(
    spec: Spec, bound: Bound, report: Certificate, path: Path, *, run: bool
) -> Certificate | None:
    """What becomes of a spec under the strict battery.

    Args:
        report: what became of it without.
        path: its certificate, which an earlier run may have written.
        run: hold it against the battery now; otherwise an earlier certificate has to do.
    """
    from circuitspec.cli.progress import progress_bar
    from circuitspec.report.certificate import (
        Certificate,
        certify,
        current_environment,
        write_certificates,
    )
    from circuitspec.verdict.manner import Manner, judge, user_store, workers

    if not run:
        try:
            earlier = Certificate.model_validate_json(path.read_bytes())
        except (OSError, ValueError):
            return None
        same = (earlier.spec.sha256, earlier.model) == (report.spec.sha256, report.model)
        return earlier if same else None
    assert bound.circuit is not None
    assert bound.task is not None
    with progress_bar(f"{spec.name}, strictly") as progress:
        manner = Manner(strict=True, store=user_store(), workers=workers())
        judged = judge(spec, bound.circuit, bound.task, bound, manner, on_progress=progress)
    certificate = certify(judged.report, current_environment())
    write_certificates(path, [certificate])
    return certificate


def _draw_small(circuit: Circuit, task: Task, path: Path) -> bool:
    """Draw the compact view; where nothing can draw, `verify` has said so already."""
    from circuitspec.cli.draw import evidence_if_any
    from circuitspec.drawing import DrawError, draw, render

    evidence = evidence_if_any(circuit, task)
    try:
        render(draw(circuit, evidence=evidence, view="compact"), path)
    except DrawError:
        return False
    return True


def _write(path: Path, page: Callable[[str | None], str]) -> None:
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else None
        write_whole(path, page(old))
    except PageError as error:
        raise UserError(f"{path} {error}", "put the mark back, or remove the page") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot write {path}: {error}") from None


def _known(path: Path) -> dict[str, Row]:
    """The rows of the last run by what their baseline is of; none where they cannot be read."""
    from circuitspec.gallery.row import Gallery

    try:
        rows = Gallery.model_validate_json(path.read_text(encoding="utf-8")).rows
    except (OSError, ValueError):
        return {}
    return {row.baseline_of: row for row in rows if row.baseline_of is not None}


def _baseline(circuit: Circuit, task: Task, known: Mapping[str, Row]) -> tuple[Side | None, str]:
    """The baseline, and the key of what it is of."""
    from circuitspec.cli.progress import progress_bar
    from circuitspec.gallery.baseline import attribution_baseline, baseline_key
    from circuitspec.gallery.row import Side

    key = baseline_key(circuit, task)
    if key in known:
        return known[key].baseline, key
    with progress_bar(circuit.name) as report:
        report(0, None, "the attribution baseline")
        found = attribution_baseline(circuit, task)
    if found is None:
        return None, key
    side = Side(nodes=found.nodes, edges=found.edges, keep=found.keep, drop=found.drop)
    return side, key
