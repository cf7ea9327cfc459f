"""What claims are stated in: metrics and sides, runs and data, ablations, controls, positions."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Metric: TypeAlias = Literal["loss", "accuracy"]
Comparison: TypeAlias = Literal["<=", ">="]
Run: TypeAlias = Literal["model", "circuit"]
Data: TypeAlias = Literal["task", "text"]
Alternative: TypeAlias = Literal[
    "zero", "task_mean", "resample", "counterfactual", "optimal", "subsets", "adversary"
]
FaithfulMetric: TypeAlias = Literal[
    "agreement", "wrong_agreement", "kl", "attention", "correlation", "sign", "frozen_loss"
]
Control: TypeAlias = Literal[
    "random_circuits", "other_circuits", "nonsense", "shuffled_answers", "random_weights"
]
Spot: TypeAlias = Literal["last", "difference"]

METRICS: tuple[Metric, ...] = get_args(Metric)
RUNS: tuple[Run, ...] = get_args(Run)
DATA: tuple[Data, ...] = get_args(Data)
ALTERNATIVES: tuple[Alternative, ...] = get_args(Alternative)
FAITHFUL_METRICS: tuple[FaithfulMetric, ...] = get_args(FaithfulMetric)
CONTROLS: tuple[Control, ...] = get_args(Control)
SPOTS: tuple[Spot, ...] = get_args(Spot)

_LOWER_IS_BETTER: dict[Metric, bool] = {"loss": True, "accuracy": False}
FAITHFUL_SIDE: dict[FaithfulMetric, Comparison] = {
    "agreement": ">=",
    "wrong_agreement": ">=",
    "kl": "<=",
    "attention": "<=",
    "correlation": ">=",
    "sign": ">=",
    "frozen_loss": "<=",
}
"""On which side of its threshold a faithful circuit is."""

AT_MOST_ONE = frozenset(
    (
        *("accuracy", "share", "auc", "spread", "mass"),
        *("agreement", "wrong_agreement", "attention", "correlation", "sign"),
    )
)
"""Metrics that are never above 1."""

PERCENTAGES = frozenset(("accuracy", "share", "agreement", "wrong_agreement", "sign"))
"""Metrics that count, and so are written as percentages."""


def claimed_side(claim: Literal["sufficient", "necessary"], metric: Metric) -> Comparison:
    """On which side of its threshold a metric is claimed to be: the better one for `sufficient`."""
    return "<=" if _LOWER_IS_BETTER[metric] == (claim == "sufficient") else ">="


def metric_of(control: Control) -> Literal["share", "ratio"]:
    """What beating a control is measured by."""
    return "share" if control in ("random_circuits", "other_circuits") else "ratio"
