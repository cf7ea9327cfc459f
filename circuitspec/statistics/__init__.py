"""Estimates from samples, with intervals and p-values that are dual, and decisions from them."""
