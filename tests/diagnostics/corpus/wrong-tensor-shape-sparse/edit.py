from safetensors.numpy import load_file, save_file

tensors = load_file("model/model.safetensors")
name = "embed.indices"
tensors[name][-1] = 1024 * 512
save_file(tensors, "model/model.safetensors")
