"""The page about circuits that are made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.report.report import ClaimResult, Report
from circuitspec.validation.made_up import BOUND, MadeUp
from circuitspec.validation.page import page, table

_ABOUT = """\
J. Drori ("Weight-Sparse Circuits May Be Interpretable Yet Unfaithful", LessWrong, 2026) pruned \
circuits that reach a low loss and show nothing of the model. Here they are pruned again, from \
`{model}` on prompts of `{task}`, with the search that the strict battery has for its nulls (sets \
of nodes, with all weights between them), and judged on the very pairs that they were pruned on, \
as the published test does.

    {command}

- **Nonsense**: after the first prompt of each pair one unrelated word is right, after the second \
another one.
- **Shuffled answers**: of each pair a coin says which answer is right, so that nothing but each \
pair by itself can be learnt.
- **Redrawn weights**: the nonzero weights of every matrix changed places among themselves. The \
model has learnt nothing; the task is the true one."""
_PUBLISHED = f"""\
The published test asks that the circuit alone loses at most {BOUND:g} nats."""
_PREMISE = """\
`sufficient` of this language already asks one thing more, that the whole model does the task; a \
made-up task it does not do. What follows is what the strict battery says apart from that."""


_NONE = """\
Nothing that is made up passes the published test here, so that there is nothing to refuse: in so \
sparse a model this search does not find what is not there, as it did in Drori's models."""


def made_up_page(found: Sequence[MadeUp], model: str, task: str, command: str) -> str:
    """The page; `command` is what writes it."""
    return page(
        "Circuits that are made up",
        "<!-- `circuitspec validate made-up` writes this page. -->",
        _ABOUT.format(model=model, task=task, command=command),
        "## The published test",
        _PUBLISHED,
        table(
            ("pruned for", "nodes", "loss alone", "right alone", "passes", "whole model"),
            map(_published, found),
        ),
        *_under_the_battery(found),
        *(part for one in found for part in _details(one)),
    )


def _under_the_battery(found: Sequence[MadeUp]) -> Iterator[str | list[str]]:
    judged = [one for one in found if one.strict is not None]
    yield "## The strict battery"
    if not judged:
        yield _NONE
        return
    yield _PREMISE
    head = ("pruned for", "verdict", "`sufficient` alone", "refuted", "vacuous", "confirmed")
    yield table(head, map(_judged, judged))


def _published(one: MadeUp) -> tuple[object, ...]:
    if one.circuit is None or one.kept is None:
        return one.case.what, "", "", "", "no", ""
    full = None if one.plain is None else one.plain.baseline.full.loss
    return (
        one.case.what,
        len(one.circuit.nodes),
        f"{one.kept.loss:.3f}",
        f"{one.kept.accuracy:.1%}",
        "yes" if one.passes_published else "no",
        "" if full is None else f"{full:.2f}",
    )


def _judged(one: MadeUp) -> tuple[object, ...]:
    if one.plain is None or one.strict is None:
        return one.case.what, "", "", "", "", ""
    (plain,) = one.plain.claims
    verdicts = [claim.verdict for claim in one.strict.claims]
    return (
        one.case.what,
        one.strict.verdict,
        plain.verdict,
        *(verdicts.count(verdict) for verdict in ("refuted", "vacuous", "confirmed")),
    )


def _details(one: MadeUp) -> Iterator[str | list[str]]:
    if one.strict is None:
        return
    yield f"### {one.case.what}"
    yield [f"- {line}" for line in _lines(one.strict)]


def _lines(report: Report) -> Iterator[str]:
    for verdict in ("refuted", "vacuous", "error", "inconclusive", "confirmed"):
        claims = [claim for claim in report.claims if claim.verdict == verdict]
        if claims:
            yield f"**{verdict}**: {'; '.join(map(_claim, claims))}"


def _claim(claim: ClaimResult) -> str:
    subject = claim.statement.rpartition(":")[0]
    bound = f"`{subject}: {claim.metric} {claim.comparison} {claim.threshold:g}`"
    if claim.reason is not None:
        return f"{bound} ({claim.reason})"
    return bound if claim.estimate is None else f"{bound} ({claim.estimate:.3g})"
