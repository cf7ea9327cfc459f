from pathlib import Path

Path("example.circ").write_text("circuitspec 1\n" + "# step\n" * 200_000)
