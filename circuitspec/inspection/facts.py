"""What can be told of a node: its weights, and its values on text; schema 1 of `inspect` in JSON.

Programs may rely on every field below: a change that would break one gets a new `schema`, and new
fields may be added at any time. Weights and values are in the model's own units.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from circuitspec.model.places import Part


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Part):
    """A node, as a spec writes it, and what specs say of it.

    Attributes:
        node: its place; channels of heads by their head, as in `L0.h18.k[5]`.
        name: what a spec calls it; null where none does.
        description: what the spec says of it.
    """

    node: str
    name: str | None = None
    description: str = ""


class Wire(_Part):
    """One nonzero weight, seen from one of its ends.

    Attributes:
        other: the node at its other end.
    """

    other: Label
    weight: float


class ChannelEnd(_Part):
    """Another place where the node's residual channel is written or read.

    Attributes:
        other: the node of the same channel there.
        weights: how many nonzero weights write it, or read it: those into `attn.out` or `mlp.out`,
            those out of `attn.in` or `mlp.in`, entries of the embedding or the unembedding.
    """

    other: Label
    weights: int


class TokenWeight(_Part):
    """What one token has to do with a node.

    Attributes:
        token: its text; what the vocabulary calls it where that is none.
        id: its number in the vocabulary.
    """

    token: str
    id: int
    weight: float


class TokenPath(_Part):
    """The tokens at the end of a path of weights, the strongest of each sign.

    Attributes:
        path: the places on the path.
        highest: the largest positive weights, the largest first.
        lowest: the most negative weights, the most negative first.
        nonzero: how many tokens have a weight at all.
    """

    path: tuple[str, ...]
    highest: tuple[TokenWeight, ...]
    lowest: tuple[TokenWeight, ...]
    nonzero: int


class Partner(_Part):
    """The channel that a query or key channel meets: the score is the sum of their products.

    Attributes:
        mean: its reference mean.
        scale: the score is multiplied by this, 1 / sqrt(d_head).
    """

    other: Label
    mean: float
    scale: float


class Wiring(_Part):
    """What a node reads and writes, by the weights alone.

    Attributes:
        bias: what it is without any input; null where no matrix computes it.
        reads, writes: the weights into it and out of it, the strongest first.
        written_by, read_by: the other places of its residual channel, before it and after it, where
            there is any weight; both are empty for what is not in the residual stream.
        fed_by: the embeddings that reach it on the shortest path, the norm's gain included, its
            division by the residual's size not; null where no such path is linear.
        moves: the logits that it moves on the shortest path, likewise.
        partner: for a query or a key.
        sink: for a channel of a head, the score of the head's attention sink, if it has one.
    """

    bias: float | None
    reads: tuple[Wire, ...]
    writes: tuple[Wire, ...]
    written_by: tuple[ChannelEnd, ...]
    read_by: tuple[ChannelEnd, ...]
    fed_by: TokenPath | None
    moves: TokenPath | None
    partner: Partner | None
    sink: float | None


class Spread(_Part):
    """How a node's values are spread over the tokens of a text.

    Attributes:
        nonzero: the share of tokens where it is not zero.
        deviation: the standard deviation.
        quantiles: pairs of a share and the value that this share of tokens is at or below.
        bars: how many nonzero values lie in each of equally wide steps from `minimum` to
            `maximum`.
    """

    nonzero: float
    mean: float
    deviation: float
    minimum: float
    maximum: float
    quantiles: tuple[tuple[float, float], ...]
    bars: tuple[int, ...]


class TokenFiring(_Part):
    """A node's values wherever one token stands, or comes next.

    Attributes:
        count: how often it occurs in the text.
        nonzero: the share of these where the node is not zero.
        share: its part of all that the node has in this direction: of the sum of the values' excess
            over the median, or of what they lack.
    """

    token: str
    id: int
    mean: float
    count: int
    nonzero: float
    share: float


class Example(_Part):
    """One token of the text with what stands around it.

    Attributes:
        document: the file, or the prompt's template.
        line: of the token's first character, counted from 1.
        before, token, after: the text; `token` is what the vocabulary calls it where it has none.
    """

    value: float
    document: str
    line: int
    before: str
    token: str
    after: str


class PromptValues(_Part):
    """A prompt of a task, token by token.

    Attributes:
        answer: the token that is right after it.
    """

    tokens: tuple[str, ...]
    values: tuple[float, ...]
    answer: str


class PairValues(_Part):
    """A node's values on the two prompts of a pair."""

    template: str
    prompts: tuple[PromptValues, PromptValues]


class PairMeans(_Part):
    """How a node tells the first prompts of a task's pairs from the second ones.

    Attributes:
        where: `difference`, averaged over the tokens in which the prompts differ, or `end`, at the
            last token.
        answers: what is right after the first and the second prompts; null where that differs
            between pairs.
        first, second: means over the pairs.
        first_higher, second_higher: the shares of pairs in which the one or the other is higher.
    """

    where: Literal["difference", "end"]
    answers: tuple[str, str] | None
    first: float
    second: float
    first_higher: float
    second_higher: float


class Firing(_Part):
    """A node's values on a text.

    Attributes:
        highest_tokens, lowest_tokens: those on which it is highest and lowest on average, of the
            tokens that occur often enough; more of them where others have a tenth of it all.
        highest_before, lowest_before: likewise by the token that comes next; only of `attn.out`,
            `mlp.out` and `final`, and not on a task's prompts.
        highest, lowest: examples of its most extreme values on either side of its median.
        drawn: examples drawn at random from all tokens where it is not zero.
        pair_means, pairs: on a task's prompts only.
    """

    spread: Spread
    highest_tokens: tuple[TokenFiring, ...]
    lowest_tokens: tuple[TokenFiring, ...]
    highest_before: tuple[TokenFiring, ...]
    lowest_before: tuple[TokenFiring, ...]
    highest: tuple[Example, ...]
    lowest: tuple[Example, ...]
    drawn: tuple[Example, ...]
    pair_means: tuple[PairMeans, ...]
    pairs: tuple[PairValues, ...]


class NodeFacts(_Part):
    """All that is told of one node.

    Attributes:
        flat: its place with the flat index, as in `L0.attn.k[293]`.
        part: which kind of place it is at.
        reference_mean: what stands in for it where `ablate mean over pretraining` takes it away.
    """

    label: Label
    flat: str
    part: Part
    reference_mean: float
    wiring: Wiring
    firing: Firing


class TextFacts(_Part):
    """The text that the model was run on.

    Attributes:
        source: in words, what it is.
        documents: how many files or prompts it has.
        tokens: how many tokens were run.
        least_count: how often a token occurs at least to be listed by its mean.
        sha256: over the tokens as little-endian 64-bit integers, in order.
    """

    source: str
    documents: int
    tokens: int
    least_count: int
    sha256: str


class ModelFacts(_Part):
    """The model, by its name and the hash of its files."""

    name: str
    sha256: str


class Inspection(_Part):
    """Some nodes of a model, and what can be told of each."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    model: ModelFacts
    text: TextFacts
    seed: int
    nodes: tuple[NodeFacts, ...]

    def to_json(self) -> str:
        """As one JSON object, two spaces per level."""
        return self.model_dump_json(by_alias=True, indent=2)
