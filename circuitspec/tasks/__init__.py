"""Tasks: pairs of prompts, and how well a run does on them."""
