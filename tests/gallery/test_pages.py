"""The gallery's pages: what the command writes, and that it leaves alone what it does not."""

from __future__ import annotations

import pytest
from formats.sample_outcomes import confirmed

from circuitspec.gallery.pages import BEGIN, END, PageError, circuit_page, index_page
from circuitspec.gallery.row import Row, Side

ROW = Row(
    name="quotes",
    description="Close a string.",
    model="python-small",
    task="single_double_quote",
    verdict="confirmed",
    confirmed=3,
    claims=4,
    full=0.0637,
    accuracy=0.9987,
    circuit=Side(nodes=23, edges=26, keep=0.1343, drop=0.6511),
    baseline=Side(nodes=1234, edges=5678, keep=0.12, drop=0.69),
)
WITHOUT = ROW.model_copy(update={"baseline": None, "name": "other", "full": None})


def test_the_table_has_a_row_for_each_circuit():
    text = index_page([ROW, WITHOUT], {}, None)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 4
    assert rows[2] == (
        "| [quotes](quotes.md) | python-small | 3 of 4 | 23 | 26 | 0.064 | 0.134 | 0.651 | 99.9% "
        "| 1,234 | 5,678 | 0.120 | 0.690 |"
    )
    assert rows[3].endswith("|  |  |  |  |")
    assert len({line.count("|") for line in rows}) == 1


def test_without_baselines_there_are_no_columns_for_them():
    assert "attribution" not in index_page([WITHOUT], {}, None)


def test_small_drawings_lead_to_the_pages():
    text = index_page([ROW, WITHOUT], {"quotes": "quotes.compact.svg"}, None)
    (line,) = (line for line in text.splitlines() if "![" in line)
    assert line == "[![The circuit quotes](quotes.compact.svg)](quotes.md)"


def test_what_a_person_wrote_stays():
    first = index_page([ROW], {}, None)
    edited = first.replace("# Gallery", "# Mine").rstrip("\n") + "\n\nSome words.\n"
    again = index_page([ROW, WITHOUT], {}, edited)
    assert again.startswith("# Mine\n")
    assert again.endswith("\n\nSome words.\n")
    assert "[other](other.md)" in again
    assert index_page([ROW, WITHOUT], {}, again) == again


def test_a_page_without_marks_gets_them_at_its_end():
    text = index_page([ROW], {}, "# Words\n")
    assert text.startswith(f"# Words\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n")


@pytest.mark.parametrize("damaged", [f"a\n{BEGIN}\nb", f"a\n{END}\nb", f"{END}\n{BEGIN}"])
def test_a_damaged_page_is_not_written(damaged):
    with pytest.raises(PageError, match="one of the two marks"):
        index_page([ROW], {}, damaged)


def report():
    (circuit,) = confirmed().circuits
    assert circuit.certificate is not None
    return circuit.certificate


@pytest.mark.parametrize("picture", ["quotes.svg", None])
def test_a_circuit_has_a_page(picture):
    text = circuit_page(ROW, report(), "circuitspec 1\n", picture, None)
    assert text.startswith("# quotes\n\nClose a string.\n")
    assert ("quotes.svg" in text) is (picture is not None)
    assert "```circ\ncircuitspec 1\n```" in text
    assert "| this circuit | 23 | 26 | 0.134 | 0.651 |" in text
    assert "1,234" in text
    assert "1,234" not in circuit_page(WITHOUT, report(), "", picture, None)
