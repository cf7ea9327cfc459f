"""All variants of all known transformers, judged; and what came of them, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from circuitspec.report.report import VERDICTS, Verdict
from circuitspec.validation.known import Known
from circuitspec.validation.known_verdicts import ClaimOutcome, Outcome, judge_variant
from circuitspec.validation.oracle import Oracle
from circuitspec.validation.role_verdicts import RoleOutcome, judge_roles
from circuitspec.validation.roles import RoleMaker
from circuitspec.validation.variants import BOUNDS, CLOSE, KINDS, Kind, Maker

OnProgress = Callable[[int, int, str], None]

_ROLE_SPECS = 8
_CLOSE_REPEATS = 4
"""So many times as often as the others, since what counts there is how often something happens."""


@dataclass(frozen=True)
class Planned:
    """A variant to be made."""

    kind: Kind
    seed: tuple[int, ...]
    listed: bool
    exact: bool


def planned(seed: int, number: int, repeats: int) -> Iterator[Planned]:
    """What is tried of one transformer.

    Args:
        number: of the transformer.
    """
    for kind_number, kind in enumerate(KINDS):
        for repeat in range(repeats * (_CLOSE_REPEATS if kind == CLOSE else 1)):
            for listed in (False, True):
                for exact in (False,) if kind == CLOSE else (False, True):
                    own = (seed, number, kind_number, repeat, int(listed), int(exact))
                    yield Planned(kind, own, listed, exact)


def judge_all(
    transformers: Sequence[Known], *, seed: int, repeats: int, on_progress: OnProgress
) -> Iterator[Outcome]:
    """Judge `repeats` variants of every kind of every transformer, where there are any."""
    total = sum(1 for n in range(len(transformers)) for _ in planned(seed, n, repeats))
    done = 0
    for number, known in enumerate(transformers):
        on_progress(done, total, f"cores of {known.name}")
        maker = Maker(known, seed)
        for plan in planned(seed, number, repeats):
            variant = maker.variant(plan.kind, plan.seed, listed=plan.listed, exact=plan.exact)
            if variant is not None:
                yield judge_variant(variant)
            done += 1
            on_progress(done, total, known.name)


def judge_all_inside(
    transformers: Sequence[Known], *, seed: int, repeats: int, on_progress: OnProgress
) -> Iterator[Outcome]:
    """Judge claims about what circuits do inside: of the same variants, but for their bounds."""
    plans = [
        plan
        for number in range(len(transformers))
        for plan in planned(seed, number, repeats)
        if plan.kind not in BOUNDS
    ]
    for done, plan in enumerate(plans):
        known = transformers[plan.seed[1]]
        on_progress(done, len(plans), f"inside, {known.name}")
        if not done or plan.seed[1] != plans[done - 1].seed[1]:
            maker = Maker(known, seed)
        variant = maker.variant(
            plan.kind, (*plan.seed, 1), listed=plan.listed, exact=plan.exact, inside=True
        )
        if variant is not None:
            yield judge_variant(variant)


def judge_all_roles(
    transformers: Sequence[Known], *, seed: int, repeats: int, on_progress: OnProgress
) -> Iterator[RoleOutcome]:
    """Judge claims about roles of every transformer."""
    total = len(transformers) * repeats * _ROLE_SPECS
    for number, known in enumerate(transformers):
        maker = RoleMaker(Oracle(known))
        for repeat in range(repeats * _ROLE_SPECS):
            on_progress(number * repeats * _ROLE_SPECS + repeat, total, f"roles, {known.name}")
            exact = repeat % 2 == 0
            yield from judge_roles(maker.variant((seed, number, repeat), exact=exact))


@dataclass(frozen=True)
class Tally:
    """How often each verdict was given, and how often wrongly.

    Attributes:
        verdicts: of specs, or of claims.
        confirmed, refuted: how many claims were falsely so.
        errors: how many claims could not be judged.
    """

    n: int
    verdicts: dict[Verdict, int]
    confirmed: int
    refuted: int
    errors: int


def tally_specs(outcomes: Iterable[Outcome]) -> Tally:
    """Counts specs by their verdicts, and the mistakes among their claims."""
    outcomes = list(outcomes)
    claims = [claim for outcome in outcomes for claim in outcome.claims]
    return _tally([outcome.verdict for outcome in outcomes], claims)


def tally_claims(claims: Iterable[ClaimOutcome | RoleOutcome]) -> Tally:
    """Counts claims by their verdicts."""
    claims = list(claims)
    return _tally([claim.result.verdict for claim in claims], claims)


def _tally(verdicts: Sequence[Verdict], claims: Sequence[ClaimOutcome | RoleOutcome]) -> Tally:
    counts = Counter(verdicts)
    mistakes = Counter(claim.mistake for claim in claims)
    return Tally(
        n=len(verdicts),
        verdicts={verdict: counts[verdict] for verdict in VERDICTS},
        confirmed=mistakes["false confirmation"],
        refuted=mistakes["false refutation"],
        errors=mistakes["error"],
    )
