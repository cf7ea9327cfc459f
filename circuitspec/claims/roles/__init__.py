"""Claims about what a node does: measured in the model and in the circuit, on task and on text."""
