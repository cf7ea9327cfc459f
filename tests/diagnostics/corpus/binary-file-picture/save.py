from pathlib import Path

Path("example.circ").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
