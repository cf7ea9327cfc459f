"""Every kind of mistake and every kind of verdict that is reported, in one registry.

A code is stable: scripts match on it, and `circuitspec explain CODE` has a page on each.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The code of a diagnostic.

    Attributes:
        summary: what it stands for, in one line.
    """

    summary: str

    def __new__(cls, code: str, summary: str) -> Code:  # noqa: D102
        member = str.__new__(cls, code)
        member._value_ = code
        member.summary = summary
        return member

    # Reading the file.
    FILE_NOT_FOUND = "file-not-found", "There is no file at this path."
    IS_A_FOLDER = "is-a-folder", "The path leads to a folder, not to a file."
    UNREADABLE_FILE = "unreadable-file", "The system refuses to read the file."
    FILE_TOO_LARGE = "file-too-large", "The text is larger than a spec can be."
    BINARY_FILE = "binary-file", "The file holds NUL bytes, so it is not text."
    NOT_UTF8 = "not-utf8", "The file is text in an encoding other than UTF-8."
    EMPTY_FILE = "empty-file", "The file holds nothing but white space."

    # The first line.
    NOT_A_SPEC = "not-a-spec", "The file belongs to another program."
    MISSING_HEADER = "missing-header", "The first line does not say `circuitspec 1`."
    UNSUPPORTED_VERSION = "unsupported-version", "This version of the language is not known here."

    # Syntax.
    SYNTAX = "syntax", "Something stands where something else is expected."
    UNTERMINATED_STRING = "unterminated-string", "A string does not end on its line."
    INVALID_ESCAPE = "invalid-escape", "A string holds a backslash that means nothing."
    CONTROL_CHARACTER = "control-character", "A string holds an invisible control character."
    NUMBER_TOO_LARGE = "number-too-large", "A number has more digits than can be handled."
    UNSUPPORTED_SYNTAX = "unsupported-syntax", "Something that a later version will have."
    UNSUPPORTED_CLAIM = "unsupported-claim", "A claim that a later version will have."

    # Circuits and their statements.
    NO_CIRCUITS = "no-circuits", "The file describes no circuit."
    DUPLICATE_CIRCUIT = "duplicate-circuit", "Two circuits of a file have the same name."
    RESERVED_WORD = "reserved-word", "A word of the language is used as a name."
    MISSING_STATEMENT = "missing-statement", "A circuit lacks a statement that it must have."
    REPEATED_STATEMENT = "repeated-statement", "A circuit says twice what it can say once."
    EMPTY_NAME = "empty-name", "Nothing stands between quotes that name or say something."
    UNKNOWN_ABLATION = "unknown-ablation", "This way to ablate is not known."
    DUPLICATE_ABLATION = "duplicate-ablation", "A circuit states the same ablation twice."
    UNUSED_ABLATION = "unused-ablation", "No claim is judged under an ablation that is stated."
    UNKNOWN_SCOPE = "unknown-scope", "A scope names something that is not one."
    UNKNOWN_CALIBRATION = "unknown-calibration", "Nothing of this name can be fitted to logits."
    INVALID_LEVEL = "invalid-level", "The level is not a chance between 0 and a half."

    # Nodes.
    EMPTY_CIRCUIT = "empty-circuit", "A circuit has no node."
    DUPLICATE_NODE = "duplicate-node", "Two nodes of a circuit have the same name."
    UNKNOWN_PLACE = "unknown-place", "No activation of a model has this name."
    MISSING_INDEX = "missing-index", "A place is named without saying which of its elements."
    DUPLICATE_INDEX = "duplicate-index", "A list names the same element twice."
    REVERSED_RANGE = "reversed-range", "A range ends before it starts."
    DUPLICATE_PLACE = "duplicate-place", "A list of words names one twice."
    INVALID_PATH = "invalid-path", "A channel starts or ends where none can."
    READS_BEFORE_WRITTEN = "reads-before-written", "A channel is read before it is written."
    OUT_OF_SCOPE = "out-of-scope", "A node lies at a place that the scope leaves out."

    # Edges.
    UNKNOWN_NAME = "unknown-name", "Something is named that is not a node of the circuit."
    INVALID_PART = "invalid-part", "A node does not have the part that an edge names."
    DUPLICATE_EDGE = "duplicate-edge", "The same edge is listed twice."
    CONTRADICTORY_SIGN = "contradictory-sign", "An edge is said to be positive and negative."
    TOO_MANY_EDGES = "too-many-edges", "The lists of an edge statement multiply beyond reason."
    UNUSED_NODE = "unused-node", "A circuit lists edges, and a node has none."

    # Claims.
    NO_CLAIMS = "no-claims", "A circuit claims nothing, so nothing can be verified."
    UNKNOWN_CLAIM = "unknown-claim", "There is no claim of this name."
    INVALID_CLAIM = "invalid-claim", "A claim is stated in the form of another."
    UNKNOWN_WORD = "unknown-word", "A word stands where only a few can, and is none of them."
    UNKNOWN_METRIC = "unknown-metric", "There is no metric of this name."
    UNSUPPORTED_METRIC = "unsupported-metric", "A metric that a later version will have."
    INVALID_THRESHOLD = "invalid-threshold", "A threshold that the metric can never take."
    WRONG_DIRECTION = "wrong-direction", "A bound points the wrong way for its claim."
    DUPLICATE_CLAIM = "duplicate-claim", "A circuit makes the same claim twice."
    UNKNOWN_TOKEN = "unknown-token", "A claim names a text that is not one token of the model."
    NO_HELD_OUT_TEXT = "no-held-out-text", "A model has no text for a claim that is about any text."

    # The JSON form.
    INVALID_JSON = "invalid-json", "A file that ends in .json is not JSON."
    INVALID_DOCUMENT = "invalid-document", "A JSON file says what a .circ file cannot say."

    # Models.
    UNKNOWN_MODEL = "unknown-model", "There is no model of this name."
    MISSING_MODEL_FILE = "missing-model-file", "A model folder lacks a file."
    DAMAGED_MODEL_FILE = "damaged-model-file", "A file of a model folder cannot be read."
    INVALID_CONFIG = "invalid-config", "The config of a model says something impossible."
    MISSING_TENSOR = "missing-tensor", "The weights lack a matrix that the config asks for."
    UNKNOWN_TENSOR = "unknown-tensor", "The weights hold a matrix that the config does not know."
    WRONG_TENSOR_SHAPE = (
        "wrong-tensor-shape",
        "A matrix has another size than the config says.",
    )
    WRONG_TENSOR_TYPE = (
        "wrong-tensor-type",
        "A matrix holds numbers of another type.",
    )
    NOT_FINITE = "not-finite", "A matrix holds NaN or infinity."

    # Tasks.
    UNKNOWN_TASK = "unknown-task", "There is no task of this name."
    INVALID_PAIRS = "invalid-pairs", "A file of pairs says what is not a pair, or cannot be read."
    LEAKING_PAIRS = "leaking-pairs", "Pairs for finding and for verifying have something in common."
    NO_FINDING_PAIRS = "no-finding-pairs", "A task has no pairs for what a spec fits on them."
    UNUSABLE_TASK = "unusable-task", "A task cannot be put to this model."

    # Nodes and edges in a model.
    LAYER_OUT_OF_RANGE = "layer-out-of-range", "The model has fewer layers."
    HEAD_OUT_OF_RANGE = "head-out-of-range", "The model has fewer heads."
    INDEX_OUT_OF_RANGE = "index-out-of-range", "The place has fewer elements in this model."
    NODE_LISTED_TWICE = "node-listed-twice", "The same node belongs to two names."
    NO_SUCH_MATRIX = "no-such-matrix", "No weight matrix joins the two ends of an edge."
    ZERO_WEIGHT = "zero-weight", "The weight of an edge is zero in this model."
    SIGN_CONTRADICTS_WEIGHT = "sign-contradicts-weight", "The weight of an edge has the other sign."
    EDGE_LISTED_TWICE = "edge-listed-twice", "Two edge statements draw the same weight."

    # Verdicts.
    CLAIM_REFUTED = "claim-refuted", "The model shows that a claim does not hold."
    CLAIM_INCONCLUSIVE = "claim-inconclusive", "The data do not decide a claim."
    CLAIM_VACUOUS = "claim-vacuous", "A claim cannot mean anything."
    CLAIM_ERROR = "claim-error", "A claim could not be measured."

    # Drawings.
    UNKNOWN_PICTURE_FORMAT = "unknown-picture-format", "A picture has a suffix of no known format."
    NO_GRAPHVIZ = "no-graphviz", "Nothing is installed that draws."
    GRAPHVIZ_FAILED = "graphviz-failed", "Graphviz could not draw a circuit."


SECTIONS = {
    Code.FILE_NOT_FOUND: "Reading the file",
    Code.NOT_A_SPEC: "The first line",
    Code.SYNTAX: "Syntax",
    Code.NO_CIRCUITS: "Circuits and their statements",
    Code.EMPTY_CIRCUIT: "Nodes",
    Code.UNKNOWN_NAME: "Edges",
    Code.NO_CLAIMS: "Claims",
    Code.INVALID_JSON: "The JSON form",
    Code.UNKNOWN_MODEL: "Models",
    Code.UNKNOWN_TASK: "Tasks",
    Code.LAYER_OUT_OF_RANGE: "Nodes and edges in a model",
    Code.CLAIM_REFUTED: "Verdicts",
    Code.UNKNOWN_PICTURE_FORMAT: "Drawings",
}
"""The first code of each section of the registry, and the section's title."""
