"""Which module measures which kind of claim."""

from __future__ import annotations

from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.minimal import weigh_minimal
from circuitspec.claims.necessary import weigh_necessary
from circuitspec.claims.sufficient import weigh_sufficient
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Claim, Minimal, Necessary, Sufficient


def weigh(claim: Claim, trial: Trial) -> Weighed | str:
    """The claim's numbers, or why there are none."""
    try:
        match claim:
            case Sufficient(under=None):
                return weigh_sufficient(claim, trial.runs)
            case Necessary(under=None):
                return weigh_necessary(claim, trial.runs)
            case Minimal():
                return weigh_minimal(claim, trial.runs)
    except MeasurementError as error:
        return str(error)
    raise NotImplementedError(claim.kind)
