from pathlib import Path

Path("model/held_out.safetensors").unlink()
