"""Claims held against a model: estimates with intervals, verdicts, reports and certificates.

This file imports nothing, so that `verify.report` can be read where torch is not installed.
"""
