import json
from pathlib import Path

path = Path("model/config.json")
config = json.loads(path.read_text())
config["vocab_size"] = 1000
path.write_text(json.dumps(config))
