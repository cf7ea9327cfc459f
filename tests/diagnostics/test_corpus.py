"""What needs a model, a task, a path or a picture to go wrong, and what is printed then.

Run with `UPDATE_GOLDEN=1` to write what is printed, and then read it as a user would.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.diagnostics import Code
from diagnostics.case import CASES, Case
from diagnostics.example import codes_in, run

LANGUAGE = Path(__file__).parents[1] / "language" / "invalid"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.folder.name)
def test_what_is_printed(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(case.example, tmp_path, monkeypatch, code=case.code)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        case.expect.write_text(outcome.output, encoding="utf-8")
    assert outcome.output == case.expect.read_text(encoding="utf-8")
    assert outcome.codes == {case.code}
    assert outcome.exit_code in (1, 2)


def test_every_code_is_produced_by_some_file() -> None:
    # Every one of these texts is compared with what is printed, here and in tests/language.
    expected = [*LANGUAGE.glob("*.expect"), *(case.expect for case in CASES)]
    produced = set().union(*(codes_in(path.read_text(encoding="utf-8")) for path in expected))
    assert set(Code) - produced == set()
