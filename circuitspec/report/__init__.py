"""What became of claims, as values, as text and as certificates; no torch."""
