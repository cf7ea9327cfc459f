from pathlib import Path

Path("example.circ").symlink_to("example.circ")
