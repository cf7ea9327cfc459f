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
    ],
)
def test_torch_is_not_imported(code):
    check = f"{code}\nimport sys\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)
