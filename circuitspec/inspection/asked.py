"""Nodes that are asked about: places as the language writes them, or names that specs give.

What is wrong with a place is found by the language's own parser and by what finds the nodes of
specs, so that it is said in the same words. No torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.circuit.select_nodes import NodeSelector
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import LINE_END, Source, Span
from circuitspec.diagnostics.wording import near_miss
from circuitspec.language.header import HEADER
from circuitspec.language.load import parse_text
from circuitspec.language.terminals import NAME
from circuitspec.language.words import RESERVED
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Part

_BEFORE = f"{HEADER} circuit c {{ model m task t ablate zero scope layers, embed, final node n = "
_NAMED = re.compile(rf"(?P<name>{NAME})(\.(?P<half>[qk]))?")
_HALVES: Mapping[str, Part] = {"q": "attn.q", "k": "attn.k"}


@dataclass(frozen=True)
class Asked:
    """What an argument means.

    Attributes:
        nodes: of this model, in forward order; empty if and only if there is a diagnostic.
        diagnostics: what is wrong with it.
        source: the argument, for showing them.
    """

    nodes: tuple[Node, ...]
    diagnostics: tuple[Diagnostic, ...]
    source: Source


def read_argument(
    text: str, config: ModelConfig, named: Sequence[NamedNodes], *, called: str = "<argument>"
) -> Asked:
    """The nodes that `text` means: a place, such as `L0.mlp.neuron[863]`, or a name.

    Args:
        named: what specs call nodes of this model.
        called: what messages call the argument.
    """
    source = Source(called, text)
    if not text.strip() or LINE_END.search(text):
        return Asked((), (_not_one_line(source),), source)
    match = _NAMED.fullmatch(text)
    groups = [] if match is None else [group for group in named if group.name == match["name"]]
    if match is not None and groups:
        return _named(match, groups, source)
    if match is not None and named and text not in RESERVED:
        return Asked((), (_unknown_name(text, named, source),), source)
    nodes, problems = _place(text, config)
    if problems:
        if match is not None and text not in RESERVED:
            problems = [_hint(problem) for problem in problems]
        return Asked((), tuple(_within(problem, source) for problem in problems), source)
    return Asked(nodes, (), source)


def all_nodes(asked: Iterable[Asked]) -> tuple[Node, ...]:
    """What several arguments ask about, each node once, in their order."""
    return tuple(dict.fromkeys(node for one in asked for node in one.nodes))


def _named(match: re.Match[str], groups: Sequence[NamedNodes], source: Source) -> Asked:
    nodes = dict.fromkeys(node for group in groups for node in group.nodes)
    half = match["half"]
    if half is None:
        return Asked(tuple(nodes), (), source)
    found = tuple(node for node in nodes if node.place.part == _HALVES[half])
    if found:
        return Asked(found, (), source)
    problem = Diagnostic(
        code=Code.INVALID_PART,
        message=f"`{match['name']}` has no part `{half}`",
        span=source.span(*match.span("half")),
        label="no element there",
        help=f"write `{match['name']}`",
    )
    return Asked((), (problem,), source)


def _place(text: str, config: ModelConfig) -> tuple[tuple[Node, ...], list[Diagnostic]]:
    """The nodes at a place, or what is wrong with it, in the whole text in which it is parsed."""
    parsed = parse_text(f"{_BEFORE}{text}\n}}")
    problems = [found for found in parsed.diagnostics if found.severity == "error"]
    if parsed.file is None:
        return (), problems
    selector = NodeSelector(config)
    (circuit,) = parsed.file.circuits
    groups = [selector.select(declaration) for declaration in circuit.nodes]
    return tuple(node for group in groups for node in group.nodes), selector.diagnostics


def _within(problem: Diagnostic, source: Source) -> Diagnostic:
    """A diagnostic of the whole text as one of the argument."""

    def moved(span: Span) -> Span:
        start, end = (min(max(at - len(_BEFORE), 0), len(source.text)) for at in _ends(span))
        return source.span(start, end)

    return replace(
        problem,
        span=None if problem.span is None else moved(problem.span),
        secondary=tuple((moved(span), label) for span, label in problem.secondary),
    )


def _ends(span: Span) -> Iterator[int]:
    yield span.start
    yield span.end


def _hint(problem: Diagnostic) -> Diagnostic:
    """What is only a word may have been meant as a name."""
    note = "to ask by the name that a spec gives, name the spec with --spec"
    return replace(problem, notes=(*problem.notes, note))


def _not_one_line(source: Source) -> Diagnostic:
    return Diagnostic(
        code=Code.SYNTAX,
        message="expected a place or a name, and nothing else",
        span=source.span(0, 0),
        help="write a place such as `L0.mlp.neuron[3]`, or the name that a spec gives",
    )


def _unknown_name(text: str, named: Sequence[NamedNodes], source: Source) -> Diagnostic:
    meant = near_miss(text, [group.name for group in named])
    return Diagnostic(
        code=Code.UNKNOWN_NAME,
        message=f"no node is called `{text}`",
        span=source.span(0, len(text)),
        label="not a node of these specs",
        help=f"did you mean `{meant}`?"
        if meant is not None
        else "write one of their names, or a place such as `L0.mlp.neuron[3]`",
    )
