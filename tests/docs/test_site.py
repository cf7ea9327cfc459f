"""The site can be built without a warning, leaves out no page, and needs nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.pages import DOCS, ROOT

CONFIG = ROOT / "zensical.toml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, built from a copy."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(CONFIG, folder)
    shutil.copytree(DOCS, folder / "docs")
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder / "site"


def navigation(entries: list[object]) -> Iterator[str]:
    """The pages of a part of the navigation, in order."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, list):
            yield from navigation(entry)
        elif isinstance(entry, dict):
            yield from navigation(list(entry.values()))


def test_the_navigation_leads_to_every_page_once() -> None:
    nav = list(navigation(tomllib.loads(CONFIG.read_text(encoding="utf-8"))["project"]["nav"]))
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert sorted(nav) == sorted(pages)


def test_every_page_and_picture_is_published(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        path = page.relative_to(DOCS)
        folder = path.parent if path.name == "index.md" else path.with_suffix("")
        assert (site / folder / "index.html").is_file(), path
    for picture in DOCS.rglob("*.svg"):
        assert (site / picture.relative_to(DOCS)).is_file()


def test_specs_are_highlighted(site: Path) -> None:
    html = (site / "reference" / "language" / "nodes" / "index.html").read_text(encoding="utf-8")
    assert re.search(
        r'<div class="language-circ highlight">.*?<span class="k\w*">node</span>', html
    )


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="(?:https?:)?//[^"]*"'
    )
    for page in site.rglob("*.html"):
        found = loads.findall(page.read_text(encoding="utf-8"))
        assert not found, f"{page.relative_to(site)}: {found}"
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style
