"""The transformer: its config, weights, tokenizer and reference activations."""
