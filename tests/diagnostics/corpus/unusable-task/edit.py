import json
from pathlib import Path

path = Path("model/tokenizer.json")
tokenizer = json.loads(path.read_text())
vocabulary = tokenizer["model"]["vocab"]
vocabulary["<unused>"] = vocabulary.pop('"')
path.write_text(json.dumps(tokenizer))
