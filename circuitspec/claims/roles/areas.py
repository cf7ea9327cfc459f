"""How surely a node is higher on some positions than on others: for `fires` and `separates`.

By how much does not matter, and neither does the scale of the node: what is measured is the area
under the ROC curve, the chance that it is higher on a position of the one group than on one of the
other.
"""

from __future__ import annotations

from circuitspec.claims.roles.weigh_role import Found, Setting, absent, occurrence
from circuitspec.language.claims import Fires, Separates
from circuitspec.statistics.auc import Auc
from circuitspec.statistics.skewed_mean import Bools

_COIN = 0.5


def compare(setting: Setting, first: Bools, second: Bools, called: tuple[str, str]) -> Found | str:
    """The area between what a node says at two groups of positions, or why there is none.

    Args:
        first, second: [position]; higher and lower, as is claimed.
        called: both in words that go after "position".

    Raises:
        MeasurementError: the node said NaN or infinity.
    """
    passages = setting.passages
    for group, name in zip((first, second), called, strict=True):
        if not group.any():
            return absent(passages, name)
    said = setting.said
    facts = [occurrence(passages, first, called[0])]
    if said.min() == said.max():
        facts.append(f"{setting.what}: {setting.subject} says {said[0]:.3g} everywhere")
    return Found(
        Auc(
            said[first],
            said[second],
            passages.unit[first],
            passages.unit[second],
            passages.exact,
            passages.unit_name,
        ),
        tuple(facts),
    )


def trivial_area(claim: Fires | Separates) -> str | None:
    """Why no node could fail a claim about an area, if that is so."""
    if claim.threshold > _COIN:
        return None
    return f"a node that knows nothing has an area of {_COIN:g}"
