"""What a user installs: grammar, weights, pages and code from the wheel, without a checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_wheel_reads_specs_and_finds_its_model(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        assert "circuitspec/grammar/circuit.lark" in archive.namelist()
        assert "circuitspec/diagnostics/pages/zero-weight.md" in archive.namelist()
        assert {name.split("/")[0].split("-")[0] for name in archive.namelist()} == {"circuitspec"}
        archive.extractall(installed)
    spec = ROOT / "specs" / "quote_closing.circ"
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "import circuitspec as cs\n"
        f"assert cs.__file__.startswith({str(installed)!r})\n"
        f"circuit = cs.compile(cs.load({str(spec)!r}), cs.load_model('python-small'))\n"
        "assert circuit.nodes\n"
        "from circuitspec.cli.explain import explain\n"
        "assert explain(['zero-weight']) == 0\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert process.stdout == (ROOT / "docs" / "diagnostics" / "zero-weight.md").read_text()
