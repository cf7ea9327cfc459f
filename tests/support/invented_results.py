"""Reports with invented numbers, for what shows them: nothing is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from circuitspec.language.claim_text import statement
from circuitspec.language.claims import Claim, Minimal
from circuitspec.language.spec import Spec
from circuitspec.report.claim_names import claim_names
from circuitspec.report.report import (
    Baseline,
    ClaimResult,
    ModelIdentity,
    PartResult,
    Report,
    RunScore,
    Sizes,
    SpecIdentity,
    TaskIdentity,
    worst_verdict,
)

SETTINGS = ("full model, task", "full model, text", "circuit, task", "circuit, text")


def result_of(claim: Claim, name: str, changed: Mapping[str, Any]) -> ClaimResult:
    """A claim that is confirmed, but for what is changed."""
    minimal = isinstance(claim, Minimal)
    values: dict[str, Any] = {
        "name": name,
        "kind": claim.kind,
        "statement": statement(claim),
        "verdict": "confirmed",
        "metric": "cost" if minimal else claim.metric,
        "unit": claim.unit if minimal else None,
        "estimate": 0.5,
        "interval": (0.4, 0.6),
        "comparison": ">=" if minimal else claim.comparison,
        "threshold": claim.cost if minimal else claim.threshold,
        "n": 192,
        "exact": False,
        "level": 0.01,
    }
    return ClaimResult(**(values | dict(changed)))


def report_of(spec: Spec, *changed: Mapping[str, Any], **others: Any) -> Report:
    """A report on the judged claims of a spec, with changes to each, in their order."""
    names = claim_names(spec.judged)
    changes = [*changed, *({} for _ in names[len(changed) :])]
    claims = tuple(map(result_of, spec.judged, names, changes))
    score = RunScore(loss=0.1, accuracy=1.0)
    return Report(
        verdict=worst_verdict(claim.verdict for claim in claims),
        spec=SpecIdentity(name=spec.name),
        model=ModelIdentity(name=spec.model, sha256="1" * 64, reference_sha256="2" * 64),
        task=TaskIdentity(name=spec.task, sha256="3" * 64, pairs=192),
        seed=0,
        level=spec.level,
        ablation="mean",
        sizes=Sizes(nodes=len(spec.nodes), edges=None),
        claims=claims,
        baseline=Baseline(full=score, keep=score, drop=score, empty=score),
        **others,
    )


def parts(*estimates: float, what: tuple[str, ...] = SETTINGS) -> tuple[PartResult, ...]:
    """Measurements in the four settings of a claim about a role, or in others."""
    return tuple(
        PartResult(what=name, estimate=value, interval=(value - 0.1, value + 0.1), n=192)
        for name, value in zip(what, estimates, strict=True)
    )
