"""A circuit of the gallery as data: what its row of the table and its page say."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from circuitspec.report.report import Report, Verdict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Side(_Part):
    """A circuit in four numbers: its size, and what it loses on the verifying pairs, in nats.

    Attributes:
        edges: None where the spec lists none.
        keep, drop: the circuit alone, and the model without it; None where a run gave no number.
    """

    nodes: int
    edges: int | None
    keep: float | None
    drop: float | None


class Row(_Part):
    """One circuit.

    Attributes:
        name: of its files and its page.
        confirmed, claims: how many claims are confirmed, of how many.
        full: what the whole model loses.
        accuracy: the share of prompts after which the circuit alone is right.
        baseline: as many best-attributed nodes as do as well; None where that was not asked, or no
            number of them does.
        baseline_of: what circuit the baseline is of, as `baseline_key` has it; it takes minutes,
            and stays as it is until that changes.
    """

    name: str
    description: str
    model: str
    task: str
    verdict: Verdict
    confirmed: int
    claims: int
    full: float | None
    accuracy: float | None
    circuit: Side
    baseline: Side | None = None
    baseline_of: str | None = None


class Gallery(_Part):
    """All rows, as `gallery.json` holds them."""

    rows: tuple[Row, ...]


def row_of(
    name: str,
    description: str,
    report: Report,
    baseline: Side | None,
    baseline_of: str | None = None,
) -> Row:
    """The row of a circuit that was verified."""
    runs = report.baseline
    return Row(
        name=name,
        description=description,
        model=report.model.name,
        task=report.task.name,
        verdict=report.verdict,
        confirmed=sum(claim.verdict == "confirmed" for claim in report.claims),
        claims=len(report.claims),
        full=runs.full.loss,
        accuracy=runs.keep.accuracy,
        circuit=Side(
            nodes=report.sizes.nodes,
            edges=report.sizes.edges,
            keep=runs.keep.loss,
            drop=runs.drop.loss,
        ),
        baseline=baseline,
        baseline_of=baseline_of,
    )
