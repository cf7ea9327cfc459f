"""The strict battery: what a hostile reviewer would ask of any circuit, as claims like all others.

`strict(spec, ...)` adds them to those of the author. Each is printed as a spec would say it, with
its threshold, so that nothing is hidden and an author can write a stricter or a milder one: where
the spec claims the same already, the author's stands and the battery's is left out.

What each answers, by `docs/explanation/strict.md`:

- `subsets`: a circuit that leans on the rest standing still at one point.
- `faithful`: one that gets the right answers in another way than the model: other answers where
  they differ, other attention, nodes that change their meaning, norms that amplify what is left.
- `swapping`, `exchanging`: one whose nodes do not carry what tells the prompts apart.
- `beats`, `specific`: one that any set of nodes, or nonsense, would do as well as.
- `complete`: one with a backup outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from circuitspec.circuit.circuit import Circuit
from circuitspec.language.claim_words import (
    ALTERNATIVES,
    FAITHFUL_SIDE,
    Alternative,
    Control,
    FaithfulMetric,
    metric_of,
)
from circuitspec.language.claims import (
    Beats,
    Claim,
    Complete,
    Exchanging,
    Faithful,
    Resampling,
    Specific,
    Sufficient,
    Swapping,
    Unique,
)
from circuitspec.language.spec import Spec
from circuitspec.language.words import REST, WHOLE
from circuitspec.tasks.task import Task

# Where the spec makes no claim of sufficiency of its own: the target of Gao et al. 2025.
_TARGET = 0.15

FAITHFUL: tuple[tuple[FaithfulMetric, float], ...] = (
    ("agreement", 0.95),
    ("attention", 0.1),
    ("correlation", 0.9),
    ("sign", 0.95),
)
"""Bounds that do not depend on the task; `kl` and `frozen_loss` get the spec's own loss."""

ALSO: tuple[Alternative, ...] = ("subsets",)
"""What `sufficient` must hold under besides the spec's own ablation; the others are reported."""

CONTROLS: tuple[tuple[Control, float], ...] = (
    ("random_circuits", 0.9),
    ("other_circuits", 0.9),
    ("nonsense", 2.0),
    ("shuffled_answers", 2.0),
    ("random_weights", 2.0),
)
_SEARCHED: tuple[Control, ...] = ("nonsense", "shuffled_answers", "random_weights")

INTERCHANGED = 0.95
TEXT_LOSS = 0.1
GAP = 1.0


@dataclass(frozen=True)
class Strict:
    """A spec as the strict battery judges it.

    Attributes:
        spec: with the battery's claims after the author's own.
        reported: further claims whose outcome is reported and decides nothing.
        added: the battery's claims.
        left_out: what could not be asked of this model or task, a sentence each.
    """

    spec: Spec
    reported: tuple[Claim, ...]
    added: tuple[Claim, ...]
    left_out: tuple[str, ...]


def strict(spec: Spec, circuit: Circuit, task: Task, rivals: tuple[Circuit, ...] = ()) -> Strict:
    """`spec` with everything that the battery can ask of this circuit on this task.

    Args:
        rivals: circuits of other tasks in the same model.
    """
    battery = _Battery(spec, circuit, task, rivals)
    own = {_subject(claim) for claim in spec.claims}
    claims = tuple(claim for claim in battery.claims() if _subject(claim) not in own)
    also = tuple(a for a in ALTERNATIVES if a in (*spec.also, *ALSO) and battery.can(a))
    report = tuple(
        a for a in ALTERNATIVES if a not in also and a != spec.ablation.kind and battery.can(a)
    )
    harder = spec.model_copy(
        update={"claims": (*spec.claims, *claims), "also": also, "report": report}
    )
    return Strict(
        spec=harder,
        reported=tuple(battery.reported()),
        added=tuple(claim for claim in harder.judged if claim not in spec.judged),
        left_out=tuple(battery.left_out()),
    )


def _subject(claim: Claim) -> tuple[object, ...]:
    """What a claim is about, whatever its threshold."""
    about = claim.model_dump(exclude={"threshold", "cost"})
    return tuple(sorted(about.items(), key=lambda item: item[0]))


@dataclass(frozen=True)
class _Battery:
    spec: Spec
    circuit: Circuit
    task: Task
    rivals: tuple[Circuit, ...]

    def claims(self) -> Iterator[Claim]:
        loss = self._loss
        if not any(isinstance(claim, Sufficient) for claim in self.spec.claims):
            yield Sufficient(metric="loss", comparison="<=", threshold=loss)
        for metric, bound in (*FAITHFUL, ("kl", loss), ("frozen_loss", loss)):
            if self._inside(metric):
                yield Faithful(metric=metric, comparison=FAITHFUL_SIDE[metric], threshold=bound)
        yield Swapping(nodes=(WHOLE,), threshold=INTERCHANGED)
        yield Exchanging(nodes=(WHOLE,), at="difference", threshold=INTERCHANGED)
        if self._has_text:
            yield Specific(threshold=TEXT_LOSS)
        for control, bound in CONTROLS:
            if self._controls(control):
                yield Beats(control=control, metric=metric_of(control), threshold=bound)
        yield Complete(threshold=GAP)

    def reported(self) -> Iterator[Claim]:
        """What a circuit may fail without being wrong."""
        if self._has_text:
            yield Resampling(nodes=(REST,), threshold=INTERCHANGED)
        if self.task.finding:
            yield Unique(threshold=self._loss)

    def left_out(self) -> Iterator[str]:
        if not self._has_text:
            yield "no claims about other text: the model comes without held-out text"
        if not self._has_norms:
            yield "no frozen norms: the model has none"
        if not self.task.finding:
            yield "no searches: the task has no pairs for finding"
        if not self.rivals:
            yield "no circuits of other tasks: none of this model was found beside the spec"

    def can(self, alternative: Alternative) -> bool:
        """Whether there is what an ablation takes its values from."""
        match alternative:
            case "resample":
                return self._has_text
            case "optimal":
                return bool(self.task.finding)
            case _:
                return True

    @property
    def _loss(self) -> float:
        bounds = (
            claim.threshold
            for claim in self.spec.claims
            if isinstance(claim, Sufficient) and claim.metric == "loss"
        )
        return next(bounds, _TARGET)

    @property
    def _has_text(self) -> bool:
        return self.circuit.model.held_out is not None

    @property
    def _has_heads(self) -> bool:
        parts = {node.place.part for node in self.circuit.nodes}
        return not parts.isdisjoint(("attn.q", "attn.k", "attn.v"))

    @property
    def _has_norms(self) -> bool:
        return self.circuit.model.config.norm != "none"

    def _inside(self, metric: FaithfulMetric) -> bool:
        match metric:
            case "attention":
                return self._has_heads
            case "frozen_loss":
                return self._has_norms
            case _:
                return True

    def _controls(self, control: Control) -> bool:
        if control == "other_circuits":
            return bool(self.rivals)
        return bool(self.task.finding) or control not in _SEARCHED
