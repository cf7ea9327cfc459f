"""What the pages show of a shell or of Python is what happens, in the order of the page.

Run with `UPDATE_GOLDEN=1` to write what commands print into the pages, and then read the pages.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.pages import DOCS, ROOT, Block, blocks, written_pages
from docs.transcript import Shell, steps

RUN = ("console", "python")
PAGES = [
    page
    for page in written_pages()
    if any(block.language in RUN and not block.not_run for block in blocks(page))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_shows_what_happens(page: Path, tmp_path: Path) -> None:
    shutil.copytree(DOCS / "circuits", tmp_path / "docs" / "circuits")
    shell = Shell(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    written: list[tuple[Block, str]] = []
    wrong: list[str] = []
    for block in blocks(page):
        if block.not_run:
            continue
        if block.title is not None:
            path = tmp_path / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(tmp_path)
                # So many line breaks first that a traceback names the line of the page.
                source = "\n" * (block.line - 1) + block.text
                exec(compile(source, str(page), "exec"), names)
        elif block.language == "console":
            shown, differences = _run(block, shell, page)
            written.append((block, shown))
            wrong.extend(differences)
    wrong.extend(_pictures(page, tmp_path / "out"))
    if os.environ.get("UPDATE_GOLDEN") == "1":
        _rewrite(page, written)
    elif wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def _run(block: Block, shell: Shell, page: Path) -> tuple[str, list[str]]:
    """The block as it should be, and how it differs."""
    lines: list[str] = []
    wrong: list[str] = []
    for step in steps(block):
        output = shell.run(step.command)
        if output != step.shown:
            wrong.append(
                f"{page.relative_to(ROOT)}:{step.line}: $ {step.command}\n"
                f"shown:\n{step.shown}\nprinted:\n{output}"
            )
        lines.extend([f"$ {step.command}", *([output] if output else [])])
    return "\n".join(lines) + "\n", wrong


def _rewrite(page: Path, written: list[tuple[Block, str]]) -> None:
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    for block, text in reversed(written):
        first = block.line - 1
        lines[first : first + block.text.count("\n")] = text.splitlines(keepends=True)
    page.write_text("".join(lines), encoding="utf-8")


def _pictures(page: Path, out: Path) -> Iterator[str]:
    """How the drawings beside a page differ from those that its commands made.

    Graphviz of another version draws another SVG, so that its input is compared.
    """
    for published in page.with_suffix("").glob("*.dot"):
        drawn = out / published.name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            published.write_bytes(drawn.read_bytes())
            published.with_suffix(".svg").write_bytes(drawn.with_suffix(".svg").read_bytes())
        elif drawn.read_text() != published.read_text():
            yield f"{published.relative_to(ROOT)} is not what this page draws"


def test_something_else_than_what_is_shown_is_noticed(tmp_path: Path) -> None:
    block = Block(ROOT / "README.md", 3, "console", None, "$ echo $?\n1\n", not_run=False)
    shown, wrong = _run(block, Shell(tmp_path), block.page)
    assert shown == "$ echo $?\n0\n"
    assert wrong == ["README.md:3: $ echo $?\nshown:\n1\nprinted:\n0"]


def test_a_command_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not known here"):
        Shell(tmp_path).run("git status")
