"""`pytest specs/`: every claim of every `.circ` file is a test.

    specs/quote_closing.circ::quote_closing::check        places, weights, signs; no run
    specs/quote_closing.circ::quote_closing::sufficient   one per claim

pytest loads this module in every run of everybody who has circuitspec installed, so nothing is
imported here but pytest and what comes with Python: the language waits for the first `.circ` file,
torch for the first claim that is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from circuitspec.circuit.check import Checked
    from circuitspec.diagnostics import Diagnostic, Source
    from circuitspec.language import Claim, ParseResult, Spec
    from circuitspec.model.blueprint import Blueprint
    from circuitspec.report.report import Report

_NOT_JUDGED = "not judged: --circ-check-only"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our options, all of which begin with `--circ-`."""
    group = parser.getgroup("circuitspec", "specs of circuits (circuitspec)")
    group.addoption(
        "--circ-model",
        metavar="NAME",
        help="hold all .circ files against this model, a shipped name or a folder, whatever they "
        "say themselves",
    )
    group.addoption(
        "--circ-check-only",
        action="store_true",
        help="check .circ files as far as possible without a run, and skip their claims",
    )
    group.addoption(
        "--circ-allow-inconclusive",
        action="store_true",
        help="count claims that the data do not decide as expected failures, not as failures",
    )
    parser.addini("circ_model", "default of --circ-model; a folder is relative to the rootdir")
    parser.addini(
        "circ_files",
        "patterns of the files to collect; those named on the command line are collected anyway",
        type="args",
        default=["*.circ"],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes `-m circuit` known."""
    config.addinivalue_line(
        "markers", "circuit: a claim of a .circ file, or the check of a circuit"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CircFile | None:
    """A `.circ` file that is asked for, by its path or by a pattern."""
    if file_path.suffix != ".circ":
        return None
    patterns = parent.config.getini("circ_files")
    if parent.session.isinitpath(file_path) or any(map(file_path.match, patterns)):
        return CircFile.from_parent(parent, path=file_path)
    return None


def pytest_report_collectionfinish(
    config: pytest.Config, items: Sequence[pytest.Item]
) -> str | None:
    """What is judged against which model; nothing where no circuit was collected."""
    claims = sum(isinstance(item, ClaimItem) for item in items)
    circuits = len({item.parent for item in items if isinstance(item, CircuitItem)})
    if not circuits:
        return None
    from circuitspec.diagnostics.wording import counted

    model = _model_name(config)
    against = "the model that each names" if model is None else f"the model {model}"
    found = f"circuitspec: {counted(circuits, 'circuit')}, {counted(claims, 'claim')}, {against}"
    return f"{found}; claims are not judged" if config.getoption("circ_check_only") else found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how many claims were left alone; without `-rs` pytest would give no reason."""
    skipped = terminalreporter.getreports("skipped")
    n = sum(_NOT_JUDGED in report.longreprtext for report in skipped)
    if n:
        from circuitspec.diagnostics.wording import counted

        terminalreporter.line(f"circuitspec: {counted(n, 'claim')} {_NOT_JUDGED}", yellow=True)


@dataclass
class CircuitError(Exception):
    """What is wrong with a circuit or a claim: a result of the test, not a bug."""

    diagnostics: tuple[Diagnostic, ...]
    source: Source

    def __str__(self) -> str:
        from circuitspec.diagnostics import render_all

        return render_all(self.diagnostics, self.source)


class CircFile(pytest.File):
    """One file. One with mistakes is a collection error, with our text."""

    def collect(self) -> Iterator[CircuitCollector]:
        """Its circuits."""
        from circuitspec.diagnostics import Code, Source
        from circuitspec.language import load_file

        result = load_file(self.path)
        source = Source(str(_shown(self.path, self.config)), result.source.text)
        if result.file is not None:
            for spec in result.file.circuits:
                yield CircuitCollector.from_parent(
                    self, name=spec.name, spec=spec, source=source, file=result
                )
            return
        foreign = all(found.code is Code.NOT_A_SPEC for found in result.diagnostics)
        # Other programs have `.circ` files, too; only one that was named is a mistake.
        if not foreign or self.session.isinitpath(self.path):
            raise self.CollectError(str(CircuitError(result.diagnostics, source)))


class CircuitCollector(pytest.Collector):
    """One circuit, whose claims are judged together."""

    def __init__(self, *, spec: Spec, source: Source, file: ParseResult, **others: Any) -> None:
        super().__init__(**others)
        self.spec = spec
        self.source = source
        self.file = file

    def collect(self) -> Iterator[CircuitItem]:
        """Its check, and its claims in order, under the names that a certificate gives them."""
        from circuitspec.report.claim_names import claim_names

        yield CheckItem.from_parent(self, name="check", source=self.source)
        for name, claim in zip(claim_names(self.spec.judged), self.spec.judged, strict=True):
            yield ClaimItem.from_parent(self, name=name, source=self.source, claim=claim)

    @cached_property
    def checked(self) -> Checked:
        """What is known of the circuit without a run."""
        from circuitspec.circuit.check import check_spec

        return check_spec(self.spec, model=self._chosen())

    @cached_property
    def report(self) -> Report:
        """What became of the claims. They are a family that shares the level, so all are judged
        even if `-k` selects one, and each is judged as it would be among all. With xdist every
        worker that has a claim does so; `--dist loadfile` gives a file to one. The circuit must
        be sound."""
        from circuitspec.circuit.bind import compile_checked
        from circuitspec.model.shipped import load_model
        from circuitspec.verdict.manner import Manner, judge

        assert self.checked.task is not None  # else it would not be sound
        name, base = _model(self.config)
        model = None if name is None else load_model(name, base=base)
        circuit = compile_checked(self.spec, self.checked, model=model)
        return judge(self.spec, circuit, self.checked.task, self.checked, Manner()).report

    def _chosen(self) -> Blueprint | None:
        from circuitspec.model.error import ModelError
        from circuitspec.model.shipped import load_blueprint

        name, base = _model(self.config)
        try:
            return None if name is None else load_blueprint(name, base=base)
        except ModelError as error:
            raise CircuitError((error.diagnostic,), self.source) from None


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
            return _Rendered(excinfo.value)
        return super().repr_failure(excinfo, style)

    def fail(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Ends the test, if there are any."""
        found = tuple(diagnostics)
        if found:
            raise CircuitError(found, self.source)


class CheckItem(CircuitItem):
    """Whether model and task are there, and have all that a circuit names."""

    def runtest(self) -> None:
        """Fails with everything that is wrong. A circuit that claims nothing fails, too: else it
        would have no test that could."""
        from circuitspec.diagnostics import Code, render_all

        spec = self.parent.spec
        self.fail(_errors(self.parent.checked.diagnostics))
        doubts = [
            found
            for found in (*self.parent.file.diagnostics, *self.parent.checked.diagnostics)
            if found.span is not None and spec.span is not None
            if spec.span.start <= found.span.start < spec.span.end
        ]
        self.fail(replace(d, severity="error") for d in doubts if d.code is Code.NO_CLAIMS)
        if doubts:
            self.add_report_section("call", "circuitspec", render_all(doubts, self.source))


class ClaimItem(CircuitItem):
    """One claim."""

    def __init__(self, *, claim: Claim, **others: Any) -> None:
        super().__init__(**others)
        self.claim = claim
        if self.config.getoption("circ_check_only"):
            self.add_marker(pytest.mark.skip(reason=_NOT_JUDGED))

    @property
    def line(self) -> int:
        """Where the claim stands."""
        return super().line if self.claim.span is None else self.claim.span.line

    def runtest(self) -> None:
        """Fails unless the claim is confirmed."""
        from circuitspec.formats.junit import measurements
        from circuitspec.verdict.diagnose import diagnose_claims

        obstacle = self._obstacle()
        if obstacle is not None:
            self.user_properties.append(("verdict", "error"))
            self.fail([obstacle])
        report = self.parent.report
        result = next(result for result in report.claims if result.name == self.name)
        self.user_properties.extend(measurements(result))
        allow = self.config.getoption("circ_allow_inconclusive")
        found = diagnose_claims(self.parent.spec, report, allow_inconclusive=allow)
        if self.name not in found:
            return
        diagnostic = found[self.name]
        if diagnostic.severity == "warning":
            pytest.xfail(diagnostic.message)
        # With `--runxfail` we come here even so.
        self.fail([diagnostic])

    def _obstacle(self) -> Diagnostic | None:
        """Why nothing can be measured."""
        from circuitspec.diagnostics import Code, Diagnostic

        errors = _errors(self.parent.checked.diagnostics)
        reason, way_out = "", f"mend what `{self.parent.nodeid}::check` says"
        if errors:
            reason = errors[0].message
        else:
            try:
                import torch  # noqa: F401
            except (ImportError, OSError) as error:
                reason = f"torch cannot be imported: {error}"
                way_out = "install torch, or leave claims alone with --circ-check-only"
        if not reason:
            return None
        return Diagnostic(
            code=Code.CLAIM_ERROR,
            message=f"{self.claim.kind} could not be measured: {reason}",
            span=self.claim.span,
            label="not measured",
            help=way_out,
        )


@dataclass(frozen=True)
class _Headline:
    message: str


class _Rendered:
    """A failure as pytest prints it: in full, and in its summary and in JUnit by its headline."""

    def __init__(self, failure: CircuitError) -> None:
        self.text = str(failure)
        self.reprcrash = _Headline(failure.diagnostics[0].message)

    def __str__(self) -> str:
        return self.text

    def toterminal(self, tw: Any) -> None:
        """Prints it; `tw` is pytest's writer, whose type is not public."""
        from circuitspec.cli.colour import paint

        tw.line(paint(self.text) if tw.hasmarkup else self.text)


def _errors(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(found for found in diagnostics if found.severity == "error")


def _model_name(config: pytest.Config) -> str | None:
    name: str | None = config.getoption("circ_model") or config.getini("circ_model") or None
    return name


def _model(config: pytest.Config) -> tuple[str | None, Path]:
    """The model that all specs are held against, and what its folder is relative to."""
    asked = config.getoption("circ_model")
    return _model_name(config), config.invocation_params.dir if asked else config.rootpath


def _shown(path: Path, config: pytest.Config) -> Path:
    here = config.invocation_params.dir
    return path.relative_to(here) if path.is_relative_to(here) else path
