"""A spec held against a model: names to nodes and weights, to masks."""
