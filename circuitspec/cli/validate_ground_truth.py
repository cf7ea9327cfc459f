"""`circuitspec validate ground-truth`: known transformers, judged, and a page about it."""

from __future__ import annotations

from pathlib import Path

from circuitspec.cli.exits import FALSE_CLAIM, UserError
from circuitspec.cli.progress import progress_bar
from circuitspec.diagnostics.wording import counted
from circuitspec.files import write_whole


def validate_ground_truth(folder: Path, out: Path, *, seed: int, repeats: int) -> int:
    """Judge variants of the transformers in `folder`, and write the page; returns the exit code.

    Raises:
        UserError: no known transformer is there, or the page cannot be written.
    """
    from circuitspec.validation.ground_truth import (
        judge_all,
        judge_all_inside,
        judge_all_roles,
    )
    from circuitspec.validation.ground_truth_page import ground_truth_page
    from circuitspec.validation.known import TRUTH, find_known
    from circuitspec.validation.variants import CLOSE

    try:
        transformers = find_known(folder)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"a folder in {folder} cannot be used: {error!r}") from None
    if not transformers:
        raise UserError(
            f"there is no known transformer in {folder}",
            f"name a folder of folders that have a {TRUTH}",
        )
    with progress_bar("ground truth") as progress:
        outcomes = list(judge_all(transformers, seed=seed, repeats=repeats, on_progress=progress))
        insides = list(
            judge_all_inside(transformers, seed=seed, repeats=repeats, on_progress=progress)
        )
        roles = list(
            judge_all_roles(transformers, seed=seed, repeats=repeats, on_progress=progress)
        )
    command = f"circuitspec validate ground-truth {folder} --out {out}"
    command += f" --seed {seed} --repeats {repeats}"
    try:
        write_whole(out, ground_truth_page(outcomes, insides, roles, command))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    mistakes = [m for o in outcomes if o.variant.kind != CLOSE for m in o.mistakes]
    # What a sample had no chance to show is a known limit, and counted as one.
    unexplained = [mistake for mistake in mistakes if not mistake.unseen]
    inside_mistakes = [mistake for outcome in insides for mistake in outcome.mistakes]
    false_insides = [mistake for mistake in inside_mistakes if not mistake.unseen]
    false_roles = [role for role in roles if role.mistake is not None]
    print(
        f"{len(outcomes)} specs, {counted(len(mistakes), 'false verdict')}, "
        f"{len(mistakes) - len(unexplained)} of them about what samples lack; "
        f"{sum(len(o.claims) for o in insides)} claims about the inside, "
        f"{counted(len(inside_mistakes), 'false verdict')}, "
        f"{len(inside_mistakes) - len(false_insides)} of them likewise; "
        f"{len(roles)} claims about roles, {counted(len(false_roles), 'false verdict')}; "
        f"wrote {out}"
    )
    return FALSE_CLAIM if unexplained or false_insides or false_roles else 0
