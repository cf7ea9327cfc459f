"""The page on each code: where it lies, which code a user means, and when to point to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from circuitspec.diagnostics.codes import SECTIONS, Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.wording import near_miss

_IN_BRACKETS = re.compile(r"\[([^\]]*)\]")
_MOST_HINTED = 4
_MOST_SIMILAR = 4


def page_text(code: Code, package: Traversable | None = None) -> str:
    """The page on `code`, in Markdown.

    A wheel carries the pages inside the package; in a checkout, and in an editable install, they
    lie in `docs/diagnostics/` beside it.

    Args:
        code: what the page is about.
        package: the root of the package; found by itself unless a test says otherwise.
    """
    root = files("circuitspec") if package is None else package
    name = f"{code}.md"
    installed = root / "diagnostics" / "pages" / name
    if installed.is_file():
        return installed.read_text(encoding="utf-8")
    return (Path(str(root)).parent / "docs" / "diagnostics" / name).read_text(encoding="utf-8")


def codes_by_section() -> dict[str, tuple[Code, ...]]:
    """All codes in the order of the registry, under the titles of its sections."""
    found: dict[str, list[Code]] = {}
    title = ""
    for code in Code:
        title = SECTIONS.get(code, title)
        found.setdefault(title, []).append(code)
    return {title: tuple(codes) for title, codes in found.items()}


def find_code(text: str) -> Code | None:
    """The code that a user means by `text`, which may be pasted: `error[zero-weight]: the ...`."""
    word = _word(text)
    return next((code for code in Code if code == word), None)


def similar_codes(text: str) -> tuple[Code, ...]:
    """The codes that may have been meant by a `text` that is none, the likeliest first."""
    word = _word(text)
    near = near_miss(word, Code)
    found = [code for code in Code if code == near or (word and word in code.split("-"))]
    return tuple(sorted(found, key=lambda code: code != near)[:_MOST_SIMILAR])


def explain_hint(diagnostics: Iterable[Diagnostic]) -> str | None:
    """The line after the diagnostics of a run that says where to read more, if there were any."""
    codes = list(dict.fromkeys(str(diagnostic.code) for diagnostic in diagnostics))
    if not codes:
        return None
    what = "this" if len(codes) == 1 else "these"
    return f"for more about {what}: circuitspec explain {' '.join(codes[:_MOST_HINTED])}"


def _word(text: str) -> str:
    pasted = _IN_BRACKETS.search(text)
    word = text if pasted is None else pasted[1]
    return word.strip(" `'\":").lower().replace("_", "-")
