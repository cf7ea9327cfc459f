"""Certificates of the spec in `texts`, made by hand."""

from __future__ import annotations

import hashlib
from typing import Literal

from circuitspec.report.certificate import Certificate, Environment
from circuitspec.report.report import (
    Baseline,
    ClaimResult,
    ModelIdentity,
    RunScore,
    Sizes,
    SpecIdentity,
    TaskIdentity,
    UnitCost,
    worst_verdict,
)
from lsp.texts import SPEC

_RUN = RunScore(loss=0.1, accuracy=1.0)


def claim(
    kind: Literal["sufficient", "necessary", "minimal"] = "sufficient", **changes: object
) -> ClaimResult:
    minimal = kind == "minimal"
    values: dict[str, object] = {
        "name": kind,
        "kind": kind,
        "verdict": "confirmed",
        "metric": "cost" if minimal else "loss",
        "unit": "node" if minimal else None,
        "estimate": 0.134,
        "interval": (0.131, 0.136),
        "comparison": "<=" if kind == "sufficient" else ">=",
        "threshold": 0.15,
        "n": 192,
        "exact": False,
        "level": 0.025,
    }
    return ClaimResult.model_validate(values | changes)


def cost(name: str, value: float) -> UnitCost:
    return UnitCost(unit="L0.attn.in[0]", name=name, cost=value, interval=(value, value))


def certificate(
    *claims: ClaimResult,
    text: str = SPEC,
    circuit: str = "quotes",
    path: str | None = "x.circ",
    created: str = "2026-11-20T10:00:00+00:00",
) -> Certificate:
    return Certificate(
        verdict=worst_verdict(made.verdict for made in claims or (claim(),)),
        spec=SpecIdentity(
            name=circuit, path=path, sha256=hashlib.sha256(text.encode()).hexdigest()
        ),
        model=ModelIdentity(name="python-small", sha256="1", reference_sha256="2"),
        task=TaskIdentity(name="single_double_quote", sha256="3", pairs=192),
        seed=0,
        level=0.05,
        ablation="mean",
        sizes=Sizes(nodes=4, edges=3),
        claims=claims or (claim(),),
        baseline=Baseline(full=_RUN, keep=_RUN, drop=_RUN, empty=_RUN),
        environment=Environment(created=created, platform="x", python="3.11", packages={}),
    )
