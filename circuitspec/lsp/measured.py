"""What was last measured of a circuit, a claim or a node, as Markdown for a hover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from circuitspec.language.claims import Claim
from circuitspec.lsp.certificates import Found
from circuitspec.report.claim_rows import (
    WEAKEST,
    interval_text,
    level_text,
    others_text,
    parts_against,
)
from circuitspec.report.report import ClaimResult, UnitCost
from circuitspec.report.text import render_report


def circuit_measured(found: Found) -> Iterator[str]:
    """The whole report."""
    yield f"```text\n{render_report(found.certificate)}```"
    yield _origin(found)


def claim_measured(claim: Claim | None, found: Found) -> Iterator[str]:
    """What became of a claim; that it is new, if it is, or if there is none yet."""
    result = None if claim is None else found.claim(claim)
    if result is None:
        yield f"Not measured yet: `{_file(found)}` of {found.day} does not have this claim."
        return
    yield _verdict(result)
    if result.details:
        yield _costs(result.details)
    if result.parts:
        yield _parts(result)
    yield from result.facts
    yield _origin(found)


def ablation_measured(ablation: str, found: Found) -> Iterator[str]:
    """What became of the claims under a further ablation."""
    results = found.under(ablation)
    if results:
        yield "\n".join(f"- `{result.statement}`: {_verdict(result)}" for result in results)
        yield _origin(found)


def node_measured(name: str, found: Found) -> Iterator[str]:
    """What leaving out the elements of one node costs, the cheapest first."""
    costs = found.costs(name)
    if len(costs) == 1:
        (unit,) = costs
        yield f"Left out of the circuit, it costs {_cost(unit)}."
    elif costs:
        yield f"Left out of the circuit, its elements cost:\n\n{_costs(costs)}"
    if costs:
        yield _origin(found)


def _verdict(result: ClaimResult) -> str:
    words = f"**{result.verdict}**"
    if result.estimate is not None:
        words += f": {result.estimate:.3g}"
    if result.exact:
        words += ", exact"
    elif result.interval is not None:
        words += f" {interval_text(result.interval)}"
        words += "" if result.level is None else f" {level_text(result.level)}"
    if result.reason is not None:
        words += f": {result.reason}"
    return words


def _parts(result: ClaimResult) -> str:
    lines = [
        f"- {part.what}: {part.estimate:.3g} {interval_text(part.interval)}".rstrip()
        for part in parts_against(result)
    ]
    others = len(result.parts) - len(lines)
    if others > 0:
        lines.append(f"- and {others} more, none of which says more against it")
    return "\n".join(lines)


def _costs(units: Iterable[UnitCost]) -> str:
    weakest = sorted(units, key=lambda unit: unit.cost)
    lines = [f"- `{unit.name}`: {_cost(unit)}" for unit in weakest[:WEAKEST]]
    others = len(weakest) - WEAKEST
    if others > 0:
        lines.append(f"- {others_text(others)}")
    return "\n".join(lines)


def _cost(unit: UnitCost) -> str:
    return f"{unit.cost:.3g} nats {interval_text(unit.interval)}"


def _origin(found: Found) -> str:
    note = f"Measured on {found.day} in {found.certificate.model.name}: `{_file(found)}`."
    return f"{note} **The file has changed since.**" if found.stale else note


def _file(found: Found) -> str:
    """The certificate's file, with its folder so that one knows which."""
    return "/".join(found.path.parts[-2:])
