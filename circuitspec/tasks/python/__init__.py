"""The shipped tasks: one module each, which holds the templates of both sides of the split."""
