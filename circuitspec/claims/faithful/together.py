"""What one node says in the full model and in the circuit, and what of it is more than rounding."""

from __future__ import annotations

from dataclasses import dataclass

from circuitspec.statistics.skewed_mean import Floats

# What is this much smaller than the largest value at its place in a prompt is zero, as far as
# float32 can tell, and has no sign; and what varies by less than this, or by less than this part of
# itself, is a constant.
ZERO = 1e-5
ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Together:
    """One node in the full model and in the circuit, over all positions, in sums per pair.

    Attributes:
        sums: [6, pair]: of 1, x, y, x^2, y^2 and x y; x in the full model, y in the circuit.
        same_sign: [4, pair]: at how many positions both signs are the same and not zero; at how
            many one of the two is not zero; what |x| sums to at the former, and at all positions.
        least, greatest: [2]: of x and of y.
        largest: the largest size of what any node of its place says in the full model.
    """

    sums: Floats
    same_sign: Floats
    least: Floats
    greatest: Floats
    largest: float

    @property
    def varies(self) -> tuple[bool, bool]:
        """Whether the node varies in the full model, and in the circuit, by more than rounding."""
        in_model, in_circuit = (
            bool(high - low > max(ROUNDING * max(abs(low), abs(high)), ZERO * self.largest))
            for low, high in zip(self.least, self.greatest, strict=True)
        )
        return in_model, in_circuit
