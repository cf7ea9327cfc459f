"""The page about mutants: what catches them, and every one that survives, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from circuitspec.diagnostics.wording import counted
from circuitspec.validation.mutant_run import SpecMutants
from circuitspec.validation.mutants import Fate, MutantOutcome
from circuitspec.validation.mutate import MUTANT_KINDS
from circuitspec.validation.page import page, table

_ABOUT = """\
Every spec of the gallery, changed in one thing: would the verdict show it? Each mutant goes \
through `check`, and then through the spec's own claims at the spec's own level.

    {command}

| mutant | is |
|---|---|
| node left out | one element less; arrows that stand for nothing then are gone, too |
| node exchanged | for another of its place that is alive on the task; arrows as they were |
| node exchanged, weights redrawn | the same, and an arrow for every weight that the other has \
to nodes of the circuit |
| sign turned round | of an arrow that has one |
| edge left out | one arrow less |
| edge moved | one end of an arrow goes to another name, along nonzero weights |
| names exchanged, edges stay | two names change places; the arrows between names are as they were |
| names exchanged, edges follow | two names change places, with their arrows: what is said of them \
in words and in claims is said of the other |
| another task | of the same model |

A mutant is *caught* if `check` finds a mistake, or if a claim is refuted or vacuous; where \
several are, the cheapest to measure counts. It is *equivalent* if it has the same nodes and \
edges, and no claim tells the names that changed: it says the same of the model. Undecided \
claims are counted apart. What survives is no false verdict: its claims are true of it, too; but \
they are then not about this circuit alone."""
_CHECK = "check"
_HEAD = (
    "n",
    "caught by `check`",
    "caught by claims",
    "undecided",
    "error",
    "equivalent",
    "survive",
)


def mutants_page(found: Sequence[SpecMutants], command: str) -> str:
    """The page; `command` is what writes it."""
    every = [outcome for one in found for outcome in one.outcomes]
    fates = Counter(outcome.fate for outcome in every)
    told = len(every) - fates["equivalent"]
    caught = fates["static"] + fates["caught"]
    return page(
        "Mutants",
        "<!-- `circuitspec validate mutants` writes this page. -->",
        _ABOUT.format(command=command),
        f"**{counted(len(found), 'spec')}, {counted(len(every), 'mutant')}, of which "
        f"{fates['equivalent']} equivalent. Of the other {told}, {caught} are caught "
        f"({caught / max(told, 1):.1%}), {fates['inconclusive']} undecided, and "
        f"{fates['survived']} survive.**",
        "## By spec",
        _by_spec(found),
        "## By kind",
        table(
            ("mutant", *_HEAD),
            ((kind, *_counts([o for o in every if o.kind == kind])) for kind in MUTANT_KINDS),
        ),
        "## What survives, and why",
        *_listed(found, "survived"),
        "## What is undecided",
        *_listed(found, "inconclusive"),
        *(("## What could not be judged", *_listed(found, "error")) if fates["error"] else ()),
        "## What is equivalent",
        "Nothing that is claimed tells these names apart: their descriptions could be exchanged, "
        "and no verdict would change. Claims about roles tell them.",
        *_listed(found, "equivalent"),
    )


def _by_spec(found: Sequence[SpecMutants]) -> list[str]:
    by = Counter(o.by for one in found for o in one.outcomes if o.fate == "caught")
    catchers = sorted(by, key=lambda name: -by[name])
    head = ("spec", "mutants", _CHECK, *catchers, "undecided", "error", "equivalent", "survive")
    return table(head, (_row(one.spec.name, one.outcomes, catchers) for one in found))


def _row(
    name: str, outcomes: Sequence[MutantOutcome], catchers: Sequence[str]
) -> tuple[object, ...]:
    fates = Counter(outcome.fate for outcome in outcomes)
    by = Counter(outcome.by for outcome in outcomes if outcome.fate == "caught")
    return (
        name,
        len(outcomes),
        fates["static"],
        *(by[catcher] for catcher in catchers),
        fates["inconclusive"],
        fates["error"],
        fates["equivalent"],
        fates["survived"],
    )


def _counts(outcomes: Sequence[MutantOutcome]) -> tuple[int, ...]:
    fates = Counter(outcome.fate for outcome in outcomes)
    order: tuple[Fate, ...] = (
        "static",
        "caught",
        "inconclusive",
        "error",
        "equivalent",
        "survived",
    )
    return (len(outcomes), *(fates[fate] for fate in order))


def _listed(found: Sequence[SpecMutants], fate: Fate) -> Iterator[str | Iterable[str]]:
    none = True
    for one in found:
        own = [outcome for outcome in one.outcomes if outcome.fate == fate]
        if own:
            none = False
            yield f"### {one.spec.name}"
            yield [f"- {outcome.kind}: {outcome.what}{_why(outcome)}" for outcome in own]
    if none:
        yield "None."


def _why(outcome: MutantOutcome) -> str:
    parts = [part for part in (outcome.by, outcome.why) if part]
    return f" ({'; '.join(parts)})" if parts and outcome.fate != "equivalent" else ""
