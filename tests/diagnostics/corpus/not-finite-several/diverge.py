import numpy as np
from safetensors.numpy import load_file, save_file

tensors = load_file("model/model.safetensors")
tensors["layers.1.mlp.in.bias"][:9] = np.inf
save_file(tensors, "model/model.safetensors")
