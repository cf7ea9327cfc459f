"""What to do about a claim that is not confirmed, by its kind and by why it is not; no torch.

A way on is never "move the bound to where these pairs pass", nor "claim it only where it was seen
to hold": what was chosen after seeing the numbers says nothing, however small its interval.
"""

from __future__ import annotations

from circuitspec.language.claim_words import Alternative, Control, FaithfulMetric
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Constant,
    Faithful,
    Fires,
    Separates,
    Signed,
    Sufficient,
)
from circuitspec.report.claim_rows import fails
from circuitspec.report.report import ClaimResult, PartResult

MORE_DATA = "it takes more pairs, or a bound with more room, stated before looking at these"

WAYS_OUT = {
    "dead node": "leave out what does nothing on this task, or name what does",
    "disconnected node": "leave out what leads nowhere, or draw the edges from it to the logits",
    "the full model itself fails": "choose a task that the model can do",
    "the full model itself does no better": "choose a task that the model can do",
    "the full model itself is not shown": MORE_DATA,
    "nothing at all already": "state a bound that is not met with everything ablated",
    "nothing at all is not shown to fail": MORE_DATA,
    "without the circuit the task is done no worse": "make the circuit necessary first",
    "without the circuit the task is not shown to be done worse": "make the circuit necessary "
    "first",
    "the search does not find the task itself": "what this circuit is held against cannot be "
    "searched for here; leave the claim out, or find a circuit that a search finds, too",
    "with the circuit's own nodes allowed": "what this circuit is held against cannot be searched "
    "for here; leave the claim out, or find a circuit that a search finds, too",
    "the full model is as bad already": "choose a task that the model can do",
    "the full model is not shown to be better": MORE_DATA,
    "the circuit alone does no better": "make the circuit sufficient first, then minimal",
    "the circuit alone is not shown": "make the circuit sufficient first, then minimal",
    "the circuit alone says the same": "add the nodes that tell the two prompts of a pair apart",
    "the circuit alone answers the wrong way round": "look for what turns its answers round: a "
    "node or an edge that is missing",
    "the circuit has no": "claim this of a circuit that has some",
    "a node that knows nothing": "state a bound that guessing does not meet",
    "there is no position": "name tokens that occur there, or say where they do",
    "one pair has no interval": "choose a task with more pairs",
    "one template has no interval": "choose a task whose pairs are of more templates",
    "`": "turn the comparison round",
}
"""What to do about a vacuous claim, by how the reason begins."""

_CANNOT_BE_SHOWN = "cannot confirm this"
"""In the reason of a claim that so few draws could never confirm."""

_MENDS = {
    "sufficient": "add the node or the edge that is missing",
    "necessary": "another part of the model does the task as well: add it to the circuit",
    "swapping": "what tells the prompts apart goes by other nodes as well: find them, and name "
    "them too",
    "exchanging": "these nodes carry more than the answer: find what else, and what reads it",
    "resampling": "what was replaced takes part in the answer: find which of it, and add that to "
    "the circuit",
    "specific": "the circuit is at work on other text as well: look for what of it does this task "
    "alone",
    "complete": "a part of the model outside of the circuit stands in for it: find it, and add it",
    "unique": "another circuit does the task as well: say so, or describe both",
    "predicts": "mend the explanation and not the prediction, which was made before it was run",
}

_MENDS_UNDER: dict[Alternative, str] = {
    "subsets": "the circuit leans on all of the rest being ablated at once: add what works against "
    "it, or find one with `circuitspec discover` that holds under random subsets",
    "adversary": "the circuit leans on all of the rest being ablated at once: add what works "
    "against it",
}
_MEND_UNDER = (
    "the circuit leans on the values that stand in for the rest: add the nodes whose constants it "
    "needs"
)

_MENDS_FAITHFUL: dict[FaithfulMetric, str] = {
    "agreement": "add what makes the model answer otherwise than the circuit",
    "wrong_agreement": "where the model is wrong the circuit is not: it does the task in another "
    "way; find what misleads the model, and add it",
    "kl": "add what makes the model surer, or less sure, than the circuit",
    "attention": "heads look elsewhere in the circuit than in the model: add the queries and keys "
    "that they lack",
    "correlation": "nodes say something else in the circuit than in the model: add what they hear "
    "there",
    "sign": "nodes say something else in the circuit than in the model: add what they hear there",
    "frozen_loss": "the circuit works by what ablation does to the norms: add what it amplifies in "
    "the place of",
}

_MENDS_BEATS: dict[Control, str] = {
    "random_circuits": "so much is lost without any nodes at these places: look for those that "
    "this task needs more than chance does",
    "other_circuits": "another task's circuit matters as much to this task: look for what the two "
    "share",
    "nonsense": "a search finds as small a circuit for nonsense: that this one is small and does "
    "the task is no evidence; find a smaller one",
    "shuffled_answers": "a search finds as small a circuit for answers that mean nothing: that "
    "this one is small and does the task is no evidence; find a smaller one",
    "random_weights": "a search finds as small a circuit in a model that has learnt nothing: that "
    "this one is small and does the task is no evidence; find a smaller one",
}


def mend(claim: Claim, result: ClaimResult) -> str:
    """What to do about a refuted claim; `minimal` has units that say more than that."""
    match claim:
        case Sufficient(under=under) if under is not None:
            return _MENDS_UNDER.get(under, _MEND_UNDER)
        case Faithful(metric=metric):
            return _MENDS_FAITHFUL[metric]
        case Beats(control=control):
            return _MENDS_BEATS[control]
        case Fires() | Separates() | Signed() | Constant() | Attends():
            return _mend_role(result)
    return _MENDS[claim.kind]


def way_out(reason: str) -> str:
    """What to do about a vacuous claim."""
    ways = (way for start, way in WAYS_OUT.items() if reason.startswith(start))
    if f"templates {_CANNOT_BE_SHOWN}" in reason:
        return "choose a task whose pairs are of more templates, or a bound with more room"
    if _CANNOT_BE_SHOWN in reason:
        return "choose a task with more pairs"
    return next(ways, "mend what the reason names, or leave the claim out")


def failing_parts(result: ClaimResult) -> tuple[PartResult, ...]:
    """The measurements that lie on the wrong side of a claim's threshold."""
    return tuple(part for part in result.parts if fails(part, result))


def worst_part(result: ClaimResult) -> PartResult | None:
    """The measurement that is the claim's estimate, where it rests on several."""
    if len(result.parts) < 2:
        return None
    return next((part for part in result.parts if part.estimate == result.estimate), None)


def _mend_role(result: ClaimResult) -> str:
    """By where it fails: a name that holds only inside of the pruned model is a wrong one."""
    failing = [part.what for part in failing_parts(result)]
    holding = [part.what for part in result.parts if part.what not in failing]
    if failing and holding and not any(map(_in_full_model, failing)):
        if any(map(_in_full_model, holding)):
            return (
                "it does this in the model and something else in the circuit alone: add what it "
                "hears in the model"
            )
    elif failing and holding and all(map(_in_full_model, failing)):
        return (
            "it does this in the circuit alone and something else in the model: its name holds "
            "only where everything else is ablated"
        )
    if failing and holding and not any(map(_on_task, failing)) and any(map(_on_task, holding)):
        return "it does this on the task and something else on other text: say what it does there"
    return "see what it does with `circuitspec inspect`, and say that"


def _in_full_model(what: str) -> bool:
    return "full model" in what


def _on_task(what: str) -> bool:
    return "task" in what
