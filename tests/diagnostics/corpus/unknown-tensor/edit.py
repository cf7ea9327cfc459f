import json
from pathlib import Path

path = Path("model/config.json")
config = json.loads(path.read_text())
config["n_layer"] = 1
path.write_text(json.dumps(config))
