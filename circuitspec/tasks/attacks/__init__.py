"""Tasks made to break what a circuit says the model does: see `docs/explanation/predictions.md`."""
