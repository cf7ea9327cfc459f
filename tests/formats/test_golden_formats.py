"""A handful of outcomes in every format, word by word. `UPDATE_GOLDEN=1` accepts new ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from circuitspec.formats import Format, render

from .sample_outcomes import OUTCOMES

GOLDEN = Path(__file__).with_name("golden")
SUFFIXES = {Format.JSON: "json", Format.JUNIT: "xml"}


@pytest.mark.parametrize("name", OUTCOMES)
@pytest.mark.parametrize("form", list(Format))
def test_an_outcome_reads_as_before(form: Format, name: str) -> None:
    rendered = render(OUTCOMES[name](), form)
    path = GOLDEN / f"{name}.{form}.{SUFFIXES.get(form, 'txt')}"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    expected = {f"{n}.{form}.{SUFFIXES.get(form, 'txt')}" for n in OUTCOMES for form in Format}
    assert {path.name for path in GOLDEN.iterdir()} == expected
