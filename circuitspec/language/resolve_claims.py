"""Expect and predict statements: each claim in its own form, about nodes that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.claim_forms import (
    BEATS,
    FIRES,
    FORMS,
    INTERCHANGE_FORMS,
    SUFFICIENT,
    unknown_relation,
)
from circuitspec.language.claim_words import PERCENTAGES
from circuitspec.language.claims import Beats, Claim, Minimal, Predicts, nodes_of
from circuitspec.language.resolve_bounds import other_form, unknown_metric
from circuitspec.language.resolve_interchange import resolve_interchange
from circuitspec.language.resolve_names import MOST_SUGGESTIONS, unknown_node
from circuitspec.language.resolve_nodes import DeclaredNode
from circuitspec.language.resolve_role_claims import resolve_role
from circuitspec.language.resolve_task_claims import (
    UNITS,
    resolve_beats,
    resolve_plain,
    resolve_prediction,
    unknown_unit,
)
from circuitspec.language.words import (
    CLAIMS,
    INTERCHANGES,
    PLAIN_CLAIMS,
    RELATIONS,
    REST,
    STATEMENTS,
    WHOLE,
)

_NOT_THE_SUBJECT = frozenset(("threshold", "cost", "span", "text"))
"""What two claims that say the same of the same may differ in."""


def resolve_claims(
    statements: Sequence[syntax.Expect | syntax.Predict],
    declared: Mapping[str, DeclaredNode],
    has_edges: bool,
    problems: list[Diagnostic],
) -> tuple[Claim, ...]:
    """The claims of a circuit, in order; what is wrong with them is added to `problems`.

    Args:
        declared: the nodes of the circuit, and those that are named as outside of it.
    """
    claims: dict[object, tuple[Claim, Span]] = {}
    for statement in statements:
        claim = (
            resolve_prediction(statement, problems)
            if isinstance(statement, syntax.Predict)
            else _expected(statement, declared, has_edges, problems)
        )
        if claim is None:
            continue
        earlier, span = claims.setdefault(_subject(claim), (claim, statement.span))
        if earlier is not claim:
            problems.append(_duplicate(claim, statement.span, earlier, span))
    return tuple(claim for claim, _ in claims.values())


def _expected(
    statement: syntax.Expect,
    declared: Mapping[str, DeclaredNode],
    has_edges: bool,
    problems: list[Diagnostic],
) -> Claim | None:
    match statement.claim:
        case syntax.Plain(word=word) if word.text in PLAIN_CLAIMS:
            return resolve_plain(statement, word.text, has_edges, problems)
        case syntax.Against(word=syntax.Word(text=BEATS.name)) as against:
            return resolve_beats(statement, against, problems)
        case syntax.Interchange(word=word, nodes=nodes) as interchange if word.text in INTERCHANGES:
            _look_up([node for node in nodes if node.text not in (WHOLE, REST)], declared, problems)
            return resolve_interchange(statement, interchange, problems)
        case syntax.Role(node=node) as role:
            _look_up([node], declared, problems)
            return resolve_role(statement, role, problems)
        case syntax.Plain() | syntax.Against() | syntax.Interchange() as other:
            problems.extend(_no_such_claim(other, statement, declared))
    return None


def _look_up(
    names: Sequence[syntax.Word],
    declared: Mapping[str, DeclaredNode],
    problems: list[Diagnostic],
) -> None:
    for name in names:
        if name.text not in declared:
            # Looking for near misses takes long among many names; past these, nobody reads on.
            among = declared if len(problems) < MOST_SUGGESTIONS else {}
            spans = {node: known.name_span for node, known in among.items()}
            problems.append(unknown_node(name.span, name.text, spans))


def _no_such_claim(
    written: syntax.Plain | syntax.Against | syntax.Interchange,
    statement: syntax.Expect,
    declared: Mapping[str, DeclaredNode],
) -> list[Diagnostic]:
    """What is wrong with a claim whose words do not go together."""
    word = written.word
    if isinstance(written, syntax.Against) and word.text in INTERCHANGES:
        return [_no_outcome(written)]
    if word.text in FORMS:
        wrong = statement.body if isinstance(written, syntax.Plain) else written
        return [other_form(FORMS[word.text], wrong)]
    if word.text in declared:
        return [_nothing_claimed(written)]
    if word.text in STATEMENTS:
        return [_no_claim(word)]
    known = INTERCHANGES if isinstance(written, syntax.Interchange) else CLAIMS
    meant = near_miss(word.text, known)
    found = [
        Diagnostic(
            code=Code.UNKNOWN_CLAIM,
            message=f"there is no claim `{word.text}`",
            span=word.span,
            label="neither a claim nor a node",
            help=f"did you mean `{meant}`?"
            if meant is not None
            else f"write for example `{SUFFICIENT.example}`",
            notes=()
            if meant is not None
            else (f"the claims are {quoted(CLAIMS, 'and')}, and what is said of a node",),
        )
    ]
    match statement.body:
        case syntax.Bound(metric=metric) if (
            meant is not None and meant != "minimal" and metric.text not in FORMS[meant].sides
        ):
            found.append(unknown_metric(FORMS[meant], metric))
        case syntax.Cost(unit=unit) if unit.text not in UNITS:
            found.append(unknown_unit(unit))
    return found


def _no_claim(word: syntax.Word) -> Diagnostic:
    """The diagnostic for an `expect` that nothing follows but another statement."""
    return Diagnostic(
        code=Code.SYNTAX,
        message=f"expected a claim or a node's name, found the word `{word.text}`",
        span=word.span,
        label="begins a statement of its own",
        help="finish the `expect` before it, or delete it",
    )


def _no_outcome(written: syntax.Against) -> Diagnostic:
    form = INTERCHANGE_FORMS[written.word.text]
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"`{form.name}` does not say what becomes of the answer",
        span=written.span,
        label="flips it, or keeps it?",
        help=f"write it like `{form.example}`",
    )


def _nothing_claimed(written: syntax.Plain | syntax.Against | syntax.Interchange) -> Diagnostic:
    """The diagnostic for a node after which no relation stands."""
    name = written.word.text
    if isinstance(written, syntax.Against):
        return unknown_relation(written.control.text, written.control.span)
    return Diagnostic(
        code=Code.INVALID_CLAIM,
        message=f"it is not said what `{name}` does",
        span=written.word.span,
        label="a node",
        help=f"go on with {quoted(RELATIONS)}, as in `{FIRES.example}`",
    )


def _subject(claim: Claim) -> object:
    """All that a claim says but its threshold; lists in any order are the same."""
    return tuple(
        frozenset(value) if isinstance(value, tuple) and key != "inside" else value
        for key, value in claim
        if key not in _NOT_THE_SUBJECT
    )


def _duplicate(claim: Claim, again: Span, earlier: Claim, first: Span) -> Diagnostic:
    comparison = ">=" if isinstance(claim, Minimal) else claim.comparison
    choose = max if comparison == ">=" else min
    stricter = choose(earlier, claim, key=_bound)
    return Diagnostic(
        code=Code.DUPLICATE_CLAIM,
        message=_twice(claim),
        span=again,
        label="claimed again",
        secondary=((first, "first claimed here"),),
        help="delete one of the two"
        if _bound(earlier) == _bound(claim)
        else f"keep `{comparison} {_spelt(stricter)}`, from which the other follows",
    )


def _bound(claim: Claim) -> float:
    return claim.cost if isinstance(claim, Minimal) else claim.threshold


def _spelt(claim: Claim) -> str:
    if not isinstance(claim, Minimal) and claim.metric in PERCENTAGES:
        return f"{100 * claim.threshold:g}%"
    return f"{_bound(claim):g}"


def _twice(claim: Claim) -> str:
    """The headline for a claim that is made twice."""
    nodes = nodes_of(claim)
    match claim:
        case Minimal(unit=unit):
            return f"`minimal` is claimed twice of every {unit}"
        case Beats(control=control):
            return f"`beats {control}` is claimed twice"
        case Predicts(task=task):
            return f"the same is predicted twice of `{task}`"
        case _ if nodes:
            return f"`{claim.kind}` is claimed twice of {quoted(nodes, 'and')}"
    return f"`{claim.kind}` is claimed twice of the {claim.metric}"
