"""`circuitspec validate mutants`: specs changed in one thing, judged, and a page about it."""

from __future__ import annotations

from pathlib import Path

from circuitspec.cli.exits import FALSE_CLAIM, UserError
from circuitspec.cli.progress import progress_bar
from circuitspec.cli.spec_files import read_spec, spec_paths
from circuitspec.diagnostics.wording import counted
from circuitspec.files import write_whole


def validate_mutants(paths: list[Path], out: Path, *, seed: int, least: int) -> int:
    """Judge mutants of all specs in `paths`, and write the page; returns the exit code.

    Raises:
        UserError: a spec is not sound, or the page cannot be written.
    """
    from circuitspec.validation.mutant_run import Journal, UnsoundError, judge_mutants
    from circuitspec.validation.mutants_page import mutants_page

    read = [(path, read_spec(path)) for path in spec_paths(paths)]
    unreadable = [path for path, result in read if result.file is None]
    if unreadable:
        raise UserError(f"{unreadable[0]} has a mistake", "`circuitspec check` says which")
    specs = [spec for _, result in read if result.file for spec in result.file.circuits]
    command = f"circuitspec validate mutants {' '.join(map(str, paths))} --out {out}"
    command += f" --seed {seed} --least {least}"
    try:
        journal = Journal(out.with_name(f".{out.name}.journal"))
        with progress_bar("mutants") as progress:
            found = list(
                judge_mutants(specs, journal, seed=seed, least=least, on_progress=progress)
            )
        write_whole(out, mutants_page(found, command))
        journal.remove()
    except UnsoundError as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    outcomes = [outcome for one in found for outcome in one.outcomes]
    survivors = sum(outcome.fate == "survived" for outcome in outcomes)
    counts = f"{counted(len(outcomes), 'mutant')} of {counted(len(found), 'spec')}"
    print(f"{counts}, {survivors} survive; wrote {out}")
    return FALSE_CLAIM if any(outcome.fate == "error" for outcome in outcomes) else 0
