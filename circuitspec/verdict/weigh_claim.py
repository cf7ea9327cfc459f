"""Which module measures which kind of claim."""

from __future__ import annotations

from contextlib import nullcontext

from circuitspec.claims.alternatives.weigh import (
    weigh_necessary_under,
    weigh_sufficient_under,
)
from circuitspec.claims.controls.beats import weigh_beats
from circuitspec.claims.controls.complete import weigh_complete
from circuitspec.claims.controls.specific import weigh_specific
from circuitspec.claims.controls.unique import weigh_unique
from circuitspec.claims.faithful.weigh import weigh_faithful
from circuitspec.claims.interchange.exchanging import weigh_exchanging
from circuitspec.claims.interchange.resampling import weigh_resampling
from circuitspec.claims.interchange.swapping import weigh_swapping
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.minimal import weigh_minimal
from circuitspec.claims.necessary import weigh_necessary
from circuitspec.claims.predicts import weigh_predicts
from circuitspec.claims.roles.attends import weigh_attends
from circuitspec.claims.roles.constant import weigh_constant
from circuitspec.claims.roles.fires import weigh_fires
from circuitspec.claims.roles.separates import weigh_separates
from circuitspec.claims.roles.signed import weigh_signed
from circuitspec.claims.sufficient import weigh_sufficient
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.engine.threads import one_thread
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Complete,
    Constant,
    Exchanging,
    Faithful,
    Fires,
    Minimal,
    Necessary,
    Predicts,
    Resampling,
    Separates,
    Signed,
    Specific,
    Sufficient,
    Swapping,
    Unique,
)


def weigh(claim: Claim, trial: Trial) -> Weighed | str:
    """The claim's numbers, or why there are none."""
    with one_thread() if _searches(claim) else nullcontext():
        return _weigh(claim, trial)


def _searches(claim: Claim) -> bool:
    """Whether a claim rests on a search, which might end elsewhere on another number of threads."""
    match claim:
        case Beats() | Complete() | Unique():
            return True
        case Sufficient(under=under) | Necessary(under=under):
            return under in ("optimal", "adversary")
        case _:
            return False


def _weigh(claim: Claim, trial: Trial) -> Weighed | str:
    try:
        match claim:
            case Sufficient(under=None):
                return weigh_sufficient(claim, trial)
            case Necessary(under=None):
                return weigh_necessary(claim, trial)
            case Sufficient():
                return weigh_sufficient_under(claim, trial)
            case Necessary():
                return weigh_necessary_under(claim, trial)
            case Minimal():
                return weigh_minimal(claim, trial)
            case Fires():
                return weigh_fires(claim, trial)
            case Separates():
                return weigh_separates(claim, trial)
            case Signed():
                return weigh_signed(claim, trial)
            case Constant():
                return weigh_constant(claim, trial)
            case Attends():
                return weigh_attends(claim, trial)
            case Swapping():
                return weigh_swapping(claim, trial)
            case Exchanging():
                return weigh_exchanging(claim, trial)
            case Resampling():
                return weigh_resampling(claim, trial)
            case Faithful():
                return weigh_faithful(claim, trial)
            case Predicts():
                return weigh_predicts(claim, trial)
            case Specific():
                return weigh_specific(claim, trial)
            case Complete():
                return weigh_complete(claim, trial)
            case Unique():
                return weigh_unique(claim, trial)
            case Beats():
                return weigh_beats(claim, trial)
    except MeasurementError as error:
        return str(error)
    raise NotImplementedError(claim.kind)
