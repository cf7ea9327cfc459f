"""Finding circuits: from a model and a task to a spec."""
