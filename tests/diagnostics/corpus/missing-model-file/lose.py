from pathlib import Path

Path("model/tokenizer.json").unlink()
