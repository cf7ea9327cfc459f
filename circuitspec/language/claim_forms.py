"""How each kind of claim is written: what messages say of it, and what its metrics may be.

The words of a kind are its first ones, or those after the name of a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.language.claim_words import (
    FAITHFUL_METRICS,
    FAITHFUL_SIDE,
    METRICS,
    Comparison,
    claimed_side,
)
from circuitspec.language.words import RELATIONS


@dataclass(frozen=True)
class ClaimForm:
    """A kind of claim as its author writes it.

    Attributes:
        name: how messages call it.
        sides: its metrics, and the comparison that each is claimed with; either where that is None.
        bounds: what it bounds, for whoever wrote something else.
        meaning: what it says, for whoever wrote the other comparison.
        example: a claim of this kind.
    """

    name: str
    sides: Mapping[str, Comparison | None]
    bounds: str
    meaning: str
    example: str


def _form(
    name: str,
    sides: Mapping[str, Comparison | None],
    *,
    bounds: str,
    meaning: str,
    example: str,
) -> ClaimForm:
    return ClaimForm(name, sides, bounds, f"`{name}` says that {meaning}", example)


SUFFICIENT = _form(
    "sufficient",
    {metric: claimed_side("sufficient", metric) for metric in METRICS},
    bounds="the loss or the accuracy of the circuit",
    meaning="the circuit alone does the task at least this well",
    example="expect sufficient: loss <= 0.15",
)
NECESSARY = _form(
    "necessary",
    {metric: claimed_side("necessary", metric) for metric in METRICS},
    bounds="the loss or the accuracy without the circuit",
    meaning="without the circuit the task goes at least this badly",
    example="expect necessary: loss >= 0.60",
)
MINIMAL = _form(
    "minimal",
    {},
    bounds="what every node or every edge costs",
    meaning="leaving out any one part costs at least this much",
    example="expect minimal: every node costs >= 0.02",
)
FAITHFUL = _form(
    "faithful",
    {metric: FAITHFUL_SIDE[metric] for metric in FAITHFUL_METRICS},
    bounds="how far the circuit does inside what the model does",
    meaning="the circuit does inside what the model does, at least this nearly",
    example="expect faithful: agreement >= 95%",
)
SPECIFIC = _form(
    "specific",
    {"text_loss": "<="},
    bounds="how much the loss on any text rises without the circuit",
    meaning="without the circuit the model does on any text almost what it did",
    example="expect specific: text_loss <= 0.05",
)
COMPLETE = _form(
    "complete",
    {"gap": "<="},
    bounds="how far circuit and model come apart without parts of the circuit",
    meaning="circuit and model stay this close whatever part of the circuit they lose",
    example="expect complete: gap <= 0.2",
)
UNIQUE = _form(
    "unique",
    {"loss": ">="},
    bounds="the loss of the best circuit that uses none of these nodes",
    meaning="no circuit without these nodes has less loss than this",
    example="expect unique: loss >= 0.5",
)
BEATS = _form(
    "beats",
    {"share": ">=", "ratio": ">="},
    bounds="in what share of cases, or by what ratio, the circuit is better",
    meaning="the circuit is better than the control at least this clearly",
    example="expect beats random_circuits: share >= 95%",
)
FIRES = _form(
    "fires",
    {"auc": ">="},
    bounds="the area under the ROC curve",
    meaning="the node is higher there than elsewhere, at least this reliably",
    example='expect quote fires on "\\"": auc >= 0.95',
)
SEPARATES = _form(
    "separates",
    {"auc": ">="},
    bounds="the area under the ROC curve",
    meaning="the node is higher on the first than on the second, at least this reliably",
    example='expect kind separates "a" from "b": auc >= 0.95',
)
SIGNED = _form(
    "is",
    {"share": ">="},
    bounds="the share of positions with this sign",
    meaning="the node has this sign at no less than this share of positions",
    example='expect kind is negative on "a": share >= 95%',
)
CONSTANT = _form(
    "is constant",
    {"spread": "<="},
    bounds="the spread of the node",
    meaning="the node varies by no more than this",
    example="expect query is constant: spread <= 0.1",
)
ATTENDS = _form(
    "attends",
    {"mass": ">="},
    bounds="the attention that arrives there",
    meaning="the head puts at least this much of its attention there",
    example='expect match attends from last to "a": mass >= 0.5',
)
SWAPPING = _form(
    "swapping",
    {"share": ">="},
    bounds="the share of answers that flip",
    meaning="at least this share of answers flip",
    example="expect swapping kind, carry flips the answer: share >= 95%",
)
EXCHANGING = _form(
    "exchanging",
    {"share": ">="},
    bounds="the share of answers that stay",
    meaning="at least this share of answers stay",
    example="expect exchanging kind keeps the answer: share >= 95%",
)
RESAMPLING = _form(
    "resampling",
    {"share": ">="},
    bounds="the share of answers that stay",
    meaning="at least this share of answers stay",
    example="expect resampling rest keeps the answer: share >= 95%",
)
PREDICTS = _form(
    "predict",
    dict.fromkeys(METRICS),
    bounds="the loss or the accuracy of the whole model on another task",
    meaning="the whole model does this on another task",
    example='predict "it breaks": task another, accuracy <= 50%',
)

PLAIN_FORMS: Mapping[str, ClaimForm] = {
    form.name: form
    for form in (SUFFICIENT, NECESSARY, MINIMAL, FAITHFUL, SPECIFIC, COMPLETE, UNIQUE)
}
"""The claims that are one word, by that word."""

INTERCHANGE_FORMS: Mapping[str, ClaimForm] = {
    form.name: form for form in (SWAPPING, EXCHANGING, RESAMPLING)
}
"""The claims about values replaced, by their first word."""

RELATION_FORMS: Mapping[str, ClaimForm] = {
    form.name: form for form in (FIRES, SEPARATES, SIGNED, ATTENDS)
}
"""The claims about a node, by the word after its name."""

FORMS: Mapping[str, ClaimForm] = {
    **PLAIN_FORMS,
    **INTERCHANGE_FORMS,
    BEATS.name: BEATS,
    **RELATION_FORMS,
}
"""All claims that begin with `expect`, by the word that says what is claimed."""


def unknown_relation(word: str, span: Span) -> Diagnostic:
    """The diagnostic for a word after the name of a node that says nothing of it."""
    meant = near_miss(word, RELATIONS)
    return Diagnostic(
        code=Code.UNKNOWN_CLAIM,
        message=f"there is no claim `{word}` about a node",
        span=span,
        label=f"expected {quoted(RELATIONS)}",
        help=f"did you mean `{meant}`?"
        if meant is not None
        else f"write for example `{FIRES.example}`",
    )
