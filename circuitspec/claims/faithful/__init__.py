"""Faithful: does the circuit alone do inside what the full model does, norms live and frozen?"""
