"""What came of a run: the data that every format shows.

A run reads files; `check` looks up what each circuit names, `verify` also judges what it claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from circuitspec.diagnostics.diagnostic import Diagnostic, has_errors
from circuitspec.diagnostics.source import Source

if TYPE_CHECKING:
    from circuitspec.language.spec import Spec
    from circuitspec.report.certificate import Certificate

Command = Literal["check", "verify"]


@dataclass(frozen=True, kw_only=True)
class CircuitOutcome:
    """What became of one circuit.

    Attributes:
        nodes: how many it has in its model; None where no model was looked at, or mistakes are
            in the way.
        edges: likewise; None also where the spec lists none.
        certificate: None where no claim was judged.
        failures: why each claim that is not confirmed is not, by the claim's name.
        written: the files that were made of it.
    """

    spec: Spec
    nodes: int | None = None
    edges: int | None = None
    certificate: Certificate | None = None
    failures: Mapping[str, Diagnostic] = field(default_factory=dict)
    written: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        source: its text, empty where it could not be read, and its name as the user gave it.
        diagnostics: what is wrong with it, in the order of the text; claims are not among them.
        circuits: none where the text has mistakes.
    """

    source: Source
    diagnostics: tuple[Diagnostic, ...] = ()
    circuits: tuple[CircuitOutcome, ...] = ()

    @property
    def name(self) -> str:
        """The path as the user gave it."""
        return self.source.name

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not has_errors(self.diagnostics)


@dataclass(frozen=True)
class Finding:
    """One diagnostic of a run, with what it is about.

    Attributes:
        circuit: None where the diagnostic is about the file.
        claim: the name of the claim that is not confirmed, if the diagnostic is about one.
    """

    diagnostic: Diagnostic
    file: FileOutcome
    circuit: CircuitOutcome | None = None
    claim: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run.

    Attributes:
        syntax_only: no model and no task was looked at.
    """

    command: Command
    files: tuple[FileOutcome, ...]
    syntax_only: bool = False

    @property
    def circuits(self) -> tuple[CircuitOutcome, ...]:
        """The circuits of all files, in order."""
        return tuple(circuit for file in self.files for circuit in file.circuits)

    def findings(self) -> Iterator[Finding]:
        """Everything to tell: per file what is wrong with it, then which claims failed."""
        for file in self.files:
            for diagnostic in file.diagnostics:
                yield Finding(diagnostic, file)
            for circuit in file.circuits:
                for claim, diagnostic in circuit.failures.items():
                    yield Finding(diagnostic, file, circuit, claim)

    @cached_property
    def mistakes(self) -> Counter[str]:
        """How many diagnostics of files there are, by severity."""
        return Counter(found.severity for file in self.files for found in file.diagnostics)

    @cached_property
    def verdicts(self) -> Counter[str]:
        """How many claims there are, by verdict."""
        certificates = (circuit.certificate for circuit in self.circuits)
        return Counter(
            claim.verdict
            for certificate in certificates
            if certificate is not None
            for claim in certificate.claims
        )
