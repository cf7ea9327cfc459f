"""The page about coverage: what each kind of interval promises, and how often it was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.validation.coverage import SIGNIFICANT, Rate

_HEAD = """# Coverage

How often intervals leave out the truth, by simulation: `make validation`, or

    circuitspec validate coverage --out docs/validation/coverage.md

writes this page. Everything is drawn with seed {seed}. An interval at level 5% promises to leave out the truth 5% of the time at most, half of that on each side; a verdict is false only where its interval lies on the wrong side, and where the truth is the threshold itself that is most likely. A family (all claims of a spec, all nodes of a circuit) promises that any of its answers is wrong 5% of the time at most. ± is the simulation's own standard error.

How to read it:

- *Known limits* are not excuses made beforehand. Most were marked after a simulation had shown them, so the column of what must hold is what was left; judge by both columns.
- The bounds for means over templates were chosen among some 15 procedures, by simulations of six of the seven populations under *mean over templates*, so these are no independent test. Those under *mean over templates, afresh* had no part in the choice.
- Over ten to twenty templates a mean of skewed losses does not keep the levels that Holm's procedure comes to (0.25% and less), and not always 5%: a kind of template that was not drawn is not reckoned with. A confirmed `loss <=` over templates is evidence about templates like those seen.

"""  # noqa: E501

_DETAILS = """
## Everything that was simulated

*above*: the interval lies above the truth, *below*: it lies below it; each promises half of the level. **Bold** is more than promised, by more than chance (p < {significant:g}).

"""  # noqa: E501


def page(rates: Sequence[Rate], seed: int) -> str:
    """The page as Markdown."""
    lines = [
        *_summary(rates),
        _DETAILS.format(significant=SIGNIFICANT),
        *_table(rates),
        *_limits(rates),
    ]
    return _HEAD.format(seed=seed) + "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def unexpected(rates: Sequence[Rate]) -> tuple[Rate, ...]:
    """What went wrong more often than its level, and is not known to."""
    return tuple(rate for rate in rates if rate.exceeds and rate.limit is None)


def _summary(rates: Sequence[Rate]) -> Iterator[str]:
    yield "| kind | promised | worst of those that must hold | worst of the known limits | cases |"
    yield "|---|--:|--:|--:|--:|"
    for kind in dict.fromkeys(rate.kind for rate in rates):
        own = [rate for rate in rates if rate.kind == kind]
        held = [rate for rate in own if rate.limit is None]
        known = [rate for rate in own if rate.limit is not None]
        levels = " or ".join(_percent(x) for x in sorted({r.level for r in own}, reverse=True))
        yield f"| {kind} | {levels} | {_worst(held)} | {_worst(known)} | {len(own)} |"
    yield ""


def _worst(rates: Sequence[Rate]) -> str:
    """The one that exceeds its level by most, as a part of it."""
    if not rates:
        return ""
    worst = max(rates, key=lambda rate: rate.share / rate.level)
    return f"{_rate(worst)} of {_percent(worst.level)}"


def _table(rates: Sequence[Rate]) -> Iterator[str]:
    yield "| kind | drawn from | promised | wrong | above | below | simulations |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for rate in rates:
        below = "" if rate.below is None else _percent(rate.below / rate.runs)
        above = "" if rate.below is None else _percent(rate.above / rate.runs)
        if rate.side_exceeds:
            higher = rate.above >= (rate.below or 0)
            above, below = (f"**{above}**", below) if higher else (above, f"**{below}**")
        mark = "" if rate.limit is None else "[^" + str(_notes(rates).index(rate.limit) + 1) + "]"
        yield (
            f"| {rate.kind} | {rate.what}{mark} | {_percent(rate.level)} | {_rate(rate)} | {above} "
            f"| {below} | {rate.runs} |"
        )
    yield ""


def _limits(rates: Sequence[Rate]) -> Iterator[str]:
    for number, note in enumerate(_notes(rates), start=1):
        yield f"[^{number}]: {note[0].upper()}{note[1:]}."


def _notes(rates: Sequence[Rate]) -> list[str]:
    return list(dict.fromkeys(rate.limit for rate in rates if rate.limit is not None))


def _rate(rate: Rate) -> str:
    text = f"{_percent(rate.share)} ± {_percent(rate.error)}"
    return f"**{text}**" if rate.exceeds else text


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.01 else f"{100 * share:.1f}%"
