"""Sufficient and necessary under other ablations: do they rest on which one the spec chose?"""
