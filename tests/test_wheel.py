"""What a user installs: grammar, weights and code from the wheel alone, without a checkout."""

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
        assert not [name for name in archive.namelist() if name.startswith("grammar/")]
        archive.extractall(installed)
    spec = ROOT / "specs" / "quote_closing.circ"
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "import circuitspec as cs\n"
        f"assert cs.__file__.startswith({str(installed)!r})\n"
        f"circuit = cs.compile(cs.load({str(spec)!r}), cs.load_model('python-small'))\n"
        "assert circuit.nodes\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
