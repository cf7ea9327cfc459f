"""From a spec, its circuit and a task to a report: measure, decide all claims together, judge.

Pure but for `on_progress` and the store of the resources: no clock, and no random numbers but those
that follow from the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes
from circuitspec.claims.measure import MeasurementError, Measurements, OnProgress, Scores, quiet
from circuitspec.claims.minimal import units_of
from circuitspec.claims.store import Store
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import idle_nodes, too_few_pairs, unattainable
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claim_text import statement
from circuitspec.language.claims import Claim, Minimal, Necessary
from circuitspec.language.spec import Spec
from circuitspec.report.claim_names import claim_names
from circuitspec.report.report import (
    Baseline,
    ClaimResult,
    Counterexample,
    FittedLogits,
    ModelIdentity,
    PartResult,
    Report,
    RunScore,
    Sizes,
    SpecIdentity,
    StrictBattery,
    TaskIdentity,
    UnitCost,
    Verdict,
    worst_verdict,
)
from circuitspec.statistics.decide import Decision, Question, decide
from circuitspec.statistics.estimate import drawn
from circuitspec.tasks.calibration import LogitFit
from circuitspec.tasks.task import Task
from circuitspec.verdict.ahead import measure_ahead
from circuitspec.verdict.tails import tails
from circuitspec.verdict.weigh_claim import weigh

_N_BASELINE = 4
# Smaller p-values are attained with room to spare, whatever the level.
_NEGLIGIBLE_P = 1e-6


@dataclass(frozen=True, eq=False)
class Resources:
    """What some claims need besides the circuit and its task.

    Attributes:
        outside: the named nodes that are not in the circuit.
        rivals: circuits of other tasks in the same model.
        tasks: those that predictions are about, by what the spec calls them.
        store: keeps what takes long.
    """

    outside: tuple[NamedNodes, ...] = ()
    rivals: tuple[Circuit, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict)
    store: Store = field(default_factory=Store)


def verify_circuit(
    spec: Spec,
    circuit: Circuit,
    task: Task,
    *,
    seed: int = 0,
    resources: Resources | None = None,
    reported: Sequence[Claim] = (),
    battery: StrictBattery | None = None,
    workers: int = 1,
    on_progress: OnProgress = quiet,
) -> Report:
    """Judge every claim of `spec` on the verifying pairs of `task`.

    Args:
        circuit: what `spec` compiled to.
        seed: of whatever a claim draws at random.
        resources: what claims may need besides circuit and task.
        reported: what is measured besides and decides nothing.
        battery: what of the spec is the strict battery's.
        workers: how many processes measure first what takes long; the store needs a folder then.
        on_progress: called after each run of the model as (done, planned, what).

    Raises:
        ValueError: `circuit` has another name than `spec`.
    """
    if circuit.name != spec.name:
        raise ValueError(f"the circuit is {circuit.name}, the spec {spec.name}")
    units = {unit for c in spec.judged if isinstance(c, Minimal) for unit in units_of(c, circuit)}
    n_fitted = 0 if spec.calibration is None else 1 + any(map(_asks_for_nothing, spec.judged))
    n_runs = _N_BASELINE + n_fitted + len(units)
    resources = resources or Resources()
    runs = Measurements(circuit, task, n_runs, on_progress, spec.calibration, resources.store)
    trial = Trial(
        runs,
        seed=seed,
        unit=spec.unit,
        level=spec.level,
        outside=resources.outside,
        rivals=resources.rivals,
        tasks=resources.tasks,
        store=resources.store,
        claims=(*spec.judged, *spec.reported, *reported),
    )
    if workers > 1:
        measure_ahead(trial.claims, trial, workers, on_progress)
    baseline = Baseline(
        full=_score(runs.full),
        keep=_score(runs.keep),
        drop=_score(runs.drop),
        empty=_score(runs.empty),
    )
    claims = judge_claims(spec.judged, trial, spec.level)
    # Each a family of its own: they decide nothing, and take no level from those that do.
    extra = (*spec.reported, *reported)
    aside = (result for claim in extra for result in judge_claims((claim,), trial, spec.level))
    return Report(
        verdict=worst_verdict(claim.verdict for claim in claims),
        spec=_identity(spec),
        model=ModelIdentity(
            name=circuit.model.name,
            sha256=circuit.model.sha256,
            reference_sha256=circuit.model.reference_sha256,
        ),
        task=TaskIdentity(name=task.name, sha256=task.sha256, pairs=len(task.verifying)),
        seed=seed,
        level=spec.level,
        ablation=circuit.ablation.kind,
        sizes=Sizes(
            nodes=len(circuit.nodes),
            edges=None if circuit.edges is None else len(circuit.edges),
        ),
        claims=_named(spec.judged, claims),
        baseline=baseline,
        calibration=_calibration(runs),
        tails=tails(runs),
        reported=_named(extra, aside),
        strict=battery,
    )


def _asks_for_nothing(claim: Claim) -> bool:
    """Whether a claim is held against what the emptied circuit does."""
    return not isinstance(claim, Necessary)


def _calibration(runs: Measurements) -> FittedLogits | None:
    if runs.calibration is None:
        return None
    fit: LogitFit | None = None
    try:
        problem, found = runs.misfit(), runs.fit()
        fit = found if isinstance(found, LogitFit) else None
    except MeasurementError as error:
        problem = str(error)
    return FittedLogits(
        scale=None if fit is None else fit.scale,
        shift=None if fit is None else fit.shift,
        problem=problem,
        pairs=len(runs.task.finding),
        pairs_sha256=runs.task.finding_sha256,
        loss_before=None if fit is None else fit.loss_before,
        loss_after=None if fit is None else fit.loss_after,
        uncalibrated=_score(runs.uncalibrated),
    )


def _identity(spec: Spec) -> SpecIdentity:
    if spec.source is None:
        return SpecIdentity(name=spec.name)
    digest = hashlib.sha256(spec.source.text.encode()).hexdigest()
    return SpecIdentity(name=spec.name, path=spec.source.name, sha256=digest)


def _named(claims: Sequence[Claim], results: Iterable[ClaimResult]) -> tuple[ClaimResult, ...]:
    return tuple(
        result.model_copy(update={"name": name})
        for name, result in zip(claim_names(claims), results, strict=True)
    )


def judge_claims(claims: Sequence[Claim], trial: Trial, level: float) -> tuple[ClaimResult, ...]:
    """The results of claims that share a level, in their order, each named by its kind."""
    runs = trial.runs
    try:
        idle = _idle(trial)
    except MeasurementError as error:
        # Without the full model nothing can be said of any claim.
        return tuple(_result(claim, runs, "error", str(error)) for claim in claims)
    weighed = [weigh(claim, trial) for claim in claims]
    decisions = decide([_question(found) for found in weighed], level)
    results = []
    for claim, found, decision in zip(claims, weighed, decisions, strict=True):
        if isinstance(found, str):
            results.append(_result(claim, runs, "error", found))
        else:
            verdict, reason = _verdict(found, decision, idle, level)
            results.append(_result(claim, runs, verdict, reason, found, decision))
    return tuple(results)


def _idle(trial: Trial) -> str | None:
    """Which nodes do nothing, looked up once for all claims of a trial; see `idle_nodes`."""
    kept = ("judge", "idle")
    if kept not in trial.shared:
        trial.shared[kept] = idle_nodes(trial.circuit, trial.runs.ranges())
    found: str | None = trial.shared[kept]
    return found


def _question(found: Weighed | str) -> Question | None:
    """What Holm's procedure is asked; nothing where there can be no interval."""
    if isinstance(found, str) or found.question is None:
        return None
    return None if too_few_pairs(found.question.estimate) else found.question


def _verdict(
    found: Weighed, decision: Decision | None, idle: str | None, level: float
) -> tuple[Verdict, str | None]:
    """The verdict and, unless the numbers speak for themselves, the reason."""
    vacuous = idle or found.vacuous
    if vacuous is not None:
        return "vacuous", vacuous
    assert found.question is not None
    if decision is None:
        return "vacuous", too_few_pairs(found.question.estimate)
    for premise in found.premises:
        violation = premise.violation(decision.level, confirming=decision.answer is True)
        if violation is not None:
            return "vacuous", violation
    if decision.answer is not None:
        return ("confirmed" if decision.answer else "refuted"), None
    # `level` is the most lenient one that Holm's procedure could have come to.
    hopeless = unattainable(found.question, level)
    return ("inconclusive", None) if hopeless is None else ("vacuous", hopeless)


def _result(
    claim: Claim,
    runs: Measurements,
    verdict: Verdict,
    reason: str | None,
    found: Weighed | None = None,
    decision: Decision | None = None,
) -> ClaimResult:
    question = None if found is None else found.question
    return ClaimResult(
        name=claim.kind,
        kind=claim.kind,
        statement=statement(claim),
        verdict=verdict,
        reason=reason,
        metric="cost" if isinstance(claim, Minimal) else claim.metric,
        unit=claim.unit if isinstance(claim, Minimal) else None,
        estimate=None if question is None else question.estimate.value,
        interval=None if decision is None else decision.interval,
        comparison=">=" if isinstance(claim, Minimal) else claim.comparison,
        threshold=claim.cost if isinstance(claim, Minimal) else claim.threshold,
        n=len(runs.task.verifying) if question is None else question.estimate.n,
        drawn="pairs" if question is None else drawn(question.estimate),
        exact=runs.task.exact if question is None else question.estimate.exact,
        level=None if decision is None else decision.level,
        attainable_p=_attainable(question),
        details=_details(found, decision),
        parts=_parts(found, decision),
        facts=_facts(found, decision),
        counterexample=_counterexample(found, runs.task) if verdict == "refuted" else None,
    )


def _attainable(question: Question | None) -> float | None:
    """None where it is 0, or next to it: then any verdict can be reached."""
    if question is None:
        return None
    p = question.estimate.attainable_p(question.comparison, question.threshold)
    return p if p > _NEGLIGIBLE_P else None


def _parts(found: Weighed | None, decision: Decision | None) -> tuple[PartResult, ...]:
    if found is None or found.parts is None or decision is None:
        return ()
    return found.parts(decision.level)


def _facts(found: Weighed | None, decision: Decision | None) -> tuple[str, ...]:
    if found is None:
        return ()
    if found.facts_at is None or decision is None:
        return found.facts
    return (*found.facts, *found.facts_at(decision.level))


def _details(found: Weighed | None, decision: Decision | None) -> tuple[UnitCost, ...]:
    if found is None or found.details is None or decision is None:
        return ()
    return found.details(decision.level)


def _counterexample(found: Weighed | None, task: Task) -> Counterexample | None:
    """The worst pair where every input was run; of a sample, one pair refutes nothing."""
    if found is None or found.worst is None or not task.exact:
        return None
    prompts = task.verifying[found.worst.index].prompts
    return Counterexample(pair=found.worst.index, prompts=prompts, loss=found.worst.loss)


def _score(run: Callable[[], Scores]) -> RunScore:
    try:
        scores = run()
    except MeasurementError:
        return RunScore(loss=None, accuracy=None)
    return RunScore(loss=float(scores.loss.mean()), accuracy=float(scores.right.mean()))
