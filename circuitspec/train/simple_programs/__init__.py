"""Short, varied, repetitive Python programs, made from a seed: the simple part of a corpus."""

from circuitspec.train.simple_programs.program import simple_programs

__all__ = ["simple_programs"]
