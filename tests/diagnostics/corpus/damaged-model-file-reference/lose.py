from safetensors.numpy import load_file, save_file

save_file(load_file("model/reference.safetensors"), "model/reference.safetensors")
