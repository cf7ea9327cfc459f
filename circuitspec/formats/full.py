"""The outcome for people: what is wrong in their own lines, the report of each circuit, a summary.

The parts are functions of their own, so that a long run can show each as soon as it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.explain import explain_hint
from circuitspec.diagnostics.render import render as render_diagnostic
from circuitspec.diagnostics.wording import counted
from circuitspec.formats.outcome import CircuitOutcome, FileOutcome, Outcome

_VERDICTS = {
    "confirmed": "confirmed",
    "refuted": "refuted",
    "inconclusive": "inconclusive",
    "vacuous": "vacuous",
    "error": "not measured",
}
"""How the summary calls each verdict, in its order."""


def render(outcome: Outcome) -> str:
    """Mistakes first, as they are known first; then the circuits; then the summary."""
    parts = [mistakes(outcome.files)]
    if outcome.command == "verify":
        parts += [judged(circuit, file) for file in outcome.files for circuit in file.circuits]
    return "".join(parts) + closing(outcome)


def mistakes(files: Iterable[FileOutcome]) -> str:
    """What is wrong with the files, an empty line after each diagnostic."""
    return "".join(
        f"{render_diagnostic(diagnostic, file.source)}\n\n"
        for file in files
        for diagnostic in file.diagnostics
    )


def judged(circuit: CircuitOutcome, file: FileOutcome) -> str:
    """The report of a circuit, then the user's own line for each claim that is not confirmed."""
    if circuit.certificate is None:
        return ""
    from circuitspec.report.text import render_report

    blocks = [render_report(circuit.certificate)]
    if circuit.written:
        blocks[0] += f"  wrote {', '.join(circuit.written)}\n"
    for failure in circuit.failures.values():
        # The notes repeat the numbers that stand in the report just above.
        blocks.append(render_diagnostic(replace(failure, notes=()), file.source) + "\n")
    return "\n".join(blocks) + "\n"


def closing(outcome: Outcome) -> str:
    """One line on all files, after one on each sound circuit where nothing was judged."""
    lines = list(_sound(outcome)) if outcome.command == "check" else []
    lines.append(_checked(outcome) if outcome.command == "check" else _verified(outcome))
    hint = explain_hint(_shown(outcome))
    if hint is not None:
        lines.append(hint)
    return "".join(f"{line}\n" for line in lines)


def _shown(outcome: Outcome) -> Iterator[Diagnostic]:
    return (found.diagnostic for found in outcome.findings())


def _sound(outcome: Outcome) -> Iterator[str]:
    for file in outcome.files:
        for circuit in file.circuits:
            if not file.sound:
                continue
            spec = circuit.spec
            sizes = [counted(circuit.nodes, "node")] if circuit.nodes is not None else []
            sizes += [counted(circuit.edges, "edge")] if circuit.edges is not None else []
            sizes.append(counted(len(spec.claims), "claim"))
            state = "" if outcome.syntax_only else ": sound"
            yield f"{file.name}: {spec.name}: {', '.join(sizes)}{state}"


def _checked(outcome: Outcome) -> str:
    what = "the syntax of " if outcome.syntax_only else ""
    files = counted(len(outcome.files), "file")
    return f"checked {what}{files}: {_mistakes(outcome) or 'no mistakes'}"


def _verified(outcome: Outcome) -> str:
    """`2 files, 3 circuits: 9 claims confirmed, 1 refuted`."""
    files, circuits = counted(len(outcome.files), "file"), counted(len(outcome.circuits), "circuit")
    parts = (_verdicts(outcome), _claimless(outcome), _mistakes(outcome))
    return f"{files}, {circuits}: {'; '.join(filter(None, parts))}"


def _verdicts(outcome: Outcome) -> str:
    counts = [(outcome.verdicts[verdict], words) for verdict, words in _VERDICTS.items()]
    found = [(n, words) for n, words in counts if n]
    # `9 claims confirmed, 1 refuted`: the first says what is counted.
    return ", ".join(
        f"{n if i else counted(n, 'claim')} {words}" for i, (n, words) in enumerate(found)
    )


def _claimless(outcome: Outcome) -> str:
    n = sum(not circuit.spec.claims for circuit in outcome.circuits)
    return f"{counted(n, 'circuit')} claim{'s' if n == 1 else ''} nothing" if n else ""


def _mistakes(outcome: Outcome) -> str:
    counts = [(severity, outcome.mistakes[severity]) for severity in ("error", "warning")]
    return ", ".join(counted(n, severity) for severity, n in counts if n)
