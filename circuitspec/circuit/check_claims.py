"""Claims held against a model as far as that needs no run: tokens, heads, held-out text, pairs.

Whatever is wrong here would make a claim vacuous or fail after minutes of running; it is said
before anything is run, and in editors while it is being typed. No torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from tokenizers import Tokenizer

from circuitspec.circuit.nodes import NamedNodes
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import counted, listed, quoted
from circuitspec.language.claim_text import literal
from circuitspec.language.claim_words import Alternative, metric_of
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Constant,
    Exchanging,
    Fires,
    Resampling,
    Separates,
    Signed,
    Specific,
    Swapping,
    Unique,
    nodes_of,
)
from circuitspec.language.selections import HEAD_PARTS
from circuitspec.language.spec import Spec
from circuitspec.model.config import ModelConfig
from circuitspec.model.held_out import HELD_OUT, HeldOut
from circuitspec.model.vocabulary import pieces_of, similar_tokens, token_of

Role = Fires | Separates | Signed | Constant | Attends


_MOST_PIECES = 4
"""A text that is cut into more pieces is not shown in them."""


class Reader(Protocol):
    """What is asked of a model: a `Blueprint` has it, and so has a `Model`."""

    @property
    def config(self) -> ModelConfig:
        """Its shape."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """How it reads."""
        ...

    @property
    def held_out(self) -> HeldOut | None:
        """Text that it was not trained on, if it has any."""
        ...


def check_claims(
    spec: Spec, model: Reader, groups: Mapping[str, NamedNodes], *, model_span: Span | None = None
) -> Iterator[Diagnostic]:
    """What is wrong with the claims of `spec` in `model`.

    Args:
        groups: the declared nodes by name, also those outside of the circuit; those alone in whose
            declaration nothing is wrong.
        model_span: where `spec` names the model, if it does.
    """
    outside = {declaration.name for declaration in spec.outside}
    for claim in spec.claims:
        absent = [name for name in nodes_of(claim) if name in outside]
        if absent and _in_the_circuit_too(claim):
            yield _nothing_there(claim, absent)
        for text in dict.fromkeys(_tokens(claim)):
            if token_of(text, model.tokenizer) is None:
                yield _unknown_token(spec, claim, text, model.tokenizer)
        if isinstance(claim, Attends) and claim.node in groups:
            wrong = _not_one_head(groups[claim.node], model.config)
            if wrong is not None:
                yield _attends_without_a_head(claim, wrong)
        if model.held_out is None and _reads_text(claim):
            yield _no_text(claim, model_span)
    if model.held_out is None:
        for span in _asked_of_alternatives(spec, "resample"):
            yield _no_text_to_resample(span, model_span)


def search_spans(spec: Spec) -> tuple[Span | None, ...]:
    """Where `spec` asks for what is searched for or fitted on the finding pairs of its task, but
    for its calibration."""
    searched = (
        claim.span
        for claim in spec.claims
        if isinstance(claim, Unique)
        or (isinstance(claim, Beats) and metric_of(claim.control) == "ratio")
    )
    return (*searched, *_asked_of_alternatives(spec, "optimal"))


def no_finding_pairs(spec: Spec, span: Span | None) -> Diagnostic:
    """A claim that is searched for or fitted on pairs that its task has not got."""
    return Diagnostic(
        code=Code.NO_FINDING_PAIRS,
        message=f"the task `{spec.task}` has no finding pairs to search on",
        span=span,
        label="on which pairs would this be sought?",
        secondary=() if spec.task_span is None else ((spec.task_span, "pairs to verify only"),),
        help='add lines with `"split": "finding"` to the file of pairs, or leave this out',
    )


def _asked_of_alternatives(spec: Spec, wanted: Alternative) -> Iterator[Span | None]:
    if wanted in spec.also:
        yield spec.also_span or spec.name_span
    if wanted in spec.report:
        yield spec.report_span or spec.name_span


def _tokens(claim: Claim) -> Iterator[str]:
    """The texts in a claim that must be tokens; what something fires inside of need not be."""
    match claim:
        case Fires() | Signed():
            yield from claim.tokens
        case Separates():
            yield from (*claim.first, *claim.second)
        case Attends():
            for spot in (claim.source, claim.target):
                yield from () if isinstance(spot, str) else spot


def _reads_text(claim: Claim) -> bool:
    """Whether a claim cannot be measured without held-out text."""
    match claim:
        case Specific() | Resampling():
            return True
        case Separates(first=()):
            return False
        case Attends(source="difference") | Attends(target="difference"):
            return False
        case Fires() | Separates() | Signed() | Constant() | Attends():
            return claim.over != "task"
    return False


def _in_the_circuit_too(claim: Claim) -> bool:
    """Whether a claim is about what nodes say in the circuit alone, where those outside of it say
    the same of any prompt; `resampling` puts values in their place there, too."""
    return isinstance(claim, Role | Swapping | Exchanging) and claim.run != "model"


def _nothing_there(claim: Claim, names: Sequence[str]) -> Diagnostic:
    verb = "is" if len(names) == 1 else "are"
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"{quoted(names, 'and')} {verb} outside of the circuit, and ablated in it",
        span=claim.span,
        label="this is about the circuit alone as well",
        help="write `in model`: in the full model, other nodes say something, too",
    )


def _unknown_token(spec: Spec, claim: Claim, text: str, tokenizer: Tokenizer) -> Diagnostic:
    pieces = pieces_of(text, tokenizer)
    whole = 1 < len(pieces) <= _MOST_PIECES and not any("\ufffd" in piece for piece in pieces)
    meant = similar_tokens(text, tokenizer)
    if meant:
        help_ = f"did you mean {listed([f'`{literal(token)}`' for token in meant])}?"
    elif whole:
        help_ = "claim this of one of these tokens"
    else:
        help_ = "name a token as this tokenizer has it; `circuitspec inspect` shows some"
    return Diagnostic(
        code=Code.UNKNOWN_TOKEN,
        message=f"`{literal(text)}` is not a token of this model",
        span=_where_written(spec, claim.span, text),
        label="these are " + listed([f"`{literal(piece)}`" for piece in pieces], "and")
        if whole
        else f"this is {counted(len(pieces), 'token')}"
        if len(pieces) > 1
        else "it has no such token",
        help=help_,
    )


def _where_written(spec: Spec, span: Span | None, text: str) -> Span | None:
    """Where a text stands in a claim, or the claim where it is written otherwise there."""
    if span is None or spec.source is None:
        return span
    at = spec.source.text.find(literal(text), span.start, span.end)
    return span if at < 0 else spec.source.span(at, at + len(literal(text)))


def _not_one_head(group: NamedNodes, config: ModelConfig) -> str | None:
    """Why the nodes of a declaration do not make out one head."""
    others = [node for node in group.nodes if node.place.part not in HEAD_PARTS]
    if others:
        return f"{others[0]} is in no head"
    heads = dict.fromkeys((n.place.layer, n.index // config.d_head) for n in group.nodes)
    if len(heads) > 1:
        names = [f"L{layer}.h{head}" for layer, head in heads]
        return f"it has nodes in {names[0]} and in {names[1]}"
    return None


def _attends_without_a_head(claim: Attends, wrong: str) -> Diagnostic:
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"`{claim.node}` does not attend: {wrong}",
        span=claim.span,
        label="a head attends, by its queries and keys",
        help="claim this of a node that is made of queries, keys or values of one head",
    )


def _no_text(claim: Claim, model_span: Span | None) -> Diagnostic:
    narrow = isinstance(claim, Role) and claim.over is None
    return Diagnostic(
        code=Code.NO_HELD_OUT_TEXT,
        message="the model has no held-out text to measure this on",
        span=claim.span,
        label="this is about the task and about any text" if narrow else "this is about any text",
        secondary=_lacks_text(model_span),
        help="write `over task` before the colon, to claim it of the task alone"
        if narrow
        else _WAY_TO_TEXT,
    )


def _no_text_to_resample(span: Span | None, model_span: Span | None) -> Diagnostic:
    return Diagnostic(
        code=Code.NO_HELD_OUT_TEXT,
        message="the model has no held-out text to resample from",
        span=span,
        label="`resample` takes values from any text",
        secondary=_lacks_text(model_span),
        help=_WAY_TO_TEXT,
    )


_WAY_TO_TEXT = (
    f"choose a model with `{HELD_OUT}` in its folder, as `circuitspec train` writes it, "
    "or leave this out"
)


def _lacks_text(model_span: Span | None) -> tuple[tuple[Span, str], ...]:
    return () if model_span is None else ((model_span, f"its folder lacks `{HELD_OUT}`"),)
