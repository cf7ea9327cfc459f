from pathlib import Path

Path("example.circ").write_text("circuitspec 1\n", encoding="utf-16")
