"""Every kind of mistake that shows only when a spec is held against its model."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The code of a diagnostic of this package."""

    UNKNOWN_TASK = "unknown-task"
    UNUSABLE_TASK = "unusable-task"
    LAYER_OUT_OF_RANGE = "layer-out-of-range"
    HEAD_OUT_OF_RANGE = "head-out-of-range"
    INDEX_OUT_OF_RANGE = "index-out-of-range"
    NODE_LISTED_TWICE = "node-listed-twice"
    NO_SUCH_MATRIX = "no-such-matrix"
    ZERO_WEIGHT = "zero-weight"
    SIGN_CONTRADICTS_WEIGHT = "sign-contradicts-weight"
    EDGE_LISTED_TWICE = "edge-listed-twice"
