"""Our tests: of a circuit's places, of each of its claims, and of what the strict battery adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from circuitspec.pytest_plugin.chosen import model_name
from circuitspec.pytest_plugin.failure import NOT_JUDGED, CircuitError, Rendered, errors

if TYPE_CHECKING:
    from circuitspec.diagnostics import Diagnostic, Source, Span
    from circuitspec.language import Claim
    from circuitspec.pytest_plugin.collectors import CircuitCollector


class CircuitItem(pytest.Item):
    """A test of ours: it fails with diagnostics, and is found where they point."""

    parent: CircuitCollector

    def __init__(self, *, source: Source, **others: Any) -> None:
        super().__init__(**others)
        self.source = source
        self.add_marker("circuit")

    @property
    def line(self) -> int:
        """Where it stands in its file, from 1."""
        span = self.parent.spec.name_span
        return 1 if span is None else span.line

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where pytest says that the test is, and how it is called."""
        return self.path, self.line - 1, f"{self.parent.name}: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our diagnostics as they are; a traceback is for bugs alone."""
        if isinstance(excinfo.value, CircuitError):
            return Rendered(excinfo.value)
        return super().repr_failure(excinfo, style)

    def fail(self, diagnostics: Iterable[Diagnostic], headline: str = "") -> None:
        """Ends the test, if there are any."""
        found = tuple(diagnostics)
        if found:
            raise CircuitError(found, self.source, headline)


class CheckItem(CircuitItem):
    """Whether model and task are there, and have all that a circuit names."""

    def runtest(self) -> None:
        """Fails with everything that is wrong. A circuit that claims nothing fails, too: else it
        would have no test that could."""
        from circuitspec.diagnostics import Code, render_all

        spec = self.parent.spec
        self.fail(errors(self.parent.checked.diagnostics))
        doubts = [
            found
            for found in (*self.parent.file.diagnostics, *self.parent.checked.diagnostics)
            if found.span is not None and spec.span is not None
            if spec.span.start <= found.span.start < spec.span.end
        ]
        self.fail(replace(d, severity="error") for d in doubts if d.code is Code.NO_CLAIMS)
        if doubts:
            self.add_report_section("call", "circuitspec", render_all(doubts, self.source))


class JudgedItem(CircuitItem):
    """A test that needs the model to be run."""

    def __init__(self, **others: Any) -> None:
        super().__init__(**others)
        if self.config.getoption("circ_check_only"):
            self.add_marker(pytest.mark.skip(reason=NOT_JUDGED))

    def not_confirmed(self) -> dict[str, Diagnostic]:
        """What to say of the circuit's claims, and the battery's, that are not confirmed, by name;
        mere warnings of those that may be undecided."""
        from circuitspec.verdict.diagnose import diagnose_claims

        judged, allow = self.parent.judged, self.config.getoption("circ_allow_inconclusive")
        return diagnose_claims(judged.spec, judged.report, allow_inconclusive=allow)

    def stop_if_nothing_can_run(self, what: str, span: Span | None) -> None:
        """Fails with `what` and why, if model, task, a name or torch is missing."""
        from circuitspec.diagnostics import Code, Diagnostic

        found = errors(self.parent.checked.diagnostics)
        reason, way_out = "", f"mend what `{self.parent.nodeid}::check` says"
        if found:
            reason = found[0].message
        else:
            try:
                import torch  # noqa: F401
            except (ImportError, OSError) as error:
                reason = f"torch cannot be imported: {error}"
                way_out = "install torch, or leave claims alone with --circ-check-only"
        if reason:
            self.user_properties.append(("verdict", "error"))
            self.fail(
                [
                    Diagnostic(
                        code=Code.CLAIM_ERROR,
                        message=f"{what}: {reason}",
                        span=span or self.parent.spec.name_span,
                        label="not measured",
                        help=way_out,
                    )
                ]
            )


class ClaimItem(JudgedItem):
    """One claim."""

    def __init__(self, *, claim: Claim, **others: Any) -> None:
        super().__init__(**others)
        self.claim = claim

    @property
    def line(self) -> int:
        """Where the claim stands."""
        return super().line if self.claim.span is None else self.claim.span.line

    def runtest(self) -> None:
        """Fails unless the claim is confirmed."""
        from circuitspec.formats.junit import measurements

        self.stop_if_nothing_can_run(f"{self.claim.kind} could not be measured", self.claim.span)
        judged = self.parent.judged
        # Not by name: what the battery adds may change how a claim is called.
        result = judged.report.claims[judged.spec.judged.index(self.claim)]
        self.user_properties.extend(measurements(result))
        found = self.not_confirmed()
        if result.name not in found:
            return
        diagnostic = found[result.name]
        if diagnostic.severity == "warning":
            pytest.xfail(diagnostic.message)
        # With `--runxfail` we come here even so.
        self.fail([diagnostic])


class StrictItem(JudgedItem):
    """All that the strict battery adds to the claims of a circuit."""

    def runtest(self) -> None:
        """Fails with everything that is not confirmed."""
        from circuitspec.diagnostics.wording import counted

        self.stop_if_nothing_can_run("the strict battery could not be run", None)
        judged = self.parent.judged
        battery = judged.report.strict
        assert battery is not None  # else it was not asked for
        added = [result for result in judged.report.claims if result.name in battery.claims]
        for verdict in ("confirmed", "inconclusive", "refuted", "vacuous", "error"):
            n = sum(result.verdict == verdict for result in added)
            self.user_properties.append((verdict, n))
        if battery.left_out:
            self.add_report_section("call", "not asked", "\n".join(battery.left_out))
        found = self.not_confirmed()
        failures = [found[result.name] for result in added if result.name in found]
        if not failures:
            return
        asked = counted(len(added), "claim")
        headline = f"{len(failures)} of {asked} of the strict battery not confirmed"
        if all(failure.severity == "warning" for failure in failures):
            pytest.xfail(headline)
        self.fail(failures, headline)


def summary(config: pytest.Config, items: Sequence[pytest.Item]) -> str:
    """How much is judged against which model, in a line; `items` are ours."""
    from circuitspec.diagnostics.wording import counted

    claims = sum(isinstance(item, ClaimItem) for item in items)
    circuits = len({item.parent for item in items})
    model = model_name(config)
    against = "the model that each names" if model is None else f"the model {model}"
    if any(isinstance(item, StrictItem) for item in items):
        against += ", and the strict battery"
    found = f"circuitspec: {counted(circuits, 'circuit')}, {counted(claims, 'claim')}, {against}"
    return f"{found}; claims are not judged" if config.getoption("circ_check_only") else found
