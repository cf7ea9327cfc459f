from safetensors.numpy import load_file, save_file

tensors = load_file("model/model.safetensors")
tensors["layers.0.mlp.in.bias"][7] = 3e38
save_file(tensors, "model/model.safetensors")
