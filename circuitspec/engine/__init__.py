"""Running a model under masks: the masked run, and the plain reference that it is held to."""
