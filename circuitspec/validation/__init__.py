"""The product held against what is known beforehand: known circuits, damaged specs, simulations."""
