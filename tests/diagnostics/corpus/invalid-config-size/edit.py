import json
from pathlib import Path

path = Path("model/config.json")
config = json.loads(path.read_text())
config["d_mlp"] = 1048576
path.write_text(json.dumps(config))
