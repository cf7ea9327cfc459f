"""What is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "code",
    [
        "import circuitspec",
        "import circuitspec.language",
        "from circuitspec.language import parse_text; parse_text('circuitspec 1')",
        "import circuitspec.cli.app",
        "from circuitspec.circuit.check import check_spec; from circuitspec import load;"
        "assert check_spec(load('specs/quote_closing.circ')).sound",
    ],
)
def test_torch_is_not_imported(code):
    check = f"{code}\nimport sys\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)
