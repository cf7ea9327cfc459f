"""Mutants of a spec, judged as a spec is: `check` first, and then its own claims at its own level.

The first claim that a mutant fails is enough. Claims are judged one by one at the level divided by
their number, the cheapest first: what is refuted there is refuted by Holm's procedure as well,
whatever the others come to. A mutant that passes all of that is judged once more as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from circuitspec.circuit.bind import compile_checked
from circuitspec.circuit.check import check_spec
from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes
from circuitspec.circuit.rivals import rivals_of
from circuitspec.claims.trial import Trial
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.document import print_file
from circuitspec.language.claims import Claim
from circuitspec.language.load import parse_text
from circuitspec.language.spec import Spec
from circuitspec.report.report import ClaimResult
from circuitspec.validation.mutant_ground import Ground
from circuitspec.validation.mutate import Mutant, MutantKind, named_nodes
from circuitspec.validation.survivors import why_it_survives
from circuitspec.verdict.judge import judge_claims

Fate: TypeAlias = Literal["static", "caught", "survived", "equivalent", "inconclusive", "error"]
FATES: tuple[Fate, ...] = get_args(Fate)

_CHEAP_FIRST = (
    "sufficient",
    "necessary",
    "minimal",
    "fires",
    "separates",
    "signed",
    "constant",
    "attends",
    "swapping",
    "exchanging",
    "resampling",
    "faithful",
    "specific",
    "predicts",
    "complete",
    "beats",
    "unique",
)
_IDLE = ("dead node", "disconnected node")


class MutantOutcome(BaseModel):
    """What became of a mutant.

    Attributes:
        fate: `static`: `check` finds a mistake; `caught`: a claim is refuted or vacuous;
            `equivalent`: it says the same of the model, and nothing else is claimed.
        by: the diagnostics, or the kind of the claim; empty if nothing caught it.
        why: what was found, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: MutantKind
    what: str
    fate: Fate
    by: str = ""
    why: str = ""


def judge_mutant(mutant: Mutant, ground: Ground) -> MutantOutcome:
    """Put a mutant through `check` and, if that finds nothing, through its claims."""

    def outcome(fate: Fate, by: str = "", why: str = "") -> MutantOutcome:
        return MutantOutcome(kind=mutant.kind, what=mutant.what, fate=fate, by=by, why=why)

    source = ground.spec.source
    parsed = parse_text(print_file(mutant.spec), "mutant" if source is None else source.name)
    if parsed.file is None:
        return outcome("static", _codes(parsed.diagnostics))
    (spec,) = parsed.file.circuits
    checked = check_spec(spec, model=ground.circuit.model)
    if not checked.sound:
        return outcome("static", _codes(checked.diagnostics))
    assert checked.task is not None  # else it would not be sound
    circuit = compile_checked(spec, checked, model=ground.circuit.model)
    if _same(spec, circuit, checked.outside, ground) and checked.task == ground.task:
        return outcome("equivalent", why="the same nodes and edges, and no claim tells their names")
    runs = ground.runs(circuit, checked.task)
    trial = Trial(
        runs,
        seed=ground.seed,
        unit=spec.unit,
        outside=checked.outside,
        rivals=rivals_of(spec, circuit.model) if _compares(spec) else (),
        tasks=checked.predicted,
        store=ground.store,
    )
    found = _first_failure(spec, trial) or _failure(judge_claims(spec.judged, trial, spec.level))
    if found is None:
        return outcome("survived", why=why_it_survives(mutant, ground, runs))
    fate, result = found
    return outcome(fate, _by(result), result.reason or "")


def _first_failure(spec: Spec, trial: Trial) -> tuple[Fate, ClaimResult] | None:
    """The first claim, the cheapest first, that fails whatever the others come to."""
    strict = spec.level / len(spec.judged)
    for claim in sorted(spec.judged, key=_cost):
        (result,) = judge_claims((claim,), trial, strict)
        if result.verdict == "refuted":
            return "caught", result
        # What is not shown at the strictest level may be shown at the one that Holm comes to.
        if result.verdict == "vacuous":
            (lenient,) = judge_claims((claim,), trial, spec.level)
            if lenient.verdict == "vacuous":
                return "caught", lenient
    return None


def _failure(results: Sequence[ClaimResult]) -> tuple[Fate, ClaimResult] | None:
    """The claim that speaks most against a mutant, if any does."""
    fates: dict[str, Fate] = {
        "refuted": "caught",
        "vacuous": "caught",
        "error": "error",
        "inconclusive": "inconclusive",
    }
    for verdict, fate in fates.items():
        for result in results:
            if result.verdict == verdict:
                return fate, result
    return None


def _same(spec: Spec, circuit: Circuit, outside: Sequence[NamedNodes], ground: Ground) -> bool:
    """Whether a mutant is the original but for names that no claim mentions."""
    own = ground.circuit
    if circuit.nodes != own.nodes or circuit.edges != own.edges:
        return False
    theirs = {group.name: group.nodes for group in (*circuit.groups, *outside)}
    # Nodes outside are never touched.
    ours = {**theirs, **{group.name: group.nodes for group in own.groups}}
    return [named_nodes(claim, theirs) for claim in spec.judged] == [
        named_nodes(claim, ours) for claim in ground.spec.judged
    ]


def _cost(claim: Claim) -> int:
    return _CHEAP_FIRST.index(claim.kind)


def _compares(spec: Spec) -> bool:
    return any(claim.kind == "beats" for claim in spec.claims)


def _by(result: ClaimResult) -> str:
    if result.verdict == "vacuous" and (result.reason or "").startswith(_IDLE):
        return "a node that does nothing"
    return result.kind


def _codes(diagnostics: Sequence[Diagnostic]) -> str:
    errors = (found for found in diagnostics if found.severity == "error")
    return ", ".join(dict.fromkeys(str(found.code) for found in errors))
