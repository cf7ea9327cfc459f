"""`circuitspec check`: everything that can be known without running the model; no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.cli.exits import exit_code
from circuitspec.cli.results import Results
from circuitspec.cli.spec_files import read_spec, spec_paths
from circuitspec.diagnostics.diagnostic import in_order
from circuitspec.formats import CircuitOutcome, FileOutcome, Outcome, full
from circuitspec.language.load import ParseResult
from circuitspec.language.spec import Spec

if TYPE_CHECKING:
    from circuitspec.circuit.check import Checked


@dataclass(frozen=True)
class CheckedFile:
    """A file as it was read, with what is known of each of its circuits.

    Attributes:
        circuits: with None where no model was looked at.
    """

    path: Path
    result: ParseResult
    circuits: tuple[tuple[Spec, Checked | None], ...]

    def outcome(self) -> FileOutcome:
        """What came of it, without anything run."""
        found = [*self.result.diagnostics]
        for _, checked in self.circuits:
            found += () if checked is None else checked.diagnostics
        return FileOutcome(
            source=self.result.source,
            diagnostics=tuple(in_order(found)),
            circuits=tuple(_size(spec, checked) for spec, checked in self.circuits),
        )


def check_files(
    paths: list[Path], model_name: str | None, results: Results, *, syntax_only: bool
) -> int:
    """Show what is wrong with the specs in `paths`; returns the exit code.

    Args:
        syntax_only: look for no model and no task.

    Raises:
        UserError: a model that cannot be loaded, a file that cannot be written.
    """
    results.prepare()
    checked = read_and_check(paths, model_name, syntax_only=syntax_only)
    files = tuple(file.outcome() for file in checked)
    outcome = Outcome(command="check", files=files, syntax_only=syntax_only)
    results.part(full.mistakes(files))
    results.finish(outcome)
    return exit_code(outcome)


def read_and_check(
    paths: list[Path], model_name: str | None, *, syntax_only: bool = False
) -> list[CheckedFile]:
    """Read all files that `paths` mean, and look up what their circuits name.

    Args:
        model_name: what to hold all of them against; None for what each names itself.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    read = [(path, read_spec(path)) for path in spec_paths(paths)]
    if syntax_only:
        return [
            CheckedFile(path, result, tuple((spec, None) for spec in _circuits(result)))
            for path, result in read
        ]
    from circuitspec.circuit.check import check_sketches, check_spec
    from circuitspec.cli.models import chosen_blueprint

    model = chosen_blueprint(model_name)
    return [
        CheckedFile(
            path,
            result.and_found(check_sketches(result, model=model)),
            tuple((spec, check_spec(spec, model=model)) for spec in _circuits(result)),
        )
        for path, result in read
    ]


def _circuits(result: ParseResult) -> tuple[Spec, ...]:
    return () if result.file is None else result.file.circuits


def _size(spec: Spec, checked: Checked | None) -> CircuitOutcome:
    if checked is None or not checked.sound:
        return CircuitOutcome(spec=spec)
    return CircuitOutcome(
        spec=spec,
        nodes=sum(len(group.nodes) for group in checked.groups),
        edges=None if checked.edges is None else len(checked.edges),
    )
