"""From a spec, its circuit and a task to a report: measure, decide all claims together, judge.

Pure but for `on_progress`: no files, no clock, no random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from circuitspec.circuit.circuit import Circuit
from circuitspec.language.spec import Claim, Minimal, Necessary, Spec, Sufficient
from circuitspec.tasks.calibration import LogitFit
from circuitspec.tasks.task import Task
from circuitspec.verdict.claim_names import claim_names
from circuitspec.verdict.decide import Decision, Question, decide
from circuitspec.verdict.measure import MeasurementError, Measurements, OnProgress, Scores
from circuitspec.verdict.minimal import units_of, weigh_minimal
from circuitspec.verdict.necessary import weigh_necessary
from circuitspec.verdict.report import (
    Baseline,
    ClaimResult,
    Counterexample,
    FittedLogits,
    ModelIdentity,
    Report,
    RunScore,
    Sizes,
    SpecIdentity,
    TaskIdentity,
    UnitCost,
    Verdict,
    worst_verdict,
)
from circuitspec.verdict.sufficient import weigh_sufficient
from circuitspec.verdict.vacuous import idle_nodes, too_few_pairs, unattainable
from circuitspec.verdict.weigh import Weighed

_N_BASELINE = 4


def _quiet(done: int, planned: int, what: str) -> None:
    """Reports no progress."""


def verify_circuit(
    spec: Spec,
    circuit: Circuit,
    task: Task,
    *,
    seed: int = 0,
    on_progress: OnProgress = _quiet,
) -> Report:
    """Judge every claim of `spec` on the verifying pairs of `task`.

    Args:
        circuit: what `spec` compiled to.
        seed: recorded; none of today's claims draws anything at random.
        on_progress: called after each run of the model as (done, planned, what).

    Raises:
        ValueError: `circuit` has another name than `spec`.
    """
    if circuit.name != spec.name:
        raise ValueError(f"the circuit is {circuit.name}, the spec {spec.name}")
    units = {unit for c in spec.claims if isinstance(c, Minimal) for unit in units_of(c, circuit)}
    n_fitted = 0 if spec.calibration is None else 1 + any(map(_asks_for_nothing, spec.claims))
    n_runs = _N_BASELINE + n_fitted + len(units)
    runs = Measurements(circuit, task, n_runs, on_progress, spec.calibration)
    baseline = Baseline(
        full=_score(runs.full),
        keep=_score(runs.keep),
        drop=_score(runs.drop),
        empty=_score(runs.empty),
    )
    claims = tuple(
        result.model_copy(update={"name": name})
        for name, result in zip(claim_names(spec), _judge(spec, runs), strict=True)
    )
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
        claims=claims,
        baseline=baseline,
        calibration=_calibration(runs),
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


def _judge(spec: Spec, runs: Measurements) -> tuple[ClaimResult, ...]:
    """The claims' results, in the order of the spec, each named by its kind."""
    try:
        idle = idle_nodes(runs.circuit, runs.ranges())
    except MeasurementError as error:
        # Without the full model nothing can be said of any claim.
        return tuple(_result(claim, runs, "error", str(error)) for claim in spec.claims)
    weighed = [_weigh(claim, runs) for claim in spec.claims]
    decisions = decide([_question(found) for found in weighed], spec.level)
    results = []
    for claim, found, decision in zip(spec.claims, weighed, decisions, strict=True):
        if isinstance(found, str):
            results.append(_result(claim, runs, "error", found))
        else:
            verdict, reason = _verdict(found, decision, idle, spec.level)
            results.append(_result(claim, runs, verdict, reason, found, decision))
    return tuple(results)


def _weigh(claim: Claim, runs: Measurements) -> Weighed | str:
    """The claim's numbers, or why there are none."""
    try:
        match claim:
            case Sufficient():
                return weigh_sufficient(claim, runs)
            case Necessary():
                return weigh_necessary(claim, runs)
            case Minimal():
                return weigh_minimal(claim, runs)
    except MeasurementError as error:
        return str(error)


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
        verdict=verdict,
        reason=reason,
        metric="cost" if isinstance(claim, Minimal) else claim.metric,
        unit=claim.unit if isinstance(claim, Minimal) else None,
        estimate=None if question is None else question.estimate.value,
        interval=None if decision is None else decision.interval,
        comparison=">=" if isinstance(claim, Minimal) else claim.comparison,
        threshold=claim.cost if isinstance(claim, Minimal) else claim.threshold,
        n=len(runs.task.verifying),
        exact=runs.task.exact,
        level=None if decision is None else decision.level,
        details=_details(found, decision),
        counterexample=_counterexample(found, runs.task) if verdict == "refuted" else None,
    )


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
