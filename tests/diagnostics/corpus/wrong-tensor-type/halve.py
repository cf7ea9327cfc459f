import numpy as np
from safetensors.numpy import load_file, save_file

tensors = load_file("model/model.safetensors")
name = "layers.0.attn.q.bias"
tensors[name] = tensors[name].astype(np.float16)
save_file(tensors, "model/model.safetensors")
