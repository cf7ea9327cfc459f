"""The page about known transformers: tables of verdicts, and every false one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from circuitspec.diagnostics.wording import counted
from circuitspec.validation.ground_truth import Tally, tally_claims, tally_specs
from circuitspec.validation.known_verdicts import ClaimOutcome, Outcome
from circuitspec.validation.page import page, table
from circuitspec.validation.presentation import STYLES
from circuitspec.validation.role_verdicts import RoleOutcome
from circuitspec.validation.variants import CLOSE, KINDS

_HEAD = (
    "n",
    "confirmed",
    "refuted",
    "vacuous",
    "inconclusive",
    "error",
    "false confirmations",
    "false refutations",
)
_ABOUT = """\
Transformers whose circuit is known, compiled from programs, each beside the weights of an \
independent program. Their specs, true ones and false ones, go through the product as any spec \
does: text, language, compiler, engine, statistics, verdict. What is true of each claim is \
computed apart from all of it, in float64, by a plain numpy program that is held against the \
numbers that came with the transformers.

    {command}

Every variant is of a transformer in other words, drawn at random: with channels, heads and \
neurons in other orders, in other units, beside channels and neurons of noise, or as it is. Half \
of the specs list nodes alone, half weights as well. Half of the tasks are all inputs there are \
(every one is in a pair), half are samples of 40 to 120 pairs, of which the statistics have to \
speak. Bounds lie between what is true of the true circuit and what is true of the damaged one, \
a quarter of the way at least from both."""
_VACUOUS = """\
A spec is vacuous where a node is a constant, or where none of its paths leads to the logits: \
decoys are, and what is left upstream of an essential node once that is gone. A spec counts as \
the worst of its claims; false verdicts are counted claim by claim. Vacuous and inconclusive are \
never counted as false."""
_FALSE = """\
A sample says nothing of inputs that it lacks. Where few inputs decide whether a claim about a \
mean loss is true, a sample often has none of them, and no interval for a mean can know: losses \
have no upper bound. *Unseen* are claims that so few pairs decide that a sample of that size \
lacks all of them in more than one case of twenty (the rule of three). `accuracy`, whose \
interval is exact, is safe from this, and so is a task of all inputs. What a person can do: \
state an accuracy as well, look at the tails that every report prints, verify on more pairs."""
_CLOSE = """\
Bounds within two standard errors of the truth, on samples: here alone false verdicts are to be \
expected, in one spec of twenty at the level of 5 % at most, and more where what decides is \
unseen."""


_INSIDE = """\
The same circuits, true and damaged, and claims about what they do inside: answers (`agreement`, \
`kl`), attention patterns, and what nodes say (`correlation`, `sign`), against the whole \
transformer. What is true of them is computed as above, several times, with other roundings: where \
these do not agree, as on whether a number is zero or next to it, float32 cannot tell either, and \
the claim is undecidable. Bounds are a quarter at least of the way from the truth to the end of \
the scale. These transformers have no norms, so that `frozen_loss` cannot be asked, and are \
always right, so that `wrong_agreement` cannot."""
_ROLES = """\
What a channel of the residual stream holds, the compiler says: a channel of a token is 1 where \
that token is and 0 elsewhere, another is 1 everywhere, and what is written to the outputs carries \
the answer. So claims about roles and interchange have known answers, too, in the circuit and \
outside of it. Half of them are true."""


def ground_truth_page(
    outcomes: Sequence[Outcome],
    insides: Sequence[Outcome],
    roles: Sequence[RoleOutcome],
    command: str,
) -> str:
    """The page; `command` is what writes it."""
    close = [outcome for outcome in outcomes if outcome.variant.kind == CLOSE]
    roomy = [outcome for outcome in outcomes if outcome.variant.kind != CLOSE]
    claims = sum(len(outcome.claims) for outcome in roomy)
    return page(
        "Ground truth",
        "<!-- `circuitspec validate ground-truth` writes this page. -->",
        _ABOUT.format(command=command),
        f"**{counted(len(roomy), 'spec')}, {counted(claims, 'claim')}: {_summary(roomy)}.**",
        "## By kind of spec",
        _VACUOUS,
        table(("spec", *_HEAD), _by_kind(roomy)),
        "## By claim",
        table(("claim", *_HEAD), _by_claim(roomy)),
        "## By presentation",
        table(("the transformer", *_HEAD), _by_style(roomy)),
        "## False verdicts",
        _FALSE,
        list(_mistakes(roomy)) or "None.",
        "## Inside",
        _INSIDE,
        f"{counted(len(insides), 'spec')}, "
        f"{counted(sum(len(o.claims) for o in insides), 'claim')}: {_summary(insides)}.",
        table(("claim", *_HEAD), _by_claim(insides)),
        list(_mistakes(insides)),
        "## Roles",
        _ROLES,
        f"{counted(len(roles), 'claim')}: "
        f"{counted(sum(role.mistake is not None for role in roles), 'false verdict')}.",
        table(("claim", *_HEAD), _by_role(roles)),
        list(_role_mistakes(roles)),
        "## Bounds without room",
        _CLOSE,
        f"{counted(len(close), 'spec')}: {_summary(close)}.",
        table(("claim", *_HEAD), _by_claim(close)),
        list(_mistakes(close)),
    )


def _summary(outcomes: Sequence[Outcome]) -> str:
    mistakes = [(o.variant.exact, claim) for o in outcomes for claim in o.mistakes]
    exact = sum(exact for exact, _ in mistakes)
    unseen = sum(claim.unseen for exact, claim in mistakes if not exact)
    specs = sum(bool(outcome.mistakes) for outcome in outcomes)
    return (
        f"{counted(len(mistakes), 'false verdict')} in {counted(specs, 'spec')}; {exact} of them "
        f"where every input was run, {unseen} where what decides is unseen"
    )


def _cells(tally: Tally) -> tuple[int, ...]:
    found = tally.verdicts
    return (
        tally.n,
        found["confirmed"],
        found["refuted"],
        found["vacuous"],
        found["inconclusive"],
        found["error"],
        tally.confirmed,
        tally.refuted,
    )


def _by_kind(outcomes: Sequence[Outcome]) -> Iterator[tuple[object, ...]]:
    for kind in KINDS:
        own = [outcome for outcome in outcomes if outcome.variant.kind == kind]
        if own:
            yield kind, *_cells(tally_specs(own))
    yield "**all**", *_cells(tally_specs(outcomes))


def _by_style(outcomes: Sequence[Outcome]) -> Iterator[tuple[object, ...]]:
    for style in STYLES:
        own = [outcome for outcome in outcomes if outcome.variant.style == style]
        yield style, *_cells(tally_specs(own))


def _by_claim(outcomes: Sequence[Outcome]) -> Iterator[tuple[object, ...]]:
    for exact, data in ((True, "every input"), (False, "a sample")):
        claims = [c for o in outcomes if o.variant.exact == exact for c in o.claims]
        for truth, test in _TRUTHS.items():
            for kind in dict.fromkeys(claim.asked.what for claim in claims):
                own = [claim for claim in claims if claim.asked.what == kind and test(claim)]
                if own:
                    yield f"{kind}, {truth}, {data}", *_cells(tally_claims(own))


def _by_role(roles: Sequence[RoleOutcome]) -> Iterator[tuple[object, ...]]:
    for exact, data in ((True, "every input"), (False, "a sample")):
        for kind in dict.fromkeys(role.fact.claim for role in roles):
            for truth in (True, False):
                own = [
                    role
                    for role in roles
                    if (role.variant.exact, role.fact.claim, role.fact.true) == (exact, kind, truth)
                ]
                if own:
                    name = f"{kind}, {'true' if truth else 'false'}, {data}"
                    yield name, *_cells(tally_claims(own))


def _role_mistakes(roles: Iterable[RoleOutcome]) -> Iterator[str]:
    for role in roles:
        if role.mistake is not None:
            yield (
                f"- {role.mistake}: {role.variant.known.name}, {role.variant.style}, seed "
                f"{'.'.join(map(str, role.variant.seed))}: `{role.result.statement}`, "
                f"{_said(role)}"
            )


_TRUTHS: dict[str, Callable[[ClaimOutcome], bool]] = {
    "true": lambda claim: claim.asked.meaningless is None and claim.asked.true is True,
    "false": lambda claim: claim.asked.meaningless is None and claim.asked.true is False,
    "undecidable by rounding": lambda claim: (
        claim.asked.meaningless is None and claim.asked.true is None
    ),
    "meaningless": lambda claim: claim.asked.meaningless is not None,
}


def _mistakes(outcomes: Iterable[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        variant = outcome.variant
        for claim in outcome.mistakes:
            yield (
                f"- {claim.mistake}: {variant.known.name}, {variant.kind}, "
                f"{'weights listed' if variant.listed else 'nodes alone'}, "
                f"{'every input' if variant.exact else f'{len(variant.pairs)} pairs'}, "
                f"{variant.style}, seed {'.'.join(map(str, variant.seed))}: "
                f"`{claim.asked.text}`, truly {claim.asked.value.low:.4g}, {_said(claim)}; "
                f"{claim.asked.deciding:.1%} of all pairs decide"
                f"{', unseen' if claim.unseen else ''}"
            )


def _said(claim: ClaimOutcome | RoleOutcome) -> str:
    result = claim.result
    if result.estimate is None or result.interval is None:
        return result.reason or "not measured"
    low, high = result.interval
    return f"measured {result.estimate:.4g} in [{low:.4g}, {high:.4g}]"
