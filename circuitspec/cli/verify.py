"""`circuitspec verify`: every claim held against the model; certificates and drawings if asked.

Torch is imported for the first circuit that is sound, so mistakes in files are shown at once.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.cli.check import read_and_check
from circuitspec.cli.exits import UserError, exit_code
from circuitspec.cli.results import Results
from circuitspec.cli.spec_files import distinct_names
from circuitspec.formats import CircuitOutcome, FileOutcome, Outcome, full

if TYPE_CHECKING:
    from circuitspec.circuit.check import Checked
    from circuitspec.circuit.circuit import Circuit
    from circuitspec.report.certificate import Certificate
    from circuitspec.tasks.task import Task

_DRAWINGS = (".dot", ".svg", ".png")


@dataclass(frozen=True)
class Judging:
    """How circuits are judged.

    Attributes:
        model_name: what to hold all of them against; None for what each names itself.
        out: a folder for certificates and drawings.
        allow_inconclusive: claims that the data do not decide give warnings.
        strict: hold every circuit against the strict battery as well.
        keep: whether what the strict battery measures is kept in the user's cache, and found there
            again.
    """

    model_name: str | None = None
    seed: int = 0
    out: Path | None = None
    allow_inconclusive: bool = False
    strict: bool = False
    keep: bool = True

    def judge(self, circuit: CircuitOutcome, checked: Checked, name: str) -> CircuitOutcome:
        """Run the model for one circuit; `name` is that of the files to write.

        Raises:
            UserError: `out` cannot be written.
        """
        from circuitspec.circuit.bind import compile_checked
        from circuitspec.claims.store import Store
        from circuitspec.cli.models import chosen_model
        from circuitspec.cli.progress import progress_bar
        from circuitspec.report.certificate import certify, current_environment
        from circuitspec.verdict.diagnose import diagnose_claims
        from circuitspec.verdict.manner import Manner, judge, user_store, workers

        spec = circuit.spec
        assert checked.task is not None  # else it would not be sound
        built = compile_checked(spec, checked, model=chosen_model(self.model_name))
        with progress_bar(spec.name) as progress:
            manner = Manner(
                self.seed,
                self.strict,
                user_store() if self.strict and self.keep else Store(),
                workers(),
            )
            judged = judge(spec, built, checked.task, checked, manner, on_progress=progress)
        certificate = certify(judged.report, current_environment())
        return replace(
            circuit,
            spec=judged.spec,
            certificate=certificate,
            failures=diagnose_claims(
                judged.spec, judged.report, allow_inconclusive=self.allow_inconclusive
            ),
            written=()
            if self.out is None
            else _write(self.out / name, built, checked.task, certificate),
        )


def verify_files(paths: list[Path], judging: Judging, results: Results) -> int:
    """Verify every circuit in `paths`; returns the exit code.

    Raises:
        UserError: a model that cannot be loaded, a file or a folder that cannot be written.
    """
    return verified(paths, judging, results)[1]


def verified(paths: list[Path], judging: Judging, results: Results) -> tuple[Outcome, int]:
    """The same, with what came of it.

    Raises:
        UserError: as `verify_files`.
    """
    out = judging.out
    if out is not None and out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, not a folder", "name another folder with --out")
    results.prepare()
    checked = read_and_check(paths, judging.model_name)
    results.part(full.mistakes(file.outcome() for file in checked))
    names = iter(distinct_names([(f.path, spec.name) for f in checked for spec, _ in f.circuits]))
    files: list[FileOutcome] = []
    for file in checked:
        whole = file.outcome()
        circuits: list[CircuitOutcome] = []
        for circuit, (_, found) in zip(whole.circuits, file.circuits, strict=True):
            name = next(names)
            if found is not None and found.sound:
                circuits.append(judging.judge(circuit, found, name))
                results.part(full.judged(circuits[-1], whole))
            else:
                circuits.append(circuit)
        files.append(replace(whole, circuits=tuple(circuits)))
    outcome = Outcome(command="verify", files=tuple(files))
    results.finish(outcome)
    return outcome, exit_code(outcome)


def _write(stem: Path, circuit: Circuit, task: Task, certificate: Certificate) -> tuple[str, ...]:
    """Write certificate and drawings; returns their paths."""
    from circuitspec.cli.draw import evidence_if_any
    from circuitspec.drawing import DrawError, draw, render
    from circuitspec.report.certificate import write_certificates

    # Not `with_suffix`: a name may have a point in it.
    paths = [stem.with_name(f"{stem.name}{suffix}") for suffix in (".json", *_DRAWINGS)]
    written: list[str] = []
    try:
        write_certificates(paths[0], [certificate])
        written.append(str(paths[0]))
        figure = draw(circuit, certificate, evidence_if_any(circuit, task))
        for path in paths[1:]:
            render(figure, path)
            written.append(str(path))
    except DrawError as error:
        print(f"warning: {error}", file=sys.stderr)
        if error.diagnostic.help:
            print(f"  help: {error.diagnostic.help}", file=sys.stderr)
    except OSError as error:
        raise UserError(f"cannot write to {stem.parent}: {error.strerror}") from None
    return tuple(written)
