"""Random valid claims, and the names and texts that they and whole specs are made of."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from circuitspec.language.claim_words import (
    AT_MOST_ONE,
    CONTROLS,
    DATA,
    FAITHFUL_METRICS,
    FAITHFUL_SIDE,
    METRICS,
    RUNS,
    SPOTS,
    claimed_side,
    metric_of,
)
from circuitspec.language.claims import (
    Attends,
    Beats,
    Claim,
    Complete,
    Constant,
    Exchanging,
    Faithful,
    Fires,
    Minimal,
    Necessary,
    Predicts,
    Resampling,
    Separates,
    Signed,
    Specific,
    Sufficient,
    Swapping,
    Unique,
)
from circuitspec.language.values import is_control
from circuitspec.language.words import IN_CLAIMS, RESERVED

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,11}", fullmatch=True).filter(
    lambda name: name not in RESERVED
) | st.sampled_from(sorted({*IN_CLAIMS, "complete", "resampling", "last", "answers"} - RESERVED))
texts = st.text(max_size=30).filter(lambda text: not any(map(is_control, text)))
models = st.from_regex(r"[A-Za-z0-9_.:/-]{1,15}", fullmatch=True) | texts.filter(bool)
tokens = st.lists(texts.filter(bool), min_size=1, max_size=4, unique=True).map(tuple)
thresholds = st.floats(0, 1e6) | st.sampled_from([0.15, 0.6, 1e-7, 5e-324, 1.7e308])
shares = st.floats(0, 1)
runs = st.none() | st.sampled_from(RUNS)
data = st.none() | st.sampled_from(DATA)
spots = st.none() | st.sampled_from(SPOTS)


def _threshold(metric: str) -> st.SearchStrategy[float]:
    return shares if metric in AT_MOST_ONE else thresholds


def plain_claims(*, has_edges: bool) -> st.SearchStrategy[Claim]:
    """Claims of one word, each in its right direction."""
    task_claims = [
        st.builds(
            kind,
            metric=st.just(metric),
            comparison=st.just(claimed_side(word, metric)),
            threshold=_threshold(metric),
        )
        for word, kind in (("sufficient", Sufficient), ("necessary", Necessary))
        for metric in METRICS
    ]
    faithful = [
        st.builds(
            Faithful,
            metric=st.just(metric),
            comparison=st.just(FAITHFUL_SIDE[metric]),
            threshold=_threshold(metric),
        )
        for metric in FAITHFUL_METRICS
    ]
    units = ["node", "edge"] if has_edges else ["node"]
    return st.one_of(
        *task_claims,
        *faithful,
        st.builds(Minimal, unit=st.sampled_from(units), cost=thresholds),
        *(st.builds(kind, threshold=thresholds) for kind in (Specific, Complete, Unique)),
    )


@st.composite
def _separates(draw: st.DrawFn, node: str) -> Separates:
    """Tokens cut in two, or answers, which only the task has."""
    both = draw(st.lists(texts.filter(bool), max_size=5, unique=True))
    if len(both) < 2:
        over = draw(st.sampled_from([None, "task"]))
        return Separates(node=node, run=draw(runs), over=over, threshold=draw(shares))
    cut = draw(st.integers(1, len(both) - 1))
    return Separates(
        node=node,
        first=tuple(both[:cut]),
        second=tuple(both[cut:]),
        run=draw(runs),
        over=draw(data),
        threshold=draw(shares),
    )


@st.composite
def _attends(draw: st.DrawFn, node: str) -> Attends:
    ends = st.sampled_from(SPOTS) | tokens
    source, target, over = draw(ends), draw(ends), draw(data)
    return Attends(
        node=node,
        source=source,
        target=target,
        run=draw(runs),
        over=None if "difference" in (source, target) else over,
        threshold=draw(shares),
    )


def role_claims(named: Sequence[str]) -> st.SearchStrategy[Claim]:
    """Claims about one of these nodes."""
    node = st.sampled_from(named)
    where = {"node": node, "run": runs, "over": data, "threshold": shares}
    stretch = st.tuples(texts.filter(bool), texts.filter(bool))
    some = st.just(()) | tokens
    return st.one_of(
        st.builds(Fires, tokens=tokens, **where),
        st.builds(Fires, inside=stretch, **where),
        st.builds(Signed, sign=st.sampled_from(["positive", "negative"]), tokens=some, **where),
        st.builds(Constant, **where),
        node.flatmap(_separates),
        node.flatmap(_attends),
    )


def interchange_claims(named: Sequence[str]) -> st.SearchStrategy[Claim]:
    """Claims about some of these nodes, or about all that is not in the circuit."""
    some = st.lists(st.sampled_from(named), min_size=1, unique=True).map(tuple)
    where = {"at": spots, "run": runs, "threshold": shares}
    return st.one_of(
        st.builds(Swapping, nodes=some | st.just(("circuit",)), **where),
        st.builds(Exchanging, nodes=some | st.just(("circuit",)), **where),
        st.builds(Resampling, nodes=some | st.just(("rest",)), **where),
    )


@st.composite
def _beats(draw: st.DrawFn) -> Beats:
    control = draw(st.sampled_from(CONTROLS))
    metric = metric_of(control)
    return Beats(control=control, metric=metric, threshold=draw(_threshold(metric)))


@st.composite
def _predicts(draw: st.DrawFn) -> Predicts:
    metric = draw(st.sampled_from(METRICS))
    return Predicts(
        text=draw(texts.filter(bool)),
        task=draw(models),
        metric=metric,
        comparison=draw(st.sampled_from(["<=", ">="])),
        threshold=draw(_threshold(metric)),
    )


def _subject(claim: Claim) -> object:
    """What two claims of one circuit cannot have in common."""
    said = claim.model_dump(exclude={"threshold", "cost", "text"})
    lists = ("tokens", "first", "second", "nodes", "source", "target")
    return frozenset(
        (key, frozenset(value) if key in lists and not isinstance(value, str) else value)
        for key, value in said.items()
    )


def claims(named: Sequence[str], *, has_edges: bool) -> st.SearchStrategy[tuple[Claim, ...]]:
    """Some claims of a circuit with these names, in any order, none of them made twice."""
    possible = st.one_of(
        plain_claims(has_edges=has_edges),
        role_claims(named),
        interchange_claims(named),
        _beats(),
        _predicts(),
    )
    return st.lists(possible, max_size=8, unique_by=_subject).map(tuple)
