"""Every code has a page, and what the page says happens.

Run with `UPDATE_GOLDEN=1` to write what is printed into the pages, and then read them as a user
would.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from circuitspec.diagnostics import Code
from circuitspec.diagnostics.explain import codes_by_section
from circuitspec.language.claim_words import ALTERNATIVES, CONTROLS, DATA, RUNS, SPOTS
from circuitspec.language.spec import METRICS, SCOPE_NAMES, UNITS
from circuitspec.language.words import (
    CLAIMS,
    LATER,
    LATER_IN_NODES,
    LATER_METRICS,
    RELATIONS,
    RESERVED,
)
from diagnostics.example import run
from diagnostics.page import PAGES, Page

CODES = tuple(Code)
_LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {path.name for path in PAGES.iterdir()} == {"index.md", *(f"{code}.md" for code in Code)}


@pytest.mark.parametrize("code", CODES)
def test_a_page_begins_with_its_code_and_what_it_stands_for(code: Code) -> None:
    page = Page.read(code)
    assert page.text.startswith(f"# {code}\n\n{code.summary}")
    assert list(page.sections) in (["", "Wrong", "Right"], ["", "Wrong", "Right", "See also"])


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_example_gives_the_code_and_the_message_that_the_page_shows(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page.read(code)
    outcome = run(page.example("Wrong"), tmp_path, monkeypatch, code=code)
    assert outcome.codes == {code}, outcome.output
    if os.environ.get("UPDATE_GOLDEN") == "1":
        page = page.showing(outcome.output)
        page.write()
    assert page.shown == outcome.output


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_gives_no_code(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(Page.read(code).example("Right"), tmp_path, monkeypatch)
    assert (outcome.exit_code, outcome.codes) == (0, frozenset()), outcome.output


@pytest.mark.parametrize("code", CODES)
def test_links_lead_to_other_pages(code: Code) -> None:
    for target in _LINK.findall(Page.read(code).text):
        if target.startswith("https://"):
            continue
        assert (PAGES / target).is_file(), target
        assert target != f"{code}.md"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Code.RESERVED_WORD, sorted(RESERVED)),
        (Code.UNKNOWN_ABLATION, ("mean", *ALTERNATIVES)),
        (Code.UNKNOWN_CLAIM, (*CLAIMS, *RELATIONS)),
        (Code.UNKNOWN_METRIC, METRICS),
        (Code.UNKNOWN_SCOPE, SCOPE_NAMES),
        (Code.UNSUPPORTED_METRIC, LATER_METRICS),
        (Code.UNKNOWN_WORD, (*RUNS, *DATA, *SPOTS, *CONTROLS, *UNITS)),
        (Code.UNSUPPORTED_CLAIM, LATER),
        (Code.UNSUPPORTED_SYNTAX, LATER_IN_NODES),
    ],
    ids=str,
)
def test_a_page_that_lists_words_of_the_language_lists_all(
    code: Code, words: Iterable[str]
) -> None:
    quoted = set(re.findall(r"\w+", " ".join(re.findall("`[^`]*`", Page.read(code).sections[""]))))
    assert set(words) <= quoted


def test_the_index_lists_all_pages() -> None:
    index = "\n".join(_index()) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        (PAGES / "index.md").write_text(index, encoding="utf-8")
    assert (PAGES / "index.md").read_text(encoding="utf-8") == index


def _index() -> Iterator[str]:
    yield "# Diagnostics"
    yield ""
    yield "Every message carries a code, and every code has a page: what it means, why it matters,"
    yield "and an example put right. `circuitspec explain CODE` shows the same pages."
    for title, codes in codes_by_section().items():
        yield from ("", f"## {title}", "")
        yield from (f"- [`{code}`]({code}.md): {code.summary}" for code in codes)
