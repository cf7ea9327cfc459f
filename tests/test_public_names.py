"""The names that programs use, whatever they have imported before."""

from __future__ import annotations

import subprocess
import sys


def test_no_package_hides_a_public_function() -> None:
    """A subpackage called like a function of its package would take its place once imported."""
    code = (
        "import pkgutil, importlib, circuitspec as cs\n"
        "for module in pkgutil.iter_modules(cs.__path__):\n"
        "    importlib.import_module(f'circuitspec.{module.name}')\n"
        "for name in ('load', 'load_model', 'compile', 'verify', 'draw', 'discover',\n"
        "             'gather_evidence'):\n"
        "    assert callable(getattr(cs, name)), name\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
